"""What the registry wants to know of KoboldCpp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.families._cpp.everything import answer_everything
from mockserver.families.family import Family
from mockserver.families.koboldcpp.outline import FIELDS, ROUTES
from mockserver.families.koboldcpp.server import Koboldcpp
from mockserver.families.koboldcpp.web import answer

if TYPE_CHECKING:
    from mockserver.web.mock_app import MockApp


def _fill(app: MockApp) -> None:
    server = app.webui
    if isinstance(server, Koboldcpp):
        answer_everything(app, lambda request: answer(server, request))


FAMILY = Family(Koboldcpp, _fill, frozenset({"step_time", "seed"}), ROUTES, FIELDS)
