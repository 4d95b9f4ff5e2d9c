"""What Flask lays around every answer: CORS preflights, slash redirects, 404 and 405."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response, current_app, g, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from mockserver.http.answers import finish, json_response, render_standard

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.exceptions import HTTPException

    from mockserver.profiles.profile import TransportRules


_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0")  # noqa: S104 - names that gradio knows
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def install(app: Flask, rules: TransportRules) -> None:
    """Put the layers around an app's routes.

    Args:
        app: the app.
        rules: which layers the version has.

    Source: modules/initialize_util.py ``setup_middleware``, modules/api/api.py; the
    exception layer is the outermost, so that answers to uncaught exceptions have neither
    processing time nor compression nor CORS headers. Recorded: group http.
    """

    @app.before_request
    def before() -> Response | None:
        g.started = time.perf_counter()
        return _preflight(rules.preflight) if rules.cors else None

    @app.after_request
    def after(response: Response) -> Response:
        return finish(response, request.environ, g.get("started", time.perf_counter()), rules)

    app.register_error_handler(NotFound, not_found)
    app.register_error_handler(MethodNotAllowed, not_allowed)


def _preflight(by: str) -> Response | None:
    """The answer to a CORS preflight: refused, as no origin is allowed."""
    headers = request.headers
    wanted = headers.get("Access-Control-Request-Method")
    if request.method != "OPTIONS" or "Origin" not in headers or wanted is None:
        return None
    response = _by_gradio() if by == "gradio" else _refused(wanted)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(_METHODS)
    response.headers["Access-Control-Max-Age"] = "600"
    asked = headers.get("Access-Control-Request-Headers")
    if asked is not None:
        response.headers["Access-Control-Allow-Headers"] = asked
    return response


def _refused(wanted: str) -> Response:
    failures = ["origin"] if wanted in _METHODS else ["origin", "method"]
    text = f"Disallowed CORS {', '.join(failures)}"
    response = Response(text, 400, mimetype="text/plain")
    response.headers["Vary"] = "Origin"
    return response


def _by_gradio() -> Response:
    """Gradio 4 lets all pass, and lets a page know of the same machine that it may read.

    Source: gradio/route_utils.py ``CustomCORSMiddleware``; recorded of Forge: http/cors-preflight.
    """
    response = Response("OK", mimetype="text/plain")
    origin = request.headers["Origin"]
    if urlsplit(origin).hostname in _LOCAL or request.host.partition(":")[0] not in _LOCAL:
        response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Credentials"] = "true"
    return response


def not_found(error: HTTPException) -> Response:
    """404; or 307 to the same path with or without its last slash, if that is a route.

    Args:
        error: what werkzeug raised.
    """
    del error
    path = request.path
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    if path != "/" and _is_route(other):
        query = request.query_string.decode("latin-1")
        target = f"{request.host_url.rstrip('/')}{other}" + (f"?{query}" if query else "")
        response = Response(status=307, headers={"Location": target})
        del response.headers["Content-Type"]
        return response
    return json_response(render_standard({"detail": "Not Found"}), 404)


def _is_route(path: str) -> bool:
    return bool(current_app.url_map.bind("").allowed_methods(path))


def not_allowed(error: MethodNotAllowed) -> Response:
    """405, naming the method of the first route of that path alone.

    Args:
        error: what werkzeug raised.
    """
    methods = error.valid_methods or []
    response = json_response(render_standard({"detail": "Method Not Allowed"}), 405)
    response.headers["Allow"] = _first_registered(list(methods))
    return response


def _first_registered(methods: list[str]) -> str:
    for rule in current_app.url_map.iter_rules():
        found = rule.methods or set()
        if set(methods) & found and request.path == rule.rule:
            return ", ".join(sorted(found))
    return ", ".join(sorted(methods))
