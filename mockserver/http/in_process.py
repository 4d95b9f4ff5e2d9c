"""Call an app as a server would, without a socket."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from mockserver.http.dropped import ConnectionClosed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from wsgiref.types import WSGIApplication


if TYPE_CHECKING:
    Received = tuple[int | None, dict[str, str], bytes]
    Send = Callable[[str, str, Mapping[str, str], bytes | None], Received]

_PORTS = {"http": 80, "https": 443}
#: Headers whose names CGI gives no prefix.
_PLAIN = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def call(
    app: WSGIApplication, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body with which `app` answers.

    Args:
        app: a WSGI app.
        method: HTTP method.
        url: the whole address; its host becomes the Host header unless `headers` has one.
        headers: of the request.
        body: of the request, maybe empty.

    Raises:
        ConnectionClosed: the server closed the connection instead of answering.
    """
    started: list[Any] = []

    def start_response(
        status: str, found: list[tuple[str, str]], _: Any = None
    ) -> Callable[..., Any]:
        started[:] = [int(status.split(" ", 1)[0]), found]
        return lambda data: data

    chunks = app(_environ(method, url, headers, body), start_response)
    try:
        data = b"".join(chunks)
    finally:
        getattr(chunks, "close", lambda: None)()
    return started[0], started[1], data


def sender_to(app: WSGIApplication, address: str = "http://127.0.0.1:7860") -> Send:
    """A function that sends recorded requests to `app`, and gives header names in lower case.

    Its status is None where the connection broke.

    Args:
        app: a WSGI app.
        address: scheme, host and port that the app believes to have.
    """

    def send(method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Received:
        try:
            status, found, data = call(app, method, address + path, headers, body or b"")
        except ConnectionClosed:
            return None, {}, b""
        return status, {name.lower(): value for name, value in found}, data

    return send


def _environ(method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    parts = urlsplit(url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": parts._replace(scheme="", netloc="", fragment="").geturl(),
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or _PORTS.get(parts.scheme, 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in _PLAIN else f"HTTP_{key}"] = value
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ
