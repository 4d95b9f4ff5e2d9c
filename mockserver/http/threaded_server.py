"""The default server: threads that answer, one that watches; and the address it claims.

Servers made for the public wait for threads, hide what a client sent amiss, and write headers in
their own way. This one answers on the thread that reads, which makes it several times as fast,
and what it writes is what the webui's uvicorn writes.
"""

from __future__ import annotations

import contextlib
import errno
import queue
import socket
import struct
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServeError
from mockserver.http.at_once import AtOnce
from mockserver.http.layers import KEY, LayeredApp
from mockserver.http.request_head import Answers
from mockserver.http.resting import Resting
from mockserver.http.wire import Connection

if TYPE_CHECKING:
    from flask import Flask

    from mockserver.faults import Faults


_TAKEN = {errno.EADDRINUSE, errno.EACCES} if sys.platform == "win32" else {errno.EADDRINUSE}


def claim(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes any free one.

    Args:
        host: name or address.
        port: from 0 to 65535.

    Raises:
        ServeError: the port is taken, may not be used, or the host is none of this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError, OverflowError) as error:
        raise ServeError(f"cannot listen on {host!r}: no such host; try 127.0.0.1") from error
    claimed = socket.socket(family, kind, protocol)
    if sys.platform != "win32":
        claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind(address)
    except (OSError, OverflowError) as error:
        claimed.close()
        raise ServeError(_problem(host, port, error)) from error
    return claimed


