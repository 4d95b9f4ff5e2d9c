"""A balancer on the loopback, as deployments have one before several servers."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}
_LONG = 300


class Balancer:
    """Chooses a server for each request, wherever the one before went.

    Args:
        servers: addresses of the servers.
        least: choose the one with the fewest requests under way; else one after the other.
        chance: in place of both, whose choice is any of them.
    """

    def __init__(
        self, servers: Sequence[str], *, least: bool = True, chance: Random | None = None
    ) -> None:
        self._places = [urlsplit(server).netloc for server in servers]
        self._least = least
        self._chance = chance
        self._busy = [0] * len(servers)
        self._turns = count()
        self._lock = threading.Lock()

    @contextmanager
    def chosen(self) -> Iterator[str]:
        """The server of a request, for as long as it takes."""
        with self._lock:
            count = len(self._places)
            turn = self._chance.randrange(count) if self._chance else next(self._turns) % count
            order = [(turn + step) % len(self._places) for step in range(len(self._places))]
            least = self._least and self._chance is None
            number = min(order, key=self._busy.__getitem__) if least else turn
            self._busy[number] += 1
        try:
            yield self._places[number]
        finally:
            with self._lock:
                self._busy[number] -= 1

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its address, as long as it runs."""
        balancer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with balancer.chosen() as place:
                    _pass_on(self, place)

            do_POST = do_GET  # noqa: N815 - the library's name

            def log_message(self, *_: object) -> None:
                return

        server = _QuietServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()


class _QuietServer(ThreadingHTTPServer):
    """A server to which a client that leaves is nothing to report."""

    def handle_error(self, *_: object) -> None:
        return


def _pass_on(handler: BaseHTTPRequestHandler, place: str) -> None:
    body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    kept = {n: v for n, v in handler.headers.items() if n.lower() not in _HOP_BY_HOP}
    connection = HTTPConnection(place, timeout=_LONG)
    try:
        connection.request(handler.command, handler.path, body, kept)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    handler.send_response(answer.status)
    for name, value in answer.getheaders():
        if name.lower() not in _HOP_BY_HOP:
            handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)
