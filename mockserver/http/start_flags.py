"""Flags of the start that lie around all routes: ``--api``, and which pages may ask.

Source: modules/initialize_util.py ``configure_cors_middleware``; starlette 0.26,
middleware/cors.py. Without CORS flags the routes' own layer answers, as recorded.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from mockserver.core.config import Config
    from mockserver.core.simulated import SimulatedServer


_METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
_NOT_FOUND = b'{"detail":"Not Found"}'
_API = "/sdapi/"
_OWN_CORS = {"access-control-allow-origin", "access-control-allow-credentials", "vary"}


class StartFlagsLayer:
    """Answers as the flags say, which may change while the server runs.

    Args:
        app: the WSGI app inside.
        webui: the simulated server; its ``config`` holds the flags.
    """

    def __init__(self, app: WSGIApplication, webui: SimulatedServer) -> None:
        self._app = app
        self._webui = webui

    def answer_for(self, app: WSGIApplication, webui: SimulatedServer) -> None:
        """Answer for another server from the next request on.

        Args:
            app: its WSGI app.
            webui: the server.
        """
        self._app, self._webui = app, webui

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request as WSGI says."""
        config = self._webui.config
        if config.no_api and environ.get("PATH_INFO", "").startswith(_API):
            return _plain(start, "404 Not Found", "application/json", _NOT_FOUND)
        origin = environ.get("HTTP_ORIGIN")
        if origin is None or not (config.cors_origins or config.cors_regex):
            return self._app(environ, start)
        allowed = _allowed(origin, config)
        wanted = environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD")
        if environ["REQUEST_METHOD"] == "OPTIONS" and wanted is not None:
            return _preflight(start, environ, origin if allowed else None, wanted)
        return self._app(environ, _with_cors(start, environ, origin if allowed else None, config))


def _allowed(origin: str, config: Config) -> bool:
    if "*" in config.cors_origins or origin in config.cors_origins:
        return True
    return bool(config.cors_regex) and _pattern(config.cors_regex).fullmatch(origin) is not None


@lru_cache(8)
def _pattern(regex: str) -> re.Pattern[str]:
    return re.compile(regex)


def _preflight(
    start: StartResponse, environ: WSGIEnvironment, origin: str | None, method: str
) -> list[bytes]:
    """The answer to a preflight; with credentials allowed the origin is always named."""
    headers = [("Vary", "Origin")]
    failures = []
    if origin is None:
        failures.append("origin")
    else:
        headers.append(("Access-Control-Allow-Origin", origin))
    if method not in _METHODS.split(", "):
        failures.append("method")
    headers += [
        ("Access-Control-Allow-Methods", _METHODS),
        ("Access-Control-Max-Age", "600"),
        ("Access-Control-Allow-Credentials", "true"),
    ]
    asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS")
    if asked is not None:
        headers.append(("Access-Control-Allow-Headers", asked))
    if failures:
        words = f"Disallowed CORS {', '.join(failures)}".encode()
        return _plain(start, "400 Bad Request", "text/plain; charset=utf-8", words, headers)
    return _plain(start, "200 OK", "text/plain; charset=utf-8", b"OK", headers)


def _with_cors(
    start: StartResponse, environ: WSGIEnvironment, origin: str | None, config: Config
) -> Any:
    """A start_response that lets the page of `origin` read the answer."""
    everybody = "*" in config.cors_origins

    def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        kept = [(k, v) for k, v in headers if k.lower() not in _OWN_CORS]
        vary = [v for k, v in headers if k.lower() == "vary"]
        more = [("Access-Control-Allow-Credentials", "true")]
        if everybody and "HTTP_COOKIE" not in environ:
            more.append(("Access-Control-Allow-Origin", "*"))
        elif origin is not None:
            more.append(("Access-Control-Allow-Origin", origin))
            vary.append("Origin")
        if vary:
            more.append(("Vary", ", ".join(vary)))
        return start(status, kept + more, *rest)

    return begin


def _plain(
    start: StartResponse,
    status: str,
    kind: str,
    body: bytes,
    headers: list[tuple[str, str]] | None = None,
) -> list[bytes]:
    length = ("Content-Length", str(len(body)))
    start(status, [*(headers or []), length, ("Content-Type", kind)])
    return [body]
