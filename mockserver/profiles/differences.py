"""What differs between two profiles: their rules, and the lists of their servers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mockserver.profiles.profile import Profile


_NOT_RULES = ("name",)


@dataclass(frozen=True)
class Change:
    """One thing that differs.

    Attributes:
        place: what it is (``samplers.unknown``, ``txt2img.hr_scheduler``).
        before: in the first profile; None where it is not there.
        after: in the second one; None where it is not there.
    """

    place: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.place}" + (f": {self.after}" if self.after else "")
        if self.after is None:
            return f"- {self.place}" + (f": {self.before}" if self.before else "")
        return f"~ {self.place}: {self.before} -> {self.after}"


def flat(profile: Profile) -> dict[str, Any]:
    """Every rule by its dotted name, in the order of the profile's fields.

    Of a program of its own there are those it says, and none of the webui's.

    Args:
        profile: any profile.
    """
    found = dict(_flat(profile, ""))
    program = {f"program.{key}": value for key, value in found.pop("program").items()}
    plain = {key: value for key, value in found.items() if "." not in key}
    return {**plain, **program} if program else found


def _flat(value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(value):
        found = getattr(value, field.name)
        if dataclasses.is_dataclass(found):
            yield from _flat(found, f"{prefix}{field.name}.")
        elif field.name not in _NOT_RULES:
            yield f"{prefix}{field.name}", found


def rule_changes(first: Profile, second: Profile) -> list[Change]:
    """Rules that differ; of lists only the items that do.

    Args:
        first: the earlier one.
        second: the later one.
    """
    found: list[Change] = []
    one, other = flat(first), flat(second)
    for place in {**one, **other}:
        if place not in other:
            found.append(Change(place, "", None))
        elif place not in one:
            found.append(Change(place, None, str(other[place])))
        elif one[place] != other[place]:
            found += _changes(place, one[place], other[place])
    return found


def _changes(place: str, before: Any, after: Any) -> list[Change]:
    if not isinstance(before, tuple) or not isinstance(after, tuple):
        return [Change(place, str(before), str(after))]
    found = list(item_changes(map(_word, before), map(_word, after), f"{place} "))
    return found or [Change(place, "in this order", ", ".join(map(_word, after)))]


def _word(item: Any) -> str:
    if isinstance(item, dict):
        return str(item.get("label", item))
    return " = ".join(map(str, item)) if isinstance(item, tuple) else str(item)


def item_changes(before: Iterable[str], after: Iterable[str], prefix: str = "") -> Iterator[Change]:
    """Items that one list has and the other lacks, those gone first.

    Args:
        before: items of one.
        after: items of the other.
        prefix: put before each name, default nothing.
    """
    one, other = list(before), list(after)
    for item in one:
        if item not in other:
            yield Change(f"{prefix}{item}", "", None)
    for item in other:
        if item not in one:
            yield Change(f"{prefix}{item}", None, "")


def value_changes(before: dict[str, str], after: dict[str, str], prefix: str) -> Iterator[Change]:
    """Keys that came, went, or have another value.

    Args:
        before: values by key.
        after: values by key.
        prefix: put before each name, default nothing.
    """
    for key in (*before, *(key for key in after if key not in before)):
        one, other = before.get(key), after.get(key)
        if one != other:
            yield Change(f"{prefix}{key}", one, other)
