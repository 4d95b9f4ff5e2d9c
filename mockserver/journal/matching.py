"""Whether a JSON value is what was wanted, and where it is not: nested, with ranges and tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: What stands for a field that is not there.
ABSENT = object()
_LONGEST = 80


@dataclass(frozen=True)
class Difference:
    """One place where a value is not as wanted.

    Attributes:
        place: where, as ``override_settings.sd_model_checkpoint``; "" for the value itself.
        wanted: what was wanted, as text.
        found: what is there, as text.
    """

    place: str
    wanted: str
    found: str

    def __str__(self) -> str:
        """One line: ``steps: wanted 20, was 30``."""
        return f"{self.place or 'the body'}: wanted {self.wanted}, was {self.found}"


def differences(wanted: Any, found: Any, place: str = "") -> list[Difference]:
    """Where `found` is not as wanted; empty where it is.

    Args:
        wanted: a plain value, which must be equal; an object, whose fields `found` must have
            and may have more; a list, item by item; a range, in which a number must lie; a
            compiled pattern, which must be found in a text; a function of the value, which
            must be true; a type, of which it must be.
        found: a JSON value.
        place: where it is, for the sentences.
    """
    if isinstance(wanted, Mapping):
        return _in_object(wanted, found, place)
    if isinstance(wanted, list | tuple):
        return _in_list(list(wanted), found, place)
    if _fits(wanted, found):
        return []
    return [Difference(place, shown(wanted), shown(found))]


def _in_object(wanted: Mapping[str, Any], found: Any, place: str) -> list[Difference]:
    if not isinstance(found, Mapping):
        return [Difference(place, shown(dict(wanted)), shown(found))]
    return [
        difference
        for key, value in wanted.items()
        for difference in differences(value, found.get(key, ABSENT), _below(place, key))
    ]


def _in_list(wanted: list[Any], found: Any, place: str) -> list[Difference]:
    if not isinstance(found, list) or len(found) != len(wanted):
        return [Difference(place, shown(wanted), shown(found))]
    pairs = enumerate(zip(wanted, found, strict=True))
    return [
        difference
        for number, (item, there) in pairs
        for difference in differences(item, there, f"{place}[{number}]")
    ]


def _fits(wanted: Any, found: Any) -> bool:  # noqa: PLR0911 - one for each kind of wish
    """Whether a single value is as wanted: each kind of wish has its own test."""
    if found is ABSENT:
        return wanted is ABSENT
    if isinstance(wanted, range):
        return isinstance(found, int) and not isinstance(found, bool) and found in wanted
    if isinstance(wanted, re.Pattern):
        return isinstance(found, str) and wanted.search(found) is not None
    if isinstance(wanted, type):
        return isinstance(found, wanted)
    if isinstance(wanted, Callable):  # type: ignore[arg-type]  # mypy knows no abstract callables
        return bool(wanted(found))
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    return bool(wanted == found)


def _below(place: str, key: object) -> str:
    return f"{place}.{key}" if place else str(key)


def shown(value: Any) -> str:  # noqa: PLR0911 - one for each kind of wish
    """A value as a sentence shows it: short, and never a wall of base64.

    Args:
        value: a JSON value, or what `differences` takes as wanted.
    """
    if value is ABSENT:
        return "absent"
    if isinstance(value, range):
        return f"{value.start} to {value.stop - 1}"
    if isinstance(value, re.Pattern):
        return f"a text with /{value.pattern}/"
    if isinstance(value, type):
        return f"of type {value.__name__}"
    if callable(value):
        name = getattr(value, "__name__", type(value).__name__)
        return "what the test's function accepts" if name == "<lambda>" else f"{name}() to hold"
    text = repr(value)
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2]}... ({len(text)} characters)"
