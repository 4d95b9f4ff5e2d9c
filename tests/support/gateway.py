"""A small reverse proxy on the loopback, as deployments have one in front of the webui.

It can ask for credentials, serve https, live below a prefix, give up on slow answers, refuse
until it is woken, and be a forward proxy.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DATA = Path(__file__).parents[1] / "conformance" / "client" / "data"
AUTHORITY = _DATA / "authority.pem"
_CERTIFICATE = _DATA / "loopback.pem"
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "proxy-connection"}
_LONG = 60


@dataclass(frozen=True)
class Page:
    """What a gateway says itself."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})


@dataclass(frozen=True)
class Asked:
    """A request as it came to the gateway."""

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def route(self) -> str:
        return self.path.partition("?")[0]


# What a gateway says in the server's place; None to ask the server.
Rule = Callable[[Asked], Page | None]


def nginx(status: int, words: str) -> Page:
    """A page of nginx."""
    page = f"<html><head><title>{status} {words}</title></head><body><hr><center>nginx</center>"
    return Page(status, page)


def says_nothing(_: Asked) -> Page | None:
    """Leaves every answer to the server."""
    return None


def no_time(_: Asked) -> float:
    """Passes every answer on at once."""
    return 0.0


def swallows_nothing(_: Asked) -> bool:
    """Passes every answer on."""
    return False


def asks_for(name: str, value: str) -> Rule:
    """Lets nobody in without this header."""

    def rule(asked: Asked) -> Page | None:
        given = asked.headers.get(name.lower())
        return None if given == value else nginx(401, "Authorization Required")

    return rule


@dataclass
class Gateway:
    """What stands between.

    Args:
        server: address of what it stands before; None for a forward proxy.
        prefix: below which it serves.
        rule: what it says itself.
        patience: seconds it waits for an answer, before it says ``tired``.
        tired: what it says then.
        delay: seconds it keeps an answer of the server, by the request.
        seen: requests so far.
        swallowed: whether the answer to a request is kept back until the end of the test.
    """

    server: str | None
    prefix: str = ""
    rule: Rule = says_nothing
    patience: float = _LONG
    tired: Page = field(default_factory=lambda: nginx(504, "Gateway Time-out"))
    delay: Callable[[Asked], float] = no_time
    swallowed: Callable[[Asked], bool] = swallows_nothing
    seen: list[Asked] = field(default_factory=list)
    swallowing: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, gateway: Gateway, *, ipv6: bool, tls: bool) -> None:
        self.gateway = gateway
        self.address_family = socket.AF_INET6 if ipv6 else socket.AF_INET
        super().__init__(("::1" if ipv6 else "127.0.0.1", 0), _Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(_CERTIFICATE)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body go out apart; with Nagle the second would wait for the first.
    disable_nagle_algorithm = True
    server: _Listener

    def _answer(self) -> None:
        gateway = self.server.gateway
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers)
        gateway.seen.append(asked)
        page = gateway.rule(asked)
        if page is None and not self.path.startswith(gateway.prefix) and gateway.server:
            page = nginx(404, "Not Found")
        if page is not None:
            self._send(page.status, page.headers, page.body.encode())
            return
        self._forward(gateway, asked, body)

    def _forward(self, gateway: Gateway, asked: Asked, body: bytes) -> None:
        to = urlsplit(gateway.server or asked.path)
        path = asked.path.removeprefix(gateway.prefix)
        if gateway.server is None:
            path = asked.path.partition(to.netloc)[2]
        connection = HTTPConnection(to.hostname or "", to.port, timeout=gateway.patience)
        kept = {n: v for n, v in asked.headers.items() if n not in _HOP_BY_HOP}
        try:
            connection.request(asked.method, path or "/", body or None, kept)
            answer = connection.getresponse()
            content = answer.read()
        except TimeoutError:
            self._send(gateway.tired.status, gateway.tired.headers, gateway.tired.body.encode())
            return
        finally:
            connection.close()
        time.sleep(gateway.delay(asked))
        if gateway.swallowed(asked):
            gateway.swallowing.set()
            gateway.released.wait(_LONG)
        self._send(answer.status, dict(answer.getheaders()), content)

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in {*_HOP_BY_HOP, "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests read what was seen, not a log."""


for _method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"):
    setattr(_Handler, f"do_{_method}", _Handler._answer)  # noqa: SLF001 - its own handlers


@contextmanager
def standing_before(gateway: Gateway, *, ipv6: bool = False, tls: bool = False) -> Iterator[str]:
    """Have the gateway listen; the address at which the server behind it is reached."""
    listener = _Listener(gateway, ipv6=ipv6, tls=tls)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    host = "[::1]" if ipv6 else "127.0.0.1"
    scheme = "https" if tls else "http"
    try:
        yield f"{scheme}://{host}:{listener.server_address[1]}{gateway.prefix}"
    finally:
        gateway.released.set()
        listener.shutdown()
        thread.join()
        listener.server_close()
