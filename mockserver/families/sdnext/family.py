"""SD.Next as a family of simulated servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.families.family import Family
from mockserver.families.sdnext.routes import all_routes
from mockserver.families.sdnext.server import SdNext
from mockserver.web.fastapi import fill

if TYPE_CHECKING:
    from mockserver.web.mock_app import MockApp


def _fill(app: MockApp) -> None:
    server = app.webui
    if isinstance(server, SdNext):
        fill(app, server, all_routes(server))


# A first start was recorded of newer versions alone; the server refuses it for others.
# Credentials and --api-only's counterpart were not recorded, so they cannot be asked for.
FAMILY = Family(SdNext, _fill, frozenset({"fresh", "state_file", "step_time", "seed"}))
