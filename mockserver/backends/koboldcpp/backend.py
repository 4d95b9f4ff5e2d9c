"""KoboldCpp as a backend: Python's own web server, headers that let every page in."""

from __future__ import annotations

import contextlib
import html
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response

from mockserver.backends.cpp_common.server import LISTS, answer_everything
from mockserver.backends.koboldcpp.generation import generate, upscale
from mockserver.backends.koboldcpp.server import FIELDS, ROUTES, Koboldcpp
from mockserver.backends.registry import Backend
from mockserver.core.errors import FixtureError, ServerError
from mockserver.http.dropped import hang_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Request

    from mockserver.http.app import MockApp


_PREFIX = "/sdapi/v1/"
_WORK: dict[str, Callable[[Koboldcpp, dict[str, Any]], dict[str, Any]]] = {
    "txt2img": generate,
    "img2img": generate,
    "extra-single-image": upscale,
    "upscale": upscale,
}
_HEADERS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "*",
    "access-control-allow-headers": "*, Accept, Content-Type, Content-Length, Cache-Control, "
    "Accept-Encoding, X-CSRF-Token, Client-Agent, X-Fields, Content-Type, Authorization, "
    "X-Requested-With, X-HTTP-Method-Override, apikey, genkey",
    "cache-control": "no-store",
}
_OK, _NOT_FOUND, _FAILED, _UNSUPPORTED, _BUSY = 200, 404, 500, 501, 503
_PAGES = ("/docs", "/api", "")
_PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<title>KoboldCpp API Documentation</title>\n'
    "<p>A simulated KoboldCpp: its image routes answer below /sdapi/v1.\n"
)
_NOWHERE = (
    "Error: KoboldCpp HTTP Server is running, but this endpoint does not exist. Please check the "
    'URL and METHOD.<br><a href="/api">[Read API documentation here]</a><br><br>Current path: {}'
)
_NO_METHOD = """<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: 501</p>
        <p>Message: Unsupported method ('{}').</p>
        <p>Error code explanation: 501 - Server does not support this operation.</p>
    </body>
</html>
"""


def answer(server: Koboldcpp, request: Request) -> Response:
    """The answer to any request.

    Args:
        server: the simulated server.
        request: as Flask has it.
    """
    if request.method == "GET":
        return _get(server, request)
    if request.method == "POST":
        return _post(server, request)
    if request.method in {"HEAD", "OPTIONS"}:
        return _response("", "text/html")
    page = _NO_METHOD.format(html.escape(request.method, quote=False))
    return _response(page, "text/html;charset=utf-8", _UNSUPPORTED)


def _response(body: str, kind: str = "application/json", status: int = _OK) -> Response:
    return Response(body, status, {**_HEADERS, "content-type": kind})


def _refused(status: int, kind: str, text: str) -> Response:
    body = {"detail": {"msg": text, "type": kind}}
    return _response(json.dumps(body), status=status)


def _name(request: Request) -> str:
    """The route's last part; a path may have anything before and one slash after it."""
    head, prefix, name = request.path.rstrip("/").rpartition(_PREFIX)
    del head
    return name if prefix else ""


def _get(server: Koboldcpp, request: Request) -> Response:
    name = _name(request)
    if name in LISTS:
        return _response(json.dumps(server.listed(name)))
    if request.path.rstrip("/") in _PAGES:
        return _response(_page(server), "text/html")
    path = _as_sent(request).rstrip("/")
    return _response(_NOWHERE.format(html.escape(path)), "text/html", _NOT_FOUND)


def _as_sent(request: Request) -> str:
    """The path and query as the client wrote them, not decoded."""
    query = request.query_string.decode("latin-1")
    known = quote(request.path) + (f"?{query}" if query else "")
    return str(request.environ.get("REQUEST_URI") or known)


def _page(server: Koboldcpp) -> str:
    """The documentation: that of the fixture set where it has one."""
    with contextlib.suppress(FixtureError):
        return server.fixtures.page("docs")
    return _PAGE


def _post(server: Koboldcpp, request: Request) -> Response:
    name = _name(request)
    if name not in {*_WORK, "interrogate"}:
        return _response("", "text/html", _NOT_FOUND)
    if server.queue.waiting >= server.program.waiting:
        text = "Server is busy; please try again later."
        return _refused(_BUSY, "service_unavailable", text)
    if name == "interrogate":
        return _refused(_BUSY, "service_unavailable", "No Vision model loaded")
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return _refused(_FAILED, "bad_input", "Error parsing input.")
    return _worked(server, name, body)


def _worked(server: Koboldcpp, name: str, body: Any) -> Response:
    """The result; a request that makes the program fail never gets an answer.

    Recorded: t2i-field/steps-7, prompt-0, i2i/int.
    """
    if not isinstance(body, dict):
        return hang_up()
    try:
        return _response(json.dumps(_WORK[name](server, body)))
    except ServerError:
        return hang_up()


def _fill(app: MockApp) -> None:
    server = app.webui
    if isinstance(server, Koboldcpp):
        answer_everything(app, lambda request: answer(server, request))


BACKEND = Backend(Koboldcpp, _fill, frozenset({"step_time", "seed"}), ROUTES, FIELDS)
