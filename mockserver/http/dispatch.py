"""In front of Flask: flags of the start, and a table of routes that gives answers a short way.

Flask takes a hundred microseconds a request to find a route, to push its contexts and to build a
response, several times what most answers of a simulated server take. Routes whose path has no
parts in it are looked up in a dictionary here. Their views are the ones that Flask calls; what
lies around an answer comes from the same functions. Whatever is not in the table, and all that
CORS has a word in, goes to Flask.

Flags of the start lie around all routes: ``--api``, and which pages may ask. Without CORS flags
the routes' own layer answers, as recorded.

Source: modules/initialize_util.py ``configure_cors_middleware``; starlette 0.26,
middleware/cors.py.
"""

from __future__ import annotations

import logging
import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from flask import Request, Response

from mockserver.core.errors import UpstreamError
from mockserver.journal.middleware import BODY, Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

    from mockserver.core.config import Config
    from mockserver.core.simulated import SimulatedServer

    Refuse = Callable[[UpstreamError], Response]
    Finish = Callable[[Response, WSGIEnvironment, float], Response]
    Headers = Callable[[bytes, WSGIEnvironment, float], tuple[bytes, list[tuple[str, str]]]]

_OK = "200 OK"
#: What werkzeug sets when it makes a request.
_OF_REQUESTS = frozenset((
    "method", "scheme", "server", "root_path", "path", "query_string", "headers", "remote_addr",
    "shallow",
))  # fmt: skip


class ReadRequest(Request):
    """A request whose body was read already, by the journal.

    What it is made of is looked at when somebody asks: most answers need nothing of it.

    Args:
        environ: as WSGI has it.
    """

    def __init__(self, environ: WSGIEnvironment) -> None:
        self.environ = environ

    def __getattr__(self, name: str) -> Any:
        """Make the whole of it when something is missing."""
        if name in _OF_REQUESTS and "shallow" not in vars(self):
            super().__init__(self.environ)
            return getattr(self, name)
        message = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=self)

    def get_data(
        self, cache: bool = True, as_text: bool = False, parse_form_data: bool = False
    ) -> Any:
        """The body, as Flask gives it.

        Args:
            cache: whether the body is kept, which it is anyway.
            as_text: whether to decode it.
            parse_form_data: of no effect.
        """
        body = self.environ.get(BODY)
        if body is None or as_text or parse_form_data:
            return super().get_data(cache, as_text, parse_form_data)  # type: ignore[call-overload]
        return body


class View(Protocol):
    """What answers the requests of one route."""

    def __call__(self, asked: Request, /) -> bytes | Response:
        """The JSON of a 200, or a whole response."""
        ...

    def at_once(self, asked: Request, /) -> Callable[[], bytes] | None:
        """What gives the JSON of a 200 that is ready; None where there is none."""
        ...


