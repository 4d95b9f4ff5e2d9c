"""The changes that deserve an alert, and those of requirements and of what a server offers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.report import comparison
from conformance.verdict import Verdict
from conformance.watch.snapshot import differences

if TYPE_CHECKING:
    from datetime import datetime

    from conformance.report.document import Document
    from conformance.verdict import Result
    from conformance.watch.snapshot import Snapshot
    from conformance.watch.target_state import TargetState


class Kind(StrEnum):
    """What changed, the most urgent first."""

    DOWN = "down"
    UP = "up"
    NOT_CONFORMANT = "not conformant"
    CONFORMANT = "conformant"
    UNMET = "newly unmet"
    MET = "met again"
    DRIFT = "drift"
    NOT_PUT_BACK = "options not put back"
    FAILED = "suite failed"


#: A second look has to confirm these before an alert goes out.
WORSE = {Kind.DOWN, Kind.NOT_CONFORMANT, Kind.UNMET, Kind.DRIFT, Kind.FAILED}


@dataclass(frozen=True)
class Change:
    """Something that changed.

    Args:
        kind: what.
        text: on one line, without the name of the server.
        requirement: its id; empty where no requirement changed.
        level: of the requirement.
        facet: of the snapshot that drifted; empty where none did.
        added: names that are new in it.
        removed: names that are gone from it.
    """

    kind: Kind
    text: str
    requirement: str = ""
    level: str = ""
    facet: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


# Names that a line lists before it counts the rest, and that an alert keeps of a facet.
_FEW, _MOST = 5, 100
# What an alert is worth: a MAY is nobody's promise, and an operator accepts what is waived.
_UNMET = {Verdict.FAIL, Verdict.WARN}
_MET = {Verdict.PASS, Verdict.PASS_LOOSE}


def requirement_changes(old: Document | None, known: Document) -> list[Change]:
    """The requirements that are newly unmet or met again, each cause once.

    Args:
        old: what was known before; None for nothing.
        known: what is known now.

    Returns:
        The changes; none where another mode was asked before.
    """
    if old is None or old is known or old.mode != known.mode:
        return []
    unmet: list[Result] = []
    met: list[Result] = []
    for change in comparison.changes(old, known):
        was = None if change.old is None else change.old.verdict
        now = change.result.verdict
        if now in _UNMET and was not in _UNMET:
            unmet.append(change.result)
        elif change.old is not None and was in _UNMET and now in _MET:
            # Its cause is what it was, while it was not met.
            met.append(replace(change.result, cause=change.old.cause))
    return [
        *(_changed(Kind.UNMET, h, f"is not met: {_said(h)}", more) for h, more in _causes(unmet)),
        *(_changed(Kind.MET, head, "is met again", more) for head, more in _causes(met)),
    ]


def _causes(results: list[Result]) -> list[tuple[Result, list[Result]]]:
    """Each cause once, with what follows from it."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.cause or result.id, []).append(result)
    found = []
    for cause, group in groups.items():
        head = next((result for result in group if result.id == cause), group[0])
        found.append((head, [result for result in group if result is not head]))
    return found


def _changed(kind: Kind, result: Result, message: str, more: list[Result]) -> Change:
    level = str(result.requirement.level)
    names = ", ".join(each.id for each in more[:_FEW])
    rest = f" and {len(more) - _FEW} more" if len(more) > _FEW else ""
    tail = f" (with it {names}{rest})" if more else ""
    return Change(kind, f"{result.id} ({level}) {message}{tail}", result.id, level)


_WIDTH = 300


def _said(result: Result) -> str:
    text = " ".join((result.actual or result.reason or result.requirement.sentence).split())
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def drift_changes(state: TargetState, snapshot: Snapshot) -> list[Change]:
    """What differs from the last snapshot, measured against the last good state.

    Args:
        state: before the look.
        snapshot: of the look.
    """
    reference = state.reference
    if reference is None or state.seen is None:
        return []
    against = {each.facet: each for each in differences(reference, snapshot)}
    found = []
    for fresh in differences(state.seen, snapshot):
        each = against.get(fresh.facet)
        message = f"{fresh.facet} as in the last good state again" if each is None else each.text
        added, removed = ((each or fresh).added[:_MOST], (each or fresh).removed[:_MOST])
        found.append(
            Change(Kind.DRIFT, message, facet=str(fresh.facet), added=added, removed=removed)
        )
    return found


def time_between(now: datetime, since: datetime) -> str:
    """How long something lasted, in its largest fitting unit.

    Args:
        now: its end.
        since: its beginning.
    """
    seconds = max((now - since).total_seconds(), 0.0)
    for length, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
