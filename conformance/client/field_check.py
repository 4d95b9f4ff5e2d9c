"""Fields checked against their table."""

from __future__ import annotations

import math
from difflib import get_close_matches
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from conformance.client.bounds import Bounds
from conformance.client.fields import TABLES
from conformance.client.reading import fits, type_words
from conformance.errors import PayloadError

if TYPE_CHECKING:
    from collections.abc import Iterable


def check_fields(table: type, values: dict[str, Any]) -> None:
    """Check values against a table of fields.

    Raises:
        PayloadError: names the first field that is unknown, of a wrong type or impossible.
    """
    hints = field_table(table)
    for name, value in values.items():
        if name not in hints:
            raise PayloadError(name, "no such field", _hint(name, hints))
        _check(name, value, hints[name])


@cache
def field_table(table: type) -> dict[str, Any]:
    """Name -> annotation, in the order of the table."""
    return get_type_hints(table, include_extras=True)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint at the known name closest to ``name``, empty if none is close."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else ""


def _hint(name: str, known: Iterable[str]) -> str:
    homes = [route for route, table in TABLES.items() if name in field_table(table)]
    return f"{homes[0]} has it" if homes else did_you_mean(name, known)


def _check(name: str, value: Any, hint: Any) -> None:
    bounds = None
    if get_origin(hint) is Annotated:
        hint, bounds = get_args(hint)
    if value is None and NoneType not in get_args(hint):
        raise PayloadError(name, "null is refused by the webui", "leave the field out")
    if not fits(value, hint):
        raise PayloadError(name, f"{type_words(hint)} is expected, not {value!r:.60}")
    if isinstance(value, float) and not math.isfinite(value):
        raise PayloadError(name, f"{value} cannot be written as JSON")
    if isinstance(bounds, Bounds) and value is not None and (why := bounds.problem(value)):
        raise PayloadError(name, why)
