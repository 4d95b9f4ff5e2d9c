"""Questions of a test about what a mock was asked: how often, with what, in which order, never."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from mockserver.journal.matching import Difference, differences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.journal.call import Call


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
    words = f"{wanted} was asked {len(found)} times, not {_often(times)}"
    if on_route and len(found) < len(on_route):
        raise JournalMismatch(f"{words}; {_nearest(on_route, wanted)}")
    raise JournalMismatch(f"{words}; {_listed(calls, wanted)}")


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
            words = f"step {number}, {step}, did not come{after}"
            raise JournalMismatch(f"{words}; {_nearest_or_listed(rest, step)}")
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
