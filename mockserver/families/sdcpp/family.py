"""What the registry wants to know of stable-diffusion.cpp's server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.families._cpp.everything import answer_everything
from mockserver.families.family import Family
from mockserver.families.sdcpp.outline import FIELDS, ROUTES
from mockserver.families.sdcpp.server import Sdcpp
from mockserver.families.sdcpp.web import answer

if TYPE_CHECKING:
    from mockserver.web.mock_app import MockApp


def _fill(app: MockApp) -> None:
    server = app.webui
    if isinstance(server, Sdcpp):
        answer_everything(app, lambda request: answer(server, request))


FAMILY = Family(Sdcpp, _fill, frozenset({"step_time", "seed"}), ROUTES, FIELDS)
