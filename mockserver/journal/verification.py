"""Whether the journal holds a call: nested subsets, ranges and predicates, and the nearest miss."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.journal.call import Call


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


_API = "/sdapi/v1/"
#: So many calls are listed where none was near.
_LISTED = 20


class JournalMismatch(AssertionError):  # noqa: N818 - an assertion of a test
    """The mock was not asked what a test says it was."""


@dataclass(frozen=True)
class Wanted:
    """What a call must be.

    Attributes:
        route: a path, a pattern, or a name below /sdapi/v1; maybe a method before it.
        method: any, where it is None and the route names none.
        json: what its body must have, nested, with ranges, patterns and functions.
        query: likewise of its query's parameters.
        headers: likewise of its headers; names in any case.
    """

    route: str
    method: str | None = None
    json: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The whole path, or a pattern of it."""
        path = self.route.strip().rpartition(" ")[2]
        return path if path.startswith(("/", "*")) else _API + path

    @property
    def verb(self) -> str:
        """The method in capitals; "" for any."""
        named = self.route.strip().rpartition(" ")[0]
        return (self.method or named).upper()

    def is_at(self, call: Call) -> bool:
        """Whether a call is on the route.

        Args:
            call: of the journal.
        """
        return fnmatchcase(call.path, self.path) and self.verb in {"", call.method}

    def differs(self, call: Call) -> list[Difference]:
        """Where a call on the route is not as wanted.

        Args:
            call: of the journal.
        """
        found = differences(self.json, call.json) if self.json else []
        found += differences(self.query, call.parameters, "query") if self.query else []
        lower = {name.lower(): value for name, value in self.headers.items()}
        sent = {name.lower(): value for name, value in call.request.headers}
        return found + (differences(lower, sent, "header") if lower else [])

    def __str__(self) -> str:
        return f"{self.verb} {self.path}".strip()


def verify(calls: Sequence[Call], wanted: Wanted, times: int | range | None = None) -> list[Call]:
    """Make sure that there were such calls; gives them.

    Args:
        calls: of the journal, in order.
        wanted: what they must be.
        times: exactly so often, or as often as the range holds; at least once for None.

    Raises:
        JournalMismatch: there were not; shows the nearest call field by field.
    """
    on_route = [call for call in calls if wanted.is_at(call)]
    found = [call for call in on_route if not wanted.differs(call)]
    allowed = times if isinstance(times, range) else None
    enough = len(found) in allowed if allowed is not None else len(found) == times
    if enough if times is not None else found:
        return found
    message = f"{wanted} was asked {len(found)} times, not {_often(times)}"
    if on_route and len(found) < len(on_route):
        raise JournalMismatch(f"{message}; {_nearest(on_route, wanted)}")
    raise JournalMismatch(f"{message}; {_listed(calls, wanted)}")


def verify_order(calls: Sequence[Call], steps: Sequence[Wanted]) -> list[Call]:
    """Make sure that calls came one after the other; others may lie between them.

    Args:
        calls: of the journal, in order.
        steps: what must have come, in order.

    Returns:
        One call for each step.

    Raises:
        JournalMismatch: a step did not come after the one before it.
    """
    found: list[Call] = []
    rest = list(calls)
    for number, step in enumerate(steps, 1):
        at = next((i for i, c in enumerate(rest) if step.is_at(c) and not step.differs(c)), None)
        if at is None:
            after = f" after #{found[-1].number} {found[-1].path}" if found else ""
            message = f"step {number}, {step}, did not come{after}"
            raise JournalMismatch(f"{message}; {_nearest_or_listed(rest, step)}")
        found.append(rest[at])
        rest = rest[at + 1 :]
    return found


def _often(times: int | range | None) -> str:
    if times is None:
        return "at least once"
    if isinstance(times, range):
        return f"{times.start} to {times.stop - 1} times"
    return "once" if times == 1 else f"{times} times"


def _nearest_or_listed(calls: Sequence[Call], wanted: Wanted) -> str:
    on_route = [call for call in calls if wanted.is_at(call)]
    return _nearest(on_route, wanted) if on_route else _listed(calls, wanted)


def _nearest(calls: Sequence[Call], wanted: Wanted) -> str:
    """The call with the fewest differences; of several the last."""
    measured = [(len(wanted.differs(call)), -call.number, call) for call in calls]
    missed = [item for item in measured if item[0]]
    call = min(missed)[2]
    lines = [f"  {difference}" for difference in wanted.differs(call)]
    return "\n".join([f"the nearest call, #{call.number} {call.method} {call.path}, has", *lines])


def _listed(calls: Sequence[Call], wanted: Wanted) -> str:
    if not calls:
        return "there were no calls"
    lines = [f"  #{call.number} {call.method} {call.path} -> {call.status}" for call in calls]
    if len(lines) > _LISTED:
        lines = [f"  ... {len(lines) - _LISTED} more", *lines[-_LISTED:]]
    near = get_close_matches(wanted.path, {call.path for call in calls}, n=1, cutoff=0.8)
    hint = f" (did you mean {near[0]}?)" if near and near[0] != wanted.path else ""
    return "\n".join([f"the calls were{hint}:", *lines])
