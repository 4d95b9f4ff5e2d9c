"""The webui itself, and its forks that kept its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.families.family import Family
from mockserver.web.fastapi import fill
from mockserver.web.routes import all_routes
from mockserver.webui.server import Webui

if TYPE_CHECKING:
    from mockserver.web.mock_app import MockApp


def _fill(app: MockApp) -> None:
    webui = app.webui
    if isinstance(webui, Webui):
        fill(app, webui, all_routes(webui))


FAMILY = Family(
    Webui,
    _fill,
    frozenset(
        {"fresh", "nowebui", "auth", "state_file", "step_time", "api_server_stop", "seed"},
    ),
)
