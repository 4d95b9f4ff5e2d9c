"""The keys that say how a run goes, named as the options of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.engine import Mode
from conformance.errors import ConformanceError
from conformance.target import ServerProfile

if TYPE_CHECKING:
    from conformance.deployment.table import Table

RUN_KEYS = (
    "profile",
    "mode",
    "generate",
    "budget",
    "rate",
    "patience",
    "size",
    "seed",
    "examples",
    "only",
    "skip",
    "for",
)
SIZE_STEP, _SMALLEST, _LARGEST = 64, 64, 1024


def read_run(table: Table) -> dict[str, Any]:
    """What is said of how the run goes; what is not said is not in it.

    Raises:
        ConfigurationError: a value is none of those allowed; names the key.
    """
    said = {
        "profile": _profile(table),
        "mode": _mode(table),
        "generate": table.flag("generate"),
        "budget": table.number("budget", "pictures"),
        "rate": table.number("rate", "requests a second", zero=False),
        "patience": table.number("patience", "seconds"),
        "size": _size(table),
        "seed": table.whole("seed", "a seed"),
        "examples": table.whole("examples", "examples"),
        "only": table.texts("only") or None,
        "skip": table.texts("skip") or None,
        "for": table.texts("for") or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _profile(table: Table) -> ServerProfile | None:
    text = table.text("profile")
    try:
        return None if text is None else ServerProfile.parse(text)
    except ConformanceError as error:
        table.refuse("profile", str(error))


def _mode(table: Table) -> Mode | None:
    text = table.text("mode")
    if text is None:
        return None
    if text not in set(Mode):
        table.refuse("mode", f"{text!r} is no mode; there are {', '.join(Mode)}")
    return Mode(text)


def _size(table: Table) -> int | None:
    size = table.whole("size", "pixels", _SMALLEST)
    if size is not None and (size > _LARGEST or size % SIZE_STEP):
        table.refuse("size", f"a multiple of {SIZE_STEP} up to {_LARGEST} is expected, not {size}")
    return size