def _problem(host: str, port: int, error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code in _TAKEN:
        return f"port {port} on {host} is taken; name another with --port, or 0 for any free one"
    if code == errno.EACCES:
        return f"port {port} may not be used by this user; name one above 1023"
    reason = getattr(error, "strerror", None) or error
    return f"cannot listen on {host} port {port}: {reason}; name another --host or --port"


def url_of(claimed: socket.socket) -> str:
    """The address of a bound socket, as a client writes it.

    Args:
        claimed: a socket as `claim` gives it.
    """
    host, port = claimed.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104 - as above
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


#: Asked to end: SIGTERM, server-stop or server-kill.
STOPPED = 0
#: Ctrl-C, as shells show it.
INTERRUPTED = 130


#: As many requests are worked on at once as in the webui: starlette's thread pool.
_THREADS = 40
_BACKLOG = 1024
#: Bytes that a request's body may have.
LARGEST_BODY = 256 * 2**20
#: Seconds that a connection may be idle. Source: the webui's --timeout-keep-alive.
_IDLE = 30.0
_LONGEST_WAIT = 1.0
#: How long answers under way may take once the end was asked for, seconds.
_GRACE = 2.0
_NO_GRACE = 0.05
#: SO_LINGER on, for no time: what is closed is reset.
_AT_ONCE = struct.pack("ii", 1, 0)


class ThreadedServer:
    """An app on a port of its own, with a thread for each connection at work.

    Args:
        app: the app.
        host: address to listen on.
        port: 0 for any free one.

    Attributes:
        app: the app.
        url: where it answers.
        largest_body: bytes that a request's body may have; 413 beyond.

    Raises:
        ServeError: the port cannot be had.
    """

    def __init__(self, app: Flask, host: str = "127.0.0.1", port: int = 0) -> None:
        self._listener: socket.socket | None = claim(host, port)
        self._listener.listen(_BACKLOG)
        self.url = url_of(self._listener)
        self.app = app
        self.largest_body = LARGEST_BODY
        self._answers = Answers(app, AtOnce(app) if isinstance(app, LayeredApp) else None)
        self._address = self._listener.getsockname()[:2]
        self._wake, self._woken = socket.socketpair()
        self._connections: dict[tuple[str, str], Connection] = {}
        self._workers: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._idle_workers = 0
        self._turns = threading.BoundedSemaphore(_THREADS)
        self._resting = Resting(_IDLE, self._turns, self._take, self._drop)
        self._resting.watch(self._woken)
        self._resting.watch(self._listener)
        self._deadline: float | None = None
        self._dropped = threading.Event()
        self._killed = False
        self._followed = threading.Event()
        self._faults: Faults | None = getattr(app, "faults", None)
        if self._faults is not None:
            self._faults.on_change(self._faults_changed)
        app.extensions[KEY] = self

    def run(self) -> None:
        """Answer until `stop`, `kill` or `end`."""
        try:
            while not self._done():
                self._follow_faults()
                self._accept(_LONGEST_WAIT if self._deadline is None else _NO_GRACE)
        finally:
            self._close()

    def stop(self) -> None:
        """End once answers under way have been sent, after two seconds at the latest."""
        self._end(_GRACE)

    def end(self) -> None:
        """End now."""
        self._end(0.0)

    def kill(self) -> None:
        """Break all connections and end; called by a route, whose answer is lost."""
        self._killed = True
        self._end(0.0)
        self._dropped.wait(_GRACE)

    def reset_connection(self, host: str, port: str) -> None:
        """Have a client's connection reset, and not closed, when it breaks.

        Args:
            host: address of the client.
            port: its port.
        """
        connection = self._connections.get((host, port))
        if connection is not None:
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)

    # -- connections

    def _accept(self, wait: float) -> None:
        """Take the connections that come, and answer what lies ready, for so long at most."""
        ready = self._resting.wait(wait)
        if self._woken in ready:
            self._woken.recv(4096)
        if self._listener in ready and self._listener is not None:
            with contextlib.suppress(OSError):
                sock, address = self._listener.accept()
                self._begin(sock, address[:2])

    def _begin(self, sock: socket.socket, address: tuple[str, int]) -> None:
        """Let a connection rest until its client asks, unless a fault that counts refuses it."""
        if self._faults is not None and self._faults.refuses():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            sock.close()
            return
        if self._deadline is not None:
            sock.close()
            return
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(sock, self._answers, self._base(address), self.largest_body)
        self._connections[connection.address] = connection
        self._resting.add(connection)

    def _take(self, connection: Connection) -> None:
        """Have a worker go on with a connection."""
        connection.idle = False
        self._workers.put(connection)
        if self._idle_workers < self._workers.qsize():
            threading.Thread(target=self._work, name="sdapi-mock-worker", daemon=True).start()

    def _work(self) -> None:
        """Answer connections one after the other."""
        while True:
            self._idle_workers += 1
            try:
                connection = self._workers.get(timeout=_IDLE)
            except queue.Empty:
                return
            finally:
                self._idle_workers -= 1
            rests = False
            try:
                connection.socket.settimeout(_IDLE)
                rests = connection.serve(lambda: self._turns)
            finally:
                if rests:
                    connection.idle = True
                    self._resting.give_back(connection)
                    self._wake_up()
                else:
                    self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        """Close a connection."""
        self._connections.pop(connection.address, None)
        with contextlib.suppress(OSError):
            connection.socket.close()

    def _base(self, address: tuple[str, int]) -> dict[str, Any]:
        """What the environments of all requests of a client share."""
        return {
            "SCRIPT_NAME": "",
            "SERVER_NAME": str(self._address[0]),
            "SERVER_PORT": str(self._address[1]),
            "REMOTE_ADDR": str(address[0]),
            "REMOTE_PORT": str(address[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    # -- faults

    def _faults_changed(self) -> None:
        """Wait until the server listens, or does not, as the faults say."""
        self._followed.clear()
        self._wake_up()
        self._followed.wait(_GRACE)

    def _follow_faults(self) -> None:
        """Listen, or refuse all connections, as the faults say."""
        refusing = self._faults is not None and self._faults.refusing
        if refusing and self._listener is not None:
            self._resting.forget(self._listener)
            self._listener.close()
            self._listener = None
            for connection in list(self._connections.values()):
                if connection.idle:
                    _shut(connection.socket)
        elif not refusing and self._listener is None:
            with contextlib.suppress(ServeError):
                self._listener = claim(*self._address)
                self._listener.listen(_BACKLOG)
                self._resting.watch(self._listener)
        self._followed.set()

    # -- the end

    def _wake_up(self) -> None:
        with contextlib.suppress(OSError):
            self._wake.send(b"x")

    def _end(self, grace: float) -> None:
        self._deadline = time.monotonic() + grace
        self._wake_up()

    def _done(self) -> bool:
        if self._deadline is None:
            return False
        busy = any(not connection.idle for connection in list(self._connections.values()))
        return self._killed or not busy or time.monotonic() >= self._deadline

    def _close(self) -> None:
        self._resting.close()
        for sock in (self._listener, self._wake, self._woken):
            if sock is not None:
                sock.close()
        for connection in list(self._connections.values()):
            _shut(connection.socket)
        self._dropped.set()


def _shut(sock: socket.socket) -> None:
    """Break a connection on which a thread may be waiting."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
