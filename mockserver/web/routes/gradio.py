"""gradio's own routes: the page, its config, log-in, files.

Source: gradio 3.41.2 routes.py. The page itself is a plain one: the mock has no web UI.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.errors import HTTPRefusal, ValidationRefusal
from mockserver.validation import missing
from mockserver.web.answers import PositionalRefusal, json_response
from mockserver.web.rendering import Prepared, render_standard
from mockserver.web.route import FORM, QUERY, Call, Route
from mockserver.webui.gradio_config import gradio_config, simulated_file, uploaded_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.webui.server import Webui

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Stable Diffusion</title></head>
<body>
<h1>Stable Diffusion</h1>
<p>A mock of the stable-diffusion-webui HTTP API. It has no web UI;
its routes are described at <a href="/docs">/docs</a>.</p>
</body>
</html>
"""
_ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2">
<rect width="2" height="2" fill="#fb6"/><circle cx="1" cy="1" r=".6" fill="#c40"/></svg>
"""
_ROBOTS = "User-agent: *\nDisallow: "
#: gradio's estimate with nothing in its queue.
_IDLE_QUEUE = {
    "msg": "estimation",
    "rank": None,
    "queue_size": 0,
    "avg_event_process_time": 0.0,
    "avg_event_concurrent_process_time": None,
    "rank_eta": None,
    "queue_eta": 1.0,
}


def routes(webui: Webui) -> list[Route]:
    """Routes of gradio; those it registers twice exist with and without the last slash."""

    @cache
    def config() -> Prepared:
        return Prepared(render_standard(gradio_config(webui)))

    twice: dict[str, Callable[[Call], Any]] = {
        "/user": lambda _: None,
        "/login_check": lambda _: None,
        "/token": _token,
        "/app_id": lambda call: {"app_id": call.webui.app_id},
        "/config": lambda _: config(),
    }
    once: dict[str, Callable[..., Any]] = {
        "/queue/status": lambda _: _IDLE_QUEUE,
        "/startup-events": lambda _: False,
        "/theme.css": lambda _: Response("", mimetype="text/css"),
        "/robots.txt": lambda _: Response(_ROBOTS, mimetype="text/plain"),
        "/favicon.ico": lambda _: Response(_ICON, content_type="image/svg+xml"),
        "/static/<any_path:name>": _no_such_file,
        "/assets/<any_path:name>": _no_such_file,
        "/file/<any_path:name>": _file,
    }
    found = [
        _open("GET", path + end, answer) for path, answer in twice.items() for end in ("", "/")
    ]
    found += [_open("GET", path, answer) for path, answer in once.items()]
    found += [Route("GET", path, _info, QUERY, guarded=False) for path in ("/info", "/info/")]
    found += [_open(method, "/", _page) for method in ("GET", "HEAD")]
    for method in ("GET", "HEAD"):
        found.append(_open(method, "/file=<any_path:name>", _file))
        found.append(_open(method, "/proxy=<any_path:name>", _proxy))
    return found + _posts()


def _posts() -> list[Route]:
    found = [Route("POST", "/upload", _upload, guarded=False)]
    for end in ("", "/"):
        found.append(Route("POST", f"/reset{end}", _reset, "ResetBody", guarded=False))
        model = f"Body_login_login_{'_' if end else ''}post"
        found.append(Route("POST", f"/login{end}", _login, FORM + model, guarded=False))
        for kind in ("api", "run"):
            path = f"/{kind}/<name>{end}"
            found.append(Route("POST", path, _predict, "PredictBody", guarded=False))
    return found


def _open(method: str, path: str, answer: Callable[..., Any]) -> Route:
    return Route(method, path, answer, guarded=False)


def _page(_: Call) -> Response:
    return Response(_PAGE)


def _info(_: Call) -> dict[str, Any]:
    """The mock's page has no endpoints."""
    return {"named_endpoints": {}, "unnamed_endpoints": {}}


def _token(call: Call) -> dict[str, Any]:
    """No log-in, so the token that a cookie brings belongs to nobody."""
    return {"token": call.request.cookies.get("access-token"), "user": None}


def _login(_: Call) -> Response:
    """Without ``--gradio-auth`` anybody is sent to the page."""
    response = Response(status=302, headers={"Location": "/"})
    del response.headers["Content-Type"]
    return response


def _predict(_: Call, name: str) -> Response:
    body = {"error": f"This app has no endpoint /api/{name}/."}
    return json_response(render_standard(body), 500)


def _reset(_: Call) -> dict[str, bool]:
    """Nothing is under way that could be reset."""
    return {"success": False}


def _upload(call: Call) -> list[str]:
    """Where each file would lie; nothing is kept.

    Raises:
        ValidationRefusal: no file was sent.
    """
    files = call.request.files.getlist("files")
    if not files:
        raise ValidationRefusal([missing().at(("body", "files"))])
    return [uploaded_path(file.read(), file.filename or "") for file in files]


def _proxy(_: Call, name: str) -> None:
    """No other server's pages are shown here."""
    del name
    raise HTTPRefusal(400, "This URL cannot be proxied.")


def _no_such_file(_: Call, name: str) -> None:
    """The mock has none of gradio's scripts and styles."""
    del name
    raise PositionalRefusal(404, "File not found")


def _file(call: Call, name: str) -> None:
    """No file of the simulated server can be had; the refusal tells where it would lie."""
    status, words = simulated_file(call.webui, name)
    raise PositionalRefusal(status, f"{words}: {name}.")
