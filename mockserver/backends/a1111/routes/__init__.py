"""Routes of a simulated webui."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.backends.a1111.routes import (
    control,
    documents,
    generation,
    gradio,
    internal,
    lists,
    networks,
    options,
    pictures,
    training,
)

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui
    from mockserver.http.routing import Route


_API = (generation, pictures, control, options, lists, training)
_WITH_WEB_UI = (gradio, internal, networks)


def all_routes(webui: Webui) -> list[Route]:
    """The routes that exist on `webui`: with ``--nowebui`` the API's alone.

    Which of them its version has is told by its OpenAPI document.
    """
    modules = _API if webui.config.nowebui else (*_API, *_WITH_WEB_UI)
    known = webui.documented_paths
    found = [route for module in modules for route in module.routes(webui)]
    there = [route for route in found if not _documented(route) or _path(route) in known]
    return [*there, *documents.routes(webui)]


def _path(route: Route) -> str:
    return route.document or route.path


def _documented(route: Route) -> bool:
    """Whether a server that has the route names it in its document, in these words."""
    return "<" not in _path(route)
