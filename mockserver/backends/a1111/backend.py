"""AUTOMATIC1111's webui, and its forks that kept its shape, as a backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.backends.a1111.routes import all_routes
from mockserver.backends.a1111.server import Webui
from mockserver.backends.registry import Backend
from mockserver.extensions import ExtensibleWebui, extension_routes
from mockserver.http.fastapi import fill, replace_routes

if TYPE_CHECKING:
    from mockserver.http.app import MockApp


def _fill(app: MockApp) -> None:
    webui = app.webui
    if isinstance(webui, ExtensibleWebui):
        fill(app, webui, [*all_routes(webui), *extension_routes(webui)])
        webui.on_extensions_changed(
            lambda: replace_routes(app, webui, [*all_routes(webui), *extension_routes(webui)])
        )
    elif isinstance(webui, Webui):
        fill(app, webui, all_routes(webui))


BACKEND = Backend(
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
            "no_api",
            "cors_origins",
            "cors_regex",
            "disable_all_extensions",
            "disable_extra_extensions",
            "disabled_extensions",
            "no_hashing",
            "freeze_settings",
            "freeze_settings_in_sections",
            "freeze_specific_settings",
        },
    ),
)
