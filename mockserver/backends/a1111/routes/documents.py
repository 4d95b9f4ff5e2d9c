"""/openapi.json, /docs, its way back from OAuth, and /redoc.

The pages are the recorded ones for programs. A browser (it asks for text/html) gets the same
with its scripts from this server, so that they work without the internet.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.http.answers import Prepared, render_standard
from mockserver.http.routing import Call, Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.backends.a1111.server import Webui


_FAR = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@4/"
_FAR_ICON = "https://fastapi.tiangolo.com/img/favicon.png"
_NEAR = "/_mock/swagger-ui/"
_ICON = "favicon-32x32.png"
#: Where the recorded page sends who signs in with OAuth; FastAPI always has it.
_REDIRECT = "/docs/oauth2-redirect"
_REDIRECT_PAGE = "oauth2-redirect.html"
_ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    _ICON: "image/png",
    _REDIRECT_PAGE: "text/html",
}
_API = "/sdapi/"
_STOPPING = ("server-kill", "server-restart", "server-stop")


def routes(webui: Webui) -> list[Route]:
    """The documents, for GET and HEAD as Starlette's own routes are.

    Args:
        webui: the simulated server.
    """

    @cache
    def document() -> Prepared:
        return Prepared(render_standard(openapi_document(webui)))

    pages: dict[str, Callable[[Call[Webui]], Any]] = {
        "/openapi.json": lambda _: document(),
        "/docs": lambda call: _page(call, "docs"),
        _REDIRECT: lambda call: _asset(call, _REDIRECT_PAGE),
        "/redoc": lambda call: _page(call, "redoc"),
    }
    found = [Route("GET, HEAD", path, answer, guarded=False) for path, answer in pages.items()]
    return [*found, Route("GET", f"{_NEAR}<name>", _asset, guarded=False)]


def openapi_document(webui: Webui) -> dict[str, Any]:
    """The recorded document, without routes this start lacks, and with its credentials.

    Args:
        webui: the simulated server.

    Recorded: list/openapi, auth/openapi.json-none.
    """
    recorded = webui.fixtures.get("openapi")
    own = webui.own_paths
    config = webui.config
    paths = {
        path: operations
        for path, operations in recorded["paths"].items()
        if (config.api_server_stop or not path.endswith(_STOPPING))
        and (path.startswith(_API) or not config.nowebui or path not in own)
    }
    components = dict(recorded["components"])
    if config.auth:
        open_paths = webui.profile.transport.auth_open
        first = webui.profile.transport.security_first
        paths = {p: o if p in open_paths else _guarded(p, o, first=first) for p, o in paths.items()}
        components["securitySchemes"] = {"HTTPBasic": {"type": "http", "scheme": "basic"}}
    return {**recorded, "paths": paths, "components": components}


def _guarded(path: str, operations: dict[str, Any], *, first: bool) -> dict[str, Any]:
    if not path.startswith("/sdapi/"):
        return operations
    security: dict[str, Any] = {"security": [{"HTTPBasic": []}]}
    if not first:
        return {m: o | security for m, o in operations.items()}
    return {m: _before_fields(o, security) for m, o in operations.items()}


def _before_fields(operation: dict[str, Any], security: dict[str, Any]) -> dict[str, Any]:
    if "parameters" not in operation:
        return operation | security
    head = {k: v for k, v in operation.items() if k not in {"parameters", "responses"}}
    return head | security | operation


def _page(call: Call[Webui], name: str) -> Response:
    webui = call.webui
    if "text/html" not in call.request.headers.get("Accept", ""):
        return Response(webui.fixtures.page(name))
    page = webui.fixtures.page("docs")
    return Response(page.replace(_FAR, _NEAR).replace(_FAR_ICON, _NEAR + _ICON))


def _asset(_: Call[Webui], name: str) -> Response:
    if name not in _ASSETS:
        return Response("", 404)
    from swagger_ui_bundle import (  # type: ignore[import-untyped]  # noqa: PLC0415 - rarely asked for, and slow to import
        swagger_ui_path,
    )

    return Response((Path(swagger_ui_path) / name).read_bytes(), mimetype=_ASSETS[name])
