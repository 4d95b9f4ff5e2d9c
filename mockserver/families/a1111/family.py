"""The webui itself, and its forks that kept its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.extensions import ExtensibleWebui, extension_routes
from mockserver.families.family import Family
from mockserver.web.fastapi import fill, replace_routes
from mockserver.web.routes import all_routes
from mockserver.webui.server import Webui

if TYPE_CHECKING:
    from mockserver.web.mock_app import MockApp


def _fill(app: MockApp) -> None:
    webui = app.webui
    if isinstance(webui, ExtensibleWebui):
        fill(app, webui, [*all_routes(webui), *extension_routes(webui)])
        webui.on_extensions_changed(
            lambda: replace_routes(app, webui, [*all_routes(webui), *extension_routes(webui)])
        )
    elif isinstance(webui, Webui):
        fill(app, webui, all_routes(webui))


FAMILY = Family(
    ExtensibleWebui,
    _fill,
    frozenset(
        {
            "fresh",
            "nowebui",
            "auth",
            "state_file",
            "step_time",
            "api_server_stop",
            "seed",
            "extensions",
            "extensions_late",
        },
    ),
)
