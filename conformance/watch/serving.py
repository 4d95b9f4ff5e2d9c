"""The port of a watch: its page, its metrics, and a sign of life."""

from __future__ import annotations

import ipaddress
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app

from conformance.errors import ConfigurationError, ConformanceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from prometheus_client.registry import Collector


_MOST_PORTS = 65_535
_LOOPBACK = "127.0.0.1"
# Seconds that a client may take for a request.
_PATIENCE = 10
# Seconds after which a browser asks for the page again.
_REFRESH = 60


@dataclass(frozen=True)
class Listen:
    """Where to listen.

    Args:
        host: address or name.
        port: 0 for any that is free.
    """

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Listen:
        """Read ``HOST:PORT``, or ``PORT`` for the loopback.

        Args:
            text: as the operator wrote it; an IPv6 address has brackets.

        Raises:
            ConfigurationError: it has another form.
        """
        host, colon, port = text.strip().rpartition(":")
        if not port.isdecimal() or int(port) > _MOST_PORTS or (colon and not host) or "/" in host:
            raise ConfigurationError(
                f"--metrics {text}: it has the form HOST:PORT, as in 127.0.0.1:9464, or PORT"
            )
        return cls(host.strip("[]") or _LOOPBACK, int(port))

    @property
    def shown(self) -> str:
        """Host and port as in an address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def private(self) -> bool:
        """Whether only this machine can ask."""
        return _is_loopback(self.host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Server(ThreadingMixIn, WSGIServer):
    """A thread for each request, which ends with the process."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[WSGIRequestHandler]) -> None:
        if ":" in address[0]:
            import socket  # noqa: PLC0415 - only for the one constant

            self.address_family = socket.AF_INET6
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind without asking who this machine is, which may take a name server long."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is nobody's concern."""


class _Handler(WSGIRequestHandler):
    """Logs nothing, and gives up on clients that take too long."""

    timeout = _PATIENCE

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name upstream
        """Nothing is written about a request."""


def make_app(
    page: Callable[[], str], collector: Collector, *, private: bool = False
) -> WSGIApplication:
    """The application: ``/`` is the page, ``/metrics`` for Prometheus, ``/healthz`` says ok.

    Args:
        page: makes the page, in any thread.
        collector: of the metrics.
        private: whether it answers to the names of this machine alone, so that no web page reads
            it under a name of its own.
    """
    registry = CollectorRegistry()
    registry.register(collector)
    metrics: WSGIApplication = make_wsgi_app(registry)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request: refusals first, then the three paths; anything else is a 404."""
        path = environ.get("PATH_INFO", "/")
        refusal = _refusal(environ, private=private)
        if refusal is not None:
            return _plain(start_response, refusal, ("Allow", "GET, HEAD"))
        if path == "/metrics":
            return metrics(environ, start_response)
        if path == "/healthz":
            return _plain(start_response, HTTPStatus.OK)
        if path != "/":
            return _plain(start_response, HTTPStatus.NOT_FOUND)
        try:
            body = page().encode()
        except ConformanceError as error:
            return _plain(start_response, HTTPStatus.SERVICE_UNAVAILABLE, message=str(error))
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Refresh", str(_REFRESH))]
        start_response("200 OK", [*headers, *_GUARDS, ("Content-Length", str(len(body)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    return app


def _refusal(environ: WSGIEnvironment, *, private: bool) -> HTTPStatus | None:
    try:
        host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:
        return HTTPStatus.BAD_REQUEST
    if private and not _is_loopback(host):
        return HTTPStatus.MISDIRECTED_REQUEST
    known = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
    return None if known else HTTPStatus.METHOD_NOT_ALLOWED


_GUARDS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
)


def _plain(
    start_response: StartResponse, status: HTTPStatus, *headers: tuple[str, str], message: str = ""
) -> Iterable[bytes]:
    kind = ("Content-Type", "text/plain; charset=utf-8")
    start_response(f"{status.value} {status.phrase}", [kind, *_GUARDS, *headers])
    return [f"{message or status.phrase}\n".encode()]


@contextmanager
def listening(listen: Listen, app: WSGIApplication) -> Iterator[Listen]:
    """Serve until the ``with`` ends.

    Args:
        listen: where.
        app: what.

    Yields:
        Where it really listens: a port of 0 is replaced.

    Raises:
        ConfigurationError: the port is taken, or the address is none of this machine.
    """
    try:
        server = _Server((listen.host, listen.port), _Handler)
    except OSError as error:
        message = error.strerror or error
        raise ConfigurationError(
            f"--metrics {listen.shown}: it cannot listen there ({message})"
        ) from error
    server.set_app(app)
    thread = threading.Thread(target=server.serve_forever, daemon=True, name="watch-port")
    thread.start()
    try:
        yield Listen(listen.host, server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
