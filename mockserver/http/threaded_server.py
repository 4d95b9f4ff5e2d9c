"""The default server: waitress, with an end that waits for nobody; and the address it claims."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import struct
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServeError
from mockserver.http.app import KEY

if TYPE_CHECKING:
    from flask import Flask

    from mockserver.faults import Faults


_TAKEN = {errno.EADDRINUSE, errno.EACCES} if sys.platform == "win32" else {errno.EADDRINUSE}


def claim(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes any free one.

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
    words = getattr(error, "strerror", None) or error
    return f"cannot listen on {host} port {port}: {words}; name another --host or --port"


def url_of(claimed: socket.socket) -> str:
    """The address of a bound socket, as a client writes it."""
    host, port = claimed.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104 - as above
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


#: Told to end: SIGTERM, server-stop or server-kill.
STOPPED = 0
#: Ctrl-C, as shells tell it.
INTERRUPTED = 130


#: As many requests are worked on at once as in the webui: starlette's thread pool.
_THREADS = 40
_CONNECTIONS = 1000
#: Bodies up to this size stay in memory.
_IN_MEMORY = 256 * 2**20
_LONGEST_WAIT = 1.0
#: How long answers under way may take once the end was asked for, seconds.
_GRACE = 2.0
_NO_GRACE = 0.05
#: SO_LINGER on, for no time: what is closed is reset.
_AT_ONCE = struct.pack("ii", 1, 0)


class ThreadedServer:
    """An app on a port of its own.

    Args:
        app: the app.
        host: address to listen on.
        port: 0 for any free one.

    Attributes:
        app: the app.
        url: where it answers.

    Raises:
        ServeError: the port cannot be had.
    """

    def __init__(self, app: Flask, host: str = "127.0.0.1", port: int = 0) -> None:
        from waitress.server import create_server  # type: ignore[import-untyped]  # noqa: PLC0415 - granian needs none

        logging.getLogger("waitress").setLevel(logging.CRITICAL)
        claimed = claim(host, port)
        self.url = url_of(claimed)
        self.app = app
        self._server: Any = create_server(
            app,
            sockets=[claimed],
            threads=_THREADS,
            connection_limit=_CONNECTIONS,
            inbuf_overflow=_IN_MEMORY,
            outbuf_overflow=_IN_MEMORY,
            ident="sdapi-mock",
            log_socket_errors=False,
        )
        self._map: dict[int, Any] = self._server._map  # noqa: SLF001 - waitress has no other way to end a loop
        self._deadline: float | None = None
        self._dropped = threading.Event()
        self._killed = False
        self._address = claimed.getsockname()[:2]
        self._listens = True
        self._followed = threading.Event()
        self._faults: Faults | None = getattr(app, "faults", None)
        if self._faults is not None:
            self._faults.on_change(self._faults_changed)
            self._channel_class = self._server.channel_class
            self._server.channel_class = self._new_channel
        app.extensions[KEY] = self

    def run(self) -> None:
        """Answer until `stop`, `kill` or `end`."""
        try:
            while not self._done():
                wait = _LONGEST_WAIT if self._deadline is None else _NO_GRACE
                self._follow_faults()
                self._server.asyncore.loop(timeout=wait, map=self._map, use_poll=True, count=1)
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
        for channel in list(self._server.active_channels.values()):
            if [str(part) for part in channel.addr[:2]] == [host, port]:
                channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)

    def _faults_changed(self) -> None:
        """Wait until the loop listens, or does not, as the faults say."""
        self._followed.clear()
        with contextlib.suppress(OSError):
            self._server.pull_trigger()
        self._followed.wait(_GRACE)

    def _follow_faults(self) -> None:
        """Listen, or refuse all connections, as the faults say."""
        refusing = self._faults is not None and self._faults.refusing
        if refusing and self._listens:
            self._server.del_channel(self._map)
            self._server.socket.close()
            self._listens = False
            for channel in list(self._server.active_channels.values()):
                if not channel.requests:
                    channel.handle_close()
        elif not refusing and not self._listens:
            with contextlib.suppress(ServeError):
                self._server.set_socket(claim(*self._address), self._map)
                self._server.accept_connections()
                self._listens = True
        self._followed.set()

    def _new_channel(self, server: Any, sock: socket.socket, *rest: Any, **named: Any) -> Any:
        """Work on a new connection, unless a fault that counts refuses it."""
        if self._faults is not None and self._faults.refuses():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            sock.close()
            return None
        return self._channel_class(server, sock, *rest, **named)

    def _end(self, grace: float) -> None:
        self._deadline = time.monotonic() + grace
        with contextlib.suppress(OSError):
            self._server.pull_trigger()

    def _done(self) -> bool:
        if self._deadline is None:
            return False
        return self._killed or not self._busy() or time.monotonic() >= self._deadline

    def _busy(self) -> bool:
        """Whether a request is worked on, or an answer not sent yet."""
        channels = self._server.active_channels.values()
        return any(channel.requests or channel.total_outbufs_len for channel in channels)

    def _close(self) -> None:
        for dispatcher in list(self._map.values()):
            dispatcher.close()
        self._dropped.set()
        self._server.task_dispatcher.shutdown(timeout=_NO_GRACE)
