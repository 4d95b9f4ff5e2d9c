"""The ramp: which stage a load test is in, and when it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.load.plan import Arrival
from conformance.load.samples import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.load.plan import Limits, Plan
    from conformance.load.samples import Sample

_MINUTE = 60.0


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage that has begun.

    Args:
        number: its place in the ramp, from 0.
        load: users, or arrivals a minute.
        start: when it began.
        end: when it ended; None while it lasts.
    """

    number: int
    load: float
    start: float
    end: float | None = None

    def has(self, sample: Sample) -> bool:
        """Whether a picture was asked for in this stage.

        Args:
            sample: of any stage.
        """
        return self.start <= sample.sent and (self.end is None or sample.sent < self.end)


def percentile(values: Iterable[float], share: float) -> float:
    """The value that a share of the values does not exceed (nearest rank).

    Args:
        values: in any order, at least one.
        share: from 0 to 1.
    """
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def breach(limits: Limits, samples: Iterable[Sample], ages: Iterable[float], expected: int) -> str:
    """Which limit a stage does not keep, in a sentence; empty as long as it may still keep all.

    A breach is certain before the stage ends where too many pictures are too late already.

    Args:
        limits: of the load test.
        samples: pictures of the stage that are there.
        ages: seconds that others are being waited for.
        expected: pictures that the stage will have, at least.
    """
    done = list(samples)
    waiting = list(ages)
    count = max(expected, len(done) + len(waiting))
    bad = [sample for sample in done if not sample.good]
    if limits.errors is not None and bad and len(bad) / count > limits.errors:
        return f"{len(bad)} of {count} pictures failed or were wrong ({bad[0].problem})"
    if limits.p95 is not None:
        totals = [s.total for s in done if s.outcome is not Outcome.INTERRUPTED] + waiting
        late = sum(total > limits.p95 for total in totals)
        if late > count - math.ceil(0.95 * count):
            return f"p95 is above {limits.p95:g} s ({late} of {count} pictures took longer)"
    return ""


@dataclass
class Ramp:
    """Decides from what is measured whether a load test goes on, and with how many users.

    Args:
        plan: of the load test.
        stages: those that have begun, in order.
        reason: why it ended, in a sentence; empty while it lasts.
        breached: whether it ended because a limit was not kept.
    """

    plan: Plan
    stages: list[Stage] = field(default_factory=list)
    reason: str = ""
    breached: bool = False
    _mine: list[Sample] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Whether no further picture is to be asked for."""
        return bool(self.reason)

    def begin(self, now: float) -> Stage:
        """Begin the next stage, which ends the one before.

        Args:
            now: on the clock of the samples.
        """
        number = len(self.stages)
        self._close(now)
        self._mine.clear()
        self.stages.append(Stage(number=number, load=self.plan.stages[number], start=now))
        return self.stages[-1]

    def add(self, samples: Iterable[Sample]) -> None:
        """Take pictures that are there.

        Args:
            samples: of any stage.
        """
        self._mine += filter(self.stages[-1].has, samples)

    def step(self, now: float, running: Iterable[float], *, used_up: bool) -> bool:
        """Tracker at the stage; whether the next one is to begin.

        Args:
            now: on the clock of the samples.
            running: when the pictures that are waited for were asked for.
            used_up: whether the budget refused a picture.
        """
        stage = self.stages[-1]
        ages = [now - sent for sent in running if sent >= stage.start]
        expected = self.plan.pictures(stage.number)
        problem = breach(self.plan.limits, self._mine, ages, expected)
        if problem:
            self.breached = True
            self.stop(now, f"at {self.plan.of(stage.load)}: {problem}")
        elif used_up:
            self.stop(now, "the budget is used up")
        elif self._enough(stage, now) or now - stage.start > self.plan.longest:
            if len(self.stages) < len(self.plan.stages):
                return True
            self.stop(now, "the ramp is at its end")
        return False

    def _enough(self, stage: Stage, now: float) -> bool:
        """Whether a stage has its pictures, or its users have come.

        Users who come at random are not fewer where the server is slower: a stage that waited
        for their pictures would pile up more and more of them.
        """
        expected = self.plan.pictures(stage.number)
        if self.plan.arrival is Arrival.OPEN:
            return now - stage.start >= _MINUTE * expected / stage.load
        return len(self._mine) >= expected

    def stop(self, now: float, reason: str) -> None:
        """End the ramp; the first reason stays.

        Args:
            now: on the clock of the samples.
            reason: in a sentence.
        """
        if not self.reason:
            self.reason = reason
            self._close(now)

    def _close(self, now: float) -> None:
        if self.stages and self.stages[-1].end is None:
            last = self.stages[-1]
            self.stages[-1] = Stage(number=last.number, load=last.load, start=last.start, end=now)
