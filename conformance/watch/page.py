"""The page of a watch: how each server is, what changed, and its history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from conformance.report.html_report import render_page
from conformance.report.summary import MARKS, Mark
from conformance.watch.changes import Kind, time_between
from conformance.watch.target_state import Outcome, Status, TargetState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.verdict import Result
    from conformance.watch.messages import Subject
    from conformance.watch.snapshot import Difference
    from conformance.watch.store import Alert, PastLook, Store


STATUS_MARKS = {
    Status.CONFORMANT: Mark("✓", "good", "conformant"),
    Status.NOT_CONFORMANT: Mark("✗", "warn", "not conformant"),
    Status.DOWN: Mark("✗", "bad", "down"),
    Status.UNKNOWN: Mark("?", "none", "not judged yet"),
}
KIND_MARKS = {
    Kind.DOWN: Mark("✗", "bad", "down"),
    Kind.UP: Mark("✓", "good", "up"),
    Kind.NOT_CONFORMANT: Mark("✗", "warn", "not conformant"),
    Kind.CONFORMANT: Mark("✓", "good", "conformant"),
    Kind.UNMET: Mark("!", "warn", "newly unmet"),
    Kind.MET: Mark("✓", "good", "met again"),
    Kind.DRIFT: Mark("≠", "info", "drift"),
    Kind.NOT_PUT_BACK: Mark("✗", "bad", "options not put back"),
    Kind.FAILED: Mark("?", "none", "suite failed"),
}
OUTCOME_MARKS = {
    Outcome.CONFORMANT: Mark("✓", "good", "conformant"),
    Outcome.NOT_CONFORMANT: Mark("✗", "warn", "not conformant"),
    Outcome.DOWN: Mark("✗", "bad", "down"),
    Outcome.BUSY: Mark("…", "info", "busy"),
    Outcome.FAILED: Mark("?", "none", "suite failed"),
    Outcome.NOTHING: Mark("○", "none", "nothing looked at"),
}
# The worst of a stretch of time gives it its colour.
_WORST_FIRST = (
    Outcome.DOWN,
    Outcome.NOT_CONFORMANT,
    Outcome.FAILED,
    Outcome.CONFORMANT,
    Outcome.BUSY,
    Outcome.NOTHING,
)
_STRETCHES = 96
_OVERLAP = 0.1
_ALERTS, _LOOKS = 50, 30


@dataclass(frozen=True)
class Stretch:
    """A stretch of a timeline.

    Args:
        tone: of its colour.
        title: when it was, and how looks ended in it.
        start: where it begins, in per cent.
        width: in per cent.
    """

    tone: str
    title: str
    start: float
    width: float


@dataclass(frozen=True)
class Timeline:
    """How looks ended over some time.

    Args:
        title: over how long.
        stretches: those in which the server was looked at.
        counts: outcome in words -> looks, those that there were.
        answered: share of looks that the server answered, in per cent; None without any.
    """

    title: str
    stretches: tuple[Stretch, ...]
    counts: tuple[tuple[str, int], ...]
    answered: float | None


def timeline(looks: Sequence[PastLook], start: datetime, end: datetime, title: str) -> Timeline:
    """A timeline of the looks between two moments.

    Args:
        looks: oldest first.
        start: of the timeline.
        end: of the timeline.
        title: over how long it goes.
    """
    length = max((end - start) / _STRETCHES, timedelta(seconds=1))
    stretches: dict[int, list[Outcome]] = {}
    inside = [look for look in looks if start <= look.at <= end]
    for look in inside:
        number = min(int((look.at - start) / length), _STRETCHES - 1)
        stretches.setdefault(number, []).append(Outcome(look.outcome))
    width = 100 / _STRETCHES
    # A little too wide, so that no ground shows between two.
    drawn = width + _OVERLAP
    counts = Counter(Outcome(look.outcome) for look in inside)
    known = len(inside) - counts[Outcome.FAILED]
    return Timeline(
        title,
        tuple(
            Stretch(_tone(found), _title(start + number * length, found), number * width, drawn)
            for number, found in sorted(stretches.items())
        ),
        tuple((OUTCOME_MARKS[o].label, counts[o]) for o in _WORST_FIRST if counts[o]),
        100 * (known - counts[Outcome.DOWN]) / known if known else None,
    )


def _tone(found: Sequence[Outcome]) -> str:
    worst = min(found, key=_WORST_FIRST.index)
    return OUTCOME_MARKS[worst].tone


def _title(at: datetime, found: Sequence[Outcome]) -> str:
    counts = Counter(found)
    parts = (f"{counts[o]} {OUTCOME_MARKS[o].label}" for o in _WORST_FIRST if counts[o])
    return f"{moment_text(at)}: {', '.join(parts)}"


def moment_text(at: datetime | None) -> str:
    """A moment as a page shows it.

    Args:
        at: the moment; None for one that never was.
    """
    return "never" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Panel:
    """What the page shows of one server.

    Args:
        subject: the server.
        state: its state.
        since: for how long it has been so, in words.
        timelines: the last day, and all that is kept.
        looks: the last ones, newest first.
        alerts: the last ones, newest first.
    """

    subject: Subject
    state: TargetState
    since: str
    timelines: tuple[Timeline, ...]
    looks: tuple[PastLook, ...]
    alerts: tuple[Alert, ...]

    @property
    def mark(self) -> Mark:
        """How its status looks."""
        return STATUS_MARKS[self.state.status]

    @property
    def unmet(self) -> tuple[Result, ...]:
        """The requirements to look at, most binding first."""
        return self.state.document.unmet if self.state.document else ()

    @property
    def drift(self) -> tuple[Difference, ...]:
        """In what it differs from its last good state."""
        return self.state.drift


def panel(store: Store, subject: Subject, state: TargetState, now: datetime) -> Panel:
    """What the page shows of one server.

    Args:
        store: of the watch.
        subject: the server.
        state: its state.
        now: the time of day.

    Raises:
        StateError: the store cannot be read.
    """
    looks = store.looks(subject.name)
    day = timedelta(days=1)
    lines = [timeline(looks, now - day, now, "last 24 hours")]
    if looks and looks[0].at < now - day:
        days = (now - looks[0].at) / day
        lines.append(timeline(looks, looks[0].at, now, f"last {days:.0f} days"))
    return Panel(
        subject,
        state,
        "" if state.since is None else time_between(now, state.since),
        tuple(lines),
        tuple(reversed(looks[-_LOOKS:])),
        tuple(store.alerts(subject.name, _ALERTS)),
    )


def render_watch(
    store: Store, states: Mapping[str, tuple[Subject, TargetState]], now: datetime
) -> str:
    """The page: it loads nothing, and can be read without JavaScript.

    Args:
        store: of the watch.
        states: name -> server and its state.
        now: the time of day.

    Returns:
        One page of HTML.

    Raises:
        StateError: the store cannot be read.
    """
    panels = [panel(store, subject, state, now) for subject, state in states.values()]
    return render_page(
        "watch.html.j2",
        panels=panels,
        overall=_overall(panels),
        now=now,
        marks=MARKS,
        kind_marks=KIND_MARKS,
        outcome_marks=OUTCOME_MARKS,
        moment=moment_text,
    )


_ORDER = (Status.DOWN, Status.NOT_CONFORMANT, Status.UNKNOWN, Status.CONFORMANT)


def _overall(panels: Sequence[Panel]) -> Mark:
    """The worst status, and how many servers have it."""
    counts = Counter(each.state.status for each in panels)
    worst = next(status for status in _ORDER if counts[status] or status is Status.CONFORMANT)
    mark = STATUS_MARKS[worst]
    if len(panels) == 1:
        return Mark(mark.symbol, mark.tone, mark.label.capitalize())
    many = "All" if counts[worst] == len(panels) else f"{counts[worst]} of {len(panels)}"
    return Mark(mark.symbol, mark.tone, f"{many} {mark.label}")
