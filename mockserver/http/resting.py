"""Connections between two requests: one thread watches them all, and answers what lies ready.

A thread for each connection hands the interpreter's lock on with every request, which takes longer
than a ready answer. So a connection rests here until its client asks. What lies ready is answered
here; for anything else a thread takes the connection.
"""

from __future__ import annotations

import contextlib
import selectors
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from mockserver.http.wire import Next

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Callable

    from mockserver.http.wire import Connection


class Resting:
    """The connections that rest.

    Args:
        idle: seconds after which one is closed.
        turns: one of them is held while a request is worked on.
        take: has a thread go on with a connection.
        drop: closes a connection.
    """

    def __init__(
        self,
        idle: float,
        turns: threading.Semaphore,
        take: Callable[[Connection], None],
        drop: Callable[[Connection], None],
    ) -> None:
        self._idle, self._turns, self._take, self._drop = idle, turns, take, drop
        self._selector = selectors.DefaultSelector()
        self._since: dict[Connection, float] = {}
        self._back: deque[Connection] = deque()
        self._looked = time.monotonic()
        self._closed = False

    def watch(self, sock: socket.socket) -> None:
        """Notice when another socket becomes readable, too.

        Args:
            sock: a socket that is no client's.
        """
        self._selector.register(sock, selectors.EVENT_READ)

    def forget(self, sock: socket.socket) -> None:
        """Watch a socket no longer.

        Args:
            sock: as for `watch`.
        """
        self._selector.unregister(sock)

    def add(self, connection: Connection) -> None:
        """Let a connection rest; called by the thread that calls `wait`.

        Args:
            connection: between two requests.
        """
        try:
            connection.socket.setblocking(False)
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        except (OSError, ValueError):
            self._drop(connection)
        else:
            self._since[connection] = time.monotonic()

    def give_back(self, connection: Connection) -> None:
        """Let a connection rest; called by any thread, which then wakes the one that waits.

        Args:
            connection: between two requests.
        """
        self._back.append(connection)
        if self._closed:
            self._drop(connection)

    def wait(self, seconds: float) -> list[socket.socket]:
        """Answer what lies ready, for so many seconds at most.

        Args:
            seconds: to wait until anything happens.

        Returns:
            Those of the sockets to watch that are readable.
        """
        while self._back:
            self.add(self._back.popleft())
        others: list[Any] = []
        now = time.monotonic()
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                others.append(key.fileobj)
            else:
                self._readable(key.data, now)
        if now - self._looked > 1:
            self._looked = now
            for connection, since in list(self._since.items()):
                if now - since > self._idle:
                    self._leave(connection)
                    self._drop(connection)
        return others

    def close(self) -> None:
        """Close the connections that rest, and watch nothing any more."""
        self._closed = True
        self._selector.close()
        for connection in (*self._since, *self._back):
            self._drop(connection)
        self._since.clear()
        self._back.clear()

    def _readable(self, connection: Connection, now: float) -> None:
        following = connection.at_once(self._turns)
        if following is Next.RESTS:
            self._since[connection] = now
            return
        self._leave(connection)
        if following is Next.WORKS:
            self._take(connection)
        else:
            self._drop(connection)

    def _leave(self, connection: Connection) -> None:
        del self._since[connection]
        with contextlib.suppress(KeyError, ValueError, OSError):
            self._selector.unregister(connection.socket)
