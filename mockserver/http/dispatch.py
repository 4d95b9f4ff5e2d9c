"""The short way to an answer: a table of routes in front of Flask.

Flask takes a hundred microseconds a request to find a route, to push its contexts and to build a
response, several times what most answers of a simulated server take. Routes whose path has no
parts in it are looked up in a dictionary here. Their views are the ones that Flask calls; what
lies around an answer comes from the same functions. Whatever is not in the table, and all that
CORS has a word in, goes to Flask.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from flask import Request, Response

from mockserver.core.errors import UpstreamError
from mockserver.journal.middleware import BODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask


if TYPE_CHECKING:
    View = Callable[[Request], bytes | Response]
    Refuse = Callable[[UpstreamError], Response]
    Finish = Callable[[Response, WSGIEnvironment, float], Response]
    Headers = Callable[[bytes, WSGIEnvironment, float], tuple[bytes, list[tuple[str, str]]]]

_OK = "200 OK"


class ReadRequest(Request):
    """A request whose body was read already, by the journal."""

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
        self, views: dict[tuple[str, str], View], refuse: Refuse, finish: Finish, headers: Headers
    ) -> None:
        """Answer these routes from now on, and none but these.

        Args:
            views: by method and path; each gives the JSON of a 200, or a whole response.
            refuse: gives the response to a refusal.
            finish: does what lies around a response: request's environment, and when it began.
            headers: the same for the JSON of a 200: gives body and headers as they are sent.
        """
        self._views = views
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
    words = f"The mock failed, not the webui it simulates: {error!r}\n"
    return Response(words, 500, mimetype="text/plain")
