"""The requirements that an operator's file can ask for, as data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from conformance.catalogue import Catalogue, load_catalogue
from conformance.catalogue.loader import read_requirement

AREA = "EXPECT"
_FILE = files("conformance.deployment") / "data" / "requirements.toml"


@cache
def whole_catalogue() -> Catalogue:
    """The catalogue, and after it the requirements that an operator's file can ask for.

    Raises:
        CatalogueError: a data file is malformed; it names the file and the requirement.
    """
    catalogue = load_catalogue()
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["requirement"]
    own = [read_requirement(AREA, entry) for entry in entries]
    return Catalogue([*catalogue, *own], catalogue.clients)
