"""Which routes a kind of server has to have."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from conformance.catalogue import Applies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.target.profile import ServerProfile

_FILE = files("conformance.target") / "data" / "routes.toml"


@cache
def known_routes() -> Mapping[str, Applies]:
    """Method and path of every route any kind of server has -> the kinds that have it."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))["routes"]
    return {route: Applies.parse(text) for route, text in table.items()}


def claims(profile: ServerProfile, method: str, path: str) -> bool:
    """Whether a server of this profile has to have a route; the query of ``path`` is ignored."""
    applies = known_routes().get(f"{method} {path.partition('?')[0]}")
    return applies is not None and applies.matches(profile.family, profile.version)
