"""All routes of a simulated server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.web.routes import (
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
    from mockserver.web.route import Route
    from mockserver.webui.server import Webui

_API = (generation, pictures, control, options, lists, training)
_WITH_WEB_UI = (gradio, internal, networks)


def all_routes(webui: Webui) -> list[Route]:
    """The routes that exist on `webui`: with ``--nowebui`` the API's alone."""
    modules = _API if webui.config.nowebui else (*_API, *_WITH_WEB_UI)
    found = [route for module in modules for route in module.routes(webui)]
    return [*found, *documents.routes(webui)]
