"""What a look changes in the state of a server, and what of that deserves an alert."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.report.document import Document, ExitCode
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict
from conformance.watch.changes import (
    WORSE,
    Change,
    Kind,
    drift_changes,
    requirement_changes,
    time_between,
)
from conformance.watch.snapshot import Facet, Snapshot
from conformance.watch.target_state import Availability, Grade, Look, Outcome, TargetState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


# The tables: what was, what a look says -> what is, and the alert for it.

AVAILABILITIES: Mapping[tuple[Availability, bool], tuple[Availability, Kind | None]] = {
    (Availability.UNKNOWN, True): (Availability.UP, None),
    (Availability.UNKNOWN, False): (Availability.DOWN, Kind.DOWN),
    (Availability.UP, True): (Availability.UP, None),
    (Availability.UP, False): (Availability.DOWN, Kind.DOWN),
    (Availability.DOWN, True): (Availability.UP, Kind.UP),
    (Availability.DOWN, False): (Availability.DOWN, None),
}
GRADES: Mapping[tuple[Grade, Grade], tuple[Grade, Kind | None]] = {
    (Grade.UNKNOWN, Grade.CONFORMANT): (Grade.CONFORMANT, None),
    (Grade.UNKNOWN, Grade.NOT_CONFORMANT): (Grade.NOT_CONFORMANT, Kind.NOT_CONFORMANT),
    (Grade.CONFORMANT, Grade.CONFORMANT): (Grade.CONFORMANT, None),
    (Grade.CONFORMANT, Grade.NOT_CONFORMANT): (Grade.NOT_CONFORMANT, Kind.NOT_CONFORMANT),
    (Grade.NOT_CONFORMANT, Grade.CONFORMANT): (Grade.CONFORMANT, Kind.CONFORMANT),
    (Grade.NOT_CONFORMANT, Grade.NOT_CONFORMANT): (Grade.NOT_CONFORMANT, None),
}
TROUBLES: Mapping[tuple[bool, bool], Kind | None] = {
    (False, False): None,
    (False, True): Kind.FAILED,
    (True, False): None,
    (True, True): None,
}
# What an outcome says about whether the server answers; the others say nothing about it.
_ANSWERS = {
    Outcome.CONFORMANT: True,
    Outcome.NOT_CONFORMANT: True,
    Outcome.BUSY: True,
    Outcome.NOTHING: True,
    Outcome.DOWN: False,
}


@dataclass(frozen=True)
class Step:
    """What a look led to.

    Args:
        state: after it.
        changes: that deserve an alert, the most urgent first; mostly none.
    """

    state: TargetState
    changes: tuple[Change, ...]

    @property
    def worse(self) -> bool:
        """Whether something changed that a second look has to confirm."""
        return any(change.kind in WORSE for change in self.changes)


def decide(state: TargetState, look: Look, fail_on: Level = Level.MUST) -> Step:
    """The state after a look, and what changed by it.

    The first look alerts about what is wrong, and about nothing else. A look that finds nothing
    out about a requirement changes nothing about it.

    Args:
        state: before the look.
        look: at the server.
        fail_on: the least binding level whose failure makes a server not conformant.
    """
    steps = (_availability, _troubles)
    found = [change for step in steps for change in step(state, look)]
    after = _looked(state, look)
    if look.document is not None and look.outcome is not Outcome.DOWN:
        known = merged(state.document, look.document)
        grade, graded = _grade(state, known, fail_on)
        found += [*graded, *requirement_changes(state.document, known)]
        found += _left(look.document)
        after = replace(after, document=known, grade=grade, judged=look.at)
    if look.snapshot is not None:
        found += drift_changes(state, look.snapshot)
        after = _seen(after, look.snapshot, look.at)
    since = look.at if state.since is None or after.status is not state.status else state.since
    order = list(Kind)
    changes = tuple(sorted(found, key=lambda change: order.index(change.kind)))
    return Step(replace(after, since=since, alerts=_counted(state.alerts, changes)), changes)


def _looked(state: TargetState, look: Look) -> TargetState:
    looks = {**state.looks, look.outcome.value: state.looks.get(look.outcome.value, 0) + 1}
    answers = _ANSWERS.get(look.outcome)
    available = state.availability
    if answers is not None:
        available, _ = AVAILABILITIES[state.availability, answers]
    return replace(
        state,
        availability=available,
        troubled=look.outcome is Outcome.FAILED,
        looked=look.at,
        outcome=look.outcome,
        reason=look.reason,
        looks=looks,
        seconds=look.seconds,
        pictures=state.pictures + (look.document.cost if look.document else 0.0),
    )


def suspected(state: TargetState, look: Look) -> TargetState:
    """The state after a look whose changes a second look has to confirm: only the counts differ.

    Args:
        state: before the look.
        look: at the server.
    """
    after = _looked(state, look)
    return replace(after, availability=state.availability, troubled=state.troubled)


def _availability(state: TargetState, look: Look) -> list[Change]:
    answers = _ANSWERS.get(look.outcome)
    if answers is None:
        return []
    _, kind = AVAILABILITIES[state.availability, answers]
    if kind is Kind.UP:
        down = f" after {time_between(look.at, state.since)}" if state.since else ""
        return [Change(kind, f"it answers again{down}")]
    lost = look.document.lost if look.document else ""
    return [] if kind is None else [Change(kind, look.reason or lost or "it does not answer")]


def _troubles(state: TargetState, look: Look) -> list[Change]:
    kind = TROUBLES[state.troubled, look.outcome is Outcome.FAILED]
    # Options that were not put back are a change of their own.
    if kind is None or (look.document and look.document.not_put_back):
        return []
    errors = look.document.results if look.document else ()
    reasons = [f"{r.id}: {r.reason}" for r in errors if r.verdict is Verdict.ERROR]
    stopped = look.document.stopped if look.document else ""
    message = stopped or look.reason or "; ".join(reasons[:_FEW]) or "the suite found no verdict"
    return [Change(kind, message)]


# Names that a line lists before it counts the rest.
_FEW = 5
# A result of these verdicts says less than an older one.
_BLIND = {Verdict.SKIPPED, Verdict.ERROR}


def merged(old: Document | None, new: Document) -> Document:
    """A document, with older results where it could not find anything out.

    Args:
        old: what was known before; None for nothing.
        new: of the last run; of another mode it is taken as it is.

    Returns:
        The older document itself where the newer one says the same.
    """
    if old is None or old.mode != new.mode:
        return new
    before = {result.id: result for result in old.results if result.verdict.looked_at}
    results = [before.get(r.id, r) if r.verdict in _BLIND else r for r in new.results]
    known = replace(new, results=tuple(results))
    return old if _meaning(old) == _meaning(known) else known


def _meaning(document: Document) -> object:
    """What a document says, whenever it was made and however long that took."""
    says = [(r.id, r.verdict, r.actual, r.reason) for r in document.results]
    return (document.profile, document.mode, document.not_put_back, document.lost, says)


def _grade(state: TargetState, known: Document, fail_on: Level) -> tuple[Grade, list[Change]]:
    graded = _GRADE_OF.get(known.exit_code(fail_on))
    if graded is None:
        return state.grade, []
    other_mode = state.document is not None and state.document.mode != known.mode
    before = Grade.UNKNOWN if other_mode else state.grade
    after, kind = GRADES[before, graded]
    if kind is None:
        return after, []
    if kind is Kind.CONFORMANT:
        return after, [Change(kind, f"it is conformant again, as {known.profile}")]
    counted = [r for r in known.unmet if r.verdict in _bad(fail_on)]
    names = ", ".join(r.id for r in counted[:_FEW])
    more = f" and {len(counted) - _FEW} more" if len(counted) > _FEW else ""
    return after, [Change(kind, f"it is not conformant, as {known.profile}: {names}{more}")]


_GRADE_OF = {
    ExitCode.CONFORMANT: Grade.CONFORMANT,
    ExitCode.NOT_CONFORMANT: Grade.NOT_CONFORMANT,
}


def _bad(fail_on: Level) -> set[Verdict]:
    bad = {Verdict.FAIL, Verdict.WAIVED_BUT_PASSED}
    return bad if fail_on is Level.MUST else bad | {Verdict.WARN}


def _left(document: Document) -> list[Change]:
    return [Change(Kind.NOT_PUT_BACK, document.not_put_back)] if document.not_put_back else []


def _seen(state: TargetState, snapshot: Snapshot, at: datetime) -> TargetState:
    seen = snapshot.over(state.seen or Snapshot())
    if state.status.value == Grade.CONFORMANT.value:
        return replace(state, seen=seen, good=seen, good_at=at)
    return replace(state, seen=seen)


def _counted(counts: Mapping[str, int], changes: tuple[Change, ...]) -> dict[str, int]:
    counted = dict(counts)
    for change in changes:
        counted[change.kind.value] = counted.get(change.kind.value, 0) + 1
    return counted


def without(snapshot: Snapshot | None, ignored: frozenset[Facet]) -> Snapshot | None:
    """A snapshot, less the facets that the operator ignores.

    Args:
        snapshot: of a look; None where it has none.
        ignored: facets to leave out.
    """
    return None if snapshot is None else snapshot.without(ignored)
