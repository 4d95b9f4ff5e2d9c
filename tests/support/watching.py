"""Looks, servers and time for the tests of a watch; none of the time is real."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from queue import Empty
from typing import TYPE_CHECKING, Any

from reports import document, result

from conformance.cli.looker import kept
from conformance.report.document import ExitCode
from conformance.verdict import Result, Verdict
from conformance.watch.messages import Subject
from conformance.watch.snapshot import Facet, Snapshot
from conformance.watch.target_state import Look, Outcome, outcome_of
from conformance.watch.watched import Inbox, Times, Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


START = datetime(2026, 11, 1, tzinfo=UTC)
URL = "http://host:7860"
SUBJECT = Subject("studio", URL)
SNAPSHOT = Snapshot(
    {
        Facet.VERSION: ("a1111 1.10.1",),
        Facet.OPTIONS: ("CLIP_stop_at_last_layers", "samples_format"),
        Facet.SAMPLERS: ("Euler", "Euler a"),
        Facet.MODELS: ("tiny-a",),
    }
)


def fails(name: str = "LIST-001", verdict: Verdict = Verdict.FAIL, **values: Any) -> Result:
    """A requirement that is not met."""
    return result(name, verdict, **{"expected": "a list", "actual": "an object"} | values)


def judged(*results: Result, snapshot: Snapshot | None = SNAPSHOT, **values: Any) -> Look:
    """A look that found verdicts; without any, everything is met."""
    run = kept(document(*(results or (result(), result("LIST-002"))), **values))
    return Look(
        at=START, outcome=outcome_of(run), code=run.exit_code(), document=run, snapshot=snapshot
    )


def down(words: str = "nothing accepts connections there") -> Look:
    """A look at a server that does not answer."""
    return Look(at=START, outcome=Outcome.DOWN, code=ExitCode.NO_TARGET, reason=words)


def busy() -> Look:
    """A look at a server that works for somebody else."""
    words = "the server works for somebody else"
    return Look(at=START, outcome=Outcome.BUSY, code=ExitCode.NO_TARGET, reason=words)


def failed(words: str = "the suite failed: ZeroDivisionError") -> Look:
    """A look that ended with a failure of the suite."""
    return Look(at=START, outcome=Outcome.FAILED, code=ExitCode.SUITE_FAILED, reason=words)


class HandTimes(Times):
    """Time that passes only while the loop waits; work is done at once."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.on_wait: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    def seconds(self) -> float:
        return self.passed

    def receive(self, inbox: Inbox, seconds: float) -> object | None:
        for last in (False, True):
            try:
                return inbox.get_nowait()
            except Empty:
                if not last:
                    self.on_wait()
        self.passed += seconds
        return None

    def begin(self, work: Callable[[], None]) -> None:
        work()


class Scripted:
    """Looks as a test wrote them down, one after the other; the last one for ever."""

    def __init__(self, looks: Iterable[Look | Exception], times: HandTimes) -> None:
        self._looks = iter(looks)
        self._last: Look | Exception = judged()
        self._times = times
        self.at: list[float] = []
        self.cancelled = 0

    def look(self) -> Look:
        self.at.append(self._times.passed)
        self._last = next(self._looks, self._last)
        if isinstance(self._last, Exception):
            raise self._last
        return replace(self._last, at=self._times.now())

    def cancel(self) -> None:
        self.cancelled += 1


def watched(looker: Scripted, name: str = "studio", **values: Any) -> Watched:
    """A server that is watched."""
    subject = Subject(name, f"http://{name}:7860", ("planted-secret",))
    return Watched(subject=subject, looker=looker, **values)