class Dispatcher:
    """Answers what its table knows, and leaves the rest to Flask.

    Args:
        app: the Flask app that the routes belong to.
        inner: Flask's own WSGI function.
    """

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self._app = app
        self._inner = inner
        self._views: dict[tuple[str, str], View] = {}
        self._around: tuple[Refuse, Finish, Headers] | None = None

    def install(
        self,
        views: Mapping[tuple[str, str], View],
        refuse: Refuse,
        finish: Finish,
        headers: Headers,
    ) -> None:
        """Answer these routes from now on, and none but these.

        Args:
            views: by method and path; each gives the JSON of a 200, or a whole response.
            refuse: gives the response to a refusal.
            finish: does what lies around a response: request's environment, and when it began.
            headers: the same for the JSON of a 200: gives body and headers as they are sent.
        """
        self._views = dict(views)
        self._around = refuse, finish, headers

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request as WSGI says."""
        view = self._views.get((environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")))
        if view is None or "HTTP_ORIGIN" in environ or self._hooked() or self._around is None:
            return self._inner(environ, start)
        refuse, finish, headers = self._around
        began = time.perf_counter()
        asked = ReadRequest(environ)
        try:
            answer = view(asked)
            if isinstance(answer, bytes):
                body, fields = headers(answer, environ, began)
                start(_OK, fields)
                return [body]
        except UpstreamError as refusal:
            answer = refuse(refusal)
        except Exception as error:  # noqa: BLE001 - as Flask does
            answer = self._failed(error)
        finally:
            if "files" in vars(asked):
                asked.close()
        return finish(answer, environ, began)(environ, start)

    def at_once(
        self, asked: Asked, environ: WSGIEnvironment, began: float
    ) -> tuple[bytes, list[tuple[str, str]]] | None:
        """Body and headers of an answer that is ready; None where it has to be worked out.

        Args:
            asked: what is asked for, without an origin and on a server without credentials.
            environ: Content-Type, body and Accept-Encoding of the request.
            began: when the request came, on the performance counter.
        """
        view = self._views.get((asked.method, asked.path))
        if view is None or self._around is None or self._hooked():
            return None
        give = view.at_once(ReadRequest(environ))
        if give is None:
            return None
        return self._around[2](give(), environ, began)

    def _hooked(self) -> bool:
        """Whether somebody registered functions of their own around the answers."""
        app = self._app
        before, after = (
            app.before_request_funcs.get(None, ()),
            app.after_request_funcs.get(None, ()),
        )
        return len(before) > 1 or len(after) > 1 or bool(app.teardown_request_funcs)

    def _failed(self, error: Exception) -> Response:
        """The answer to an exception that nobody expected; in tests of the mock it goes on."""
        if self._app.config["PROPAGATE_EXCEPTIONS"] or self._app.testing or self._app.debug:
            raise error
        logging.getLogger(self._app.name).error("the mock failed", exc_info=error)
        return failure_response(error)


def failure_response(error: Any) -> Response:
    """Says that the mock is at fault, and not what it simulates.

    Args:
        error: the exception that nobody expected.
    """
    text = f"The mock failed, not the webui it simulates: {error!r}\n"
    return Response(text, 500, mimetype="text/plain")


_METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
_NOT_FOUND = b'{"detail":"Not Found"}'
_API = "/sdapi/"
_OWN_CORS = {"access-control-allow-origin", "access-control-allow-credentials", "vary"}


class StartFlagsLayer:
    """Answers as the flags say, which may change while the server runs.

    Args:
        dispatcher: answers inside.
        webui: the simulated server; its ``config`` holds the flags.

    Attributes:
        dispatcher: answers inside.
    """

    def __init__(self, dispatcher: Dispatcher, webui: SimulatedServer) -> None:
        self.dispatcher = dispatcher
        self._webui = webui

    def answer_for(self, dispatcher: Dispatcher, webui: SimulatedServer) -> None:
        """Answer for another server from the next request on.

        Args:
            dispatcher: answers as it does.
            webui: the server.
        """
        self.dispatcher, self._webui = dispatcher, webui

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request as WSGI says."""
        config = self._webui.config
        if config.no_api and environ.get("PATH_INFO", "").startswith(_API):
            return _plain(start, "404 Not Found", "application/json", _NOT_FOUND)
        origin = environ.get("HTTP_ORIGIN")
        if origin is None or not (config.cors_origins or config.cors_regex):
            return self.dispatcher(environ, start)
        allowed = _allowed(origin, config)
        wanted = environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD")
        if environ["REQUEST_METHOD"] == "OPTIONS" and wanted is not None:
            return _preflight(start, environ, origin if allowed else None, wanted)
        return self.dispatcher(
            environ, _with_cors(start, environ, origin if allowed else None, config)
        )


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
        text = f"Disallowed CORS {', '.join(failures)}".encode()
        return _plain(start, "400 Bad Request", "text/plain; charset=utf-8", text, headers)
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
