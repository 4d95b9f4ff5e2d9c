"""The requirements, as data."""

from conformance.catalogue.applies import FAMILIES, Applies
from conformance.catalogue.catalogue import Catalogue
from conformance.catalogue.effect import Cost, Effect
from conformance.catalogue.level import Level
from conformance.catalogue.loader import load_catalogue
from conformance.catalogue.requirement import Requirement
from conformance.catalogue.selection import find, select
from conformance.catalogue.version import Version

__all__ = [
    "FAMILIES",
    "Applies",
    "Catalogue",
    "Cost",
    "Effect",
    "Level",
    "Requirement",
    "Version",
    "find",
    "load_catalogue",
    "select",
]
