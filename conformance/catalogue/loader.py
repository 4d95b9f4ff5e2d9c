"""The catalogue, read from its data files."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from conformance.catalogue.applies import Applies
from conformance.catalogue.catalogue import Catalogue
from conformance.catalogue.effect import Cost, Effect
from conformance.catalogue.level import Level
from conformance.catalogue.requirement import Requirement
from conformance.errors import CatalogueError

# The order in which reports show the areas.
AREAS = (
    "HTTP",
    "AUTH",
    "LIST",
    "OPT",
    "TXT2IMG",
    "INFO",
    "IMG",
    "PNGINFO",
    "IMG2IMG",
    "EXTRAS",
    "PROGRESS",
    "INTERRUPT",
    "QUEUE",
    "MISC",
)
_DATA = files("conformance.catalogue") / "data"


@cache
def load_catalogue() -> Catalogue:
    """The catalogue that ships with the package.

    Raises:
        CatalogueError: a data file is malformed; it names the file and the requirement.
    """
    clients = _read("clients")["client"]
    requirements = [
        read_requirement(area, entry)
        for area in AREAS
        for entry in _read(area.lower())["requirement"]
    ]
    return Catalogue(requirements, clients)


def read_requirement(area: str, entry: dict[str, Any]) -> Requirement:
    """Read one table of a data file.

    Raises:
        CatalogueError: a key is missing or unknown, or a value is none of those allowed.
    """
    name = entry.get("id", "?")
    if not str(name).startswith(f"{area}-"):
        raise CatalogueError(f"{area.lower()}.toml: {name} does not belong to {area}")
    try:
        return Requirement(
            **entry
            | {
                "level": Level(entry["level"]),
                "applies": Applies.parse(entry["applies"]),
                "cost": Cost(entry["cost"]),
                "effect": Effect(entry["effect"]),
                "clients": tuple(entry["clients"]),
            },
        )
    except (KeyError, TypeError, ValueError, CatalogueError) as error:
        raise CatalogueError(f"{area.lower()}.toml, {name}: {error}") from error


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))
