"""Serve an app in the foreground, until somebody ends it."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

from mockserver.core.errors import ServeError
from mockserver.http.layers import KEY
from mockserver.http.threaded_server import INTERRUPTED, STOPPED, ThreadedServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from mockserver.http.app import MockApp


#: What an app is served by; ``waitress`` was the default once and means the same as ``threads``.
SERVERS = ("threads", "granian", "waitress")


def serve(
    app: MockApp,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    server: str = "threads",
    ready: Callable[[str], None] = lambda url: None,  # noqa: ARG005 - calls nobody
) -> int:
    """Serve `app` until Ctrl-C, SIGTERM, or a route that ends the server.

    Args:
        app: from create_app.
        host: address to listen on; the loopback by default.
        port: 0 for any free one.
        server: ``threads``, or ``granian`` where the extra ``fast`` is installed.
        ready: called with the address once requests are answered.

    Returns:
        The exit code: 0, or 130 after Ctrl-C.

    Raises:
        ServeError: the port cannot be had, or the server is not installed.
    """
    if server not in SERVERS:
        raise ServeError(f"no server {server!r}; there are {' and '.join(SERVERS)}")
    if server == "granian":
        from mockserver.http.granian_server import serve_granian  # noqa: PLC0415 - an extra

        return serve_granian(app, host, port, ready)
    running = ThreadedServer(app, host, port)
    app.extensions[KEY] = _Process(running)
    return _in_foreground(running, ready)


class _Process:
    """The lifecycle of a server that has the process to itself."""

    def __init__(self, running: ThreadedServer) -> None:
        self._running = running

    def stop(self) -> None:
        self._running.stop()

    def kill(self) -> None:
        os._exit(STOPPED)

    def reset_connection(self, host: str, port: str) -> None:
        self._running.reset_connection(host, port)


def _in_foreground(running: ThreadedServer, ready: Callable[[str], None]) -> int:
    code = STOPPED

    def end(number: int, _: FrameType | None) -> None:
        nonlocal code
        code = INTERRUPTED if number == signal.SIGINT else STOPPED
        running.end()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
    ready(running.url)
    running.run()
    return code
