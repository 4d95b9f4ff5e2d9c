"""The result of a load test: what happened, put together from the events of its processes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conformance.load.capacity import capacity_of
from conformance.load.figures import stage_figures
from conformance.load.fleet import Effort
from conformance.load.ramp import Stage
from conformance.load.samples import Sample, Seen, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.load.capacity import Capacity
    from conformance.load.figures import StageFigures
    from conformance.load.plan import Plan


@dataclass(frozen=True, kw_only=True)
class LoadResult:
    """What a load test measured.

    Args:
        plan: what it did.
        started: when it began.
        profiles: what kind of server answers at each address.
        stages: the figures of each stage.
        capacity: what the deployment can do; None where no picture was made.
        samples: every picture that was asked for.
        tallies: the other requests, by their kind.
        effort: what making the load took; None where nothing is known of it.
        reason: why it ended.
        breached: whether it ended because a limit was not kept.
        spent: what was asked for, in pictures of 512x512 at 20 steps.
        unfinished: pictures that were given up before they were there.
        lost: whether a process that made a part of the load was lost.
        remarks: what a reader has to know, in sentences.
    """

    plan: Plan
    started: datetime
    profiles: tuple[str, ...]
    stages: tuple[StageFigures, ...]
    capacity: Capacity | None
    samples: tuple[Sample, ...]
    tallies: Mapping[str, Tally]
    effort: Effort | None
    reason: str
    breached: bool
    spent: float
    unfinished: int
    lost: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def problems(self) -> dict[str, int]:
        """What was wrong with pictures, the commonest first, and how often."""
        counts = Counter(sample.problem for sample in self.samples if sample.problem)
        return dict(counts.most_common())

    @property
    def seen(self) -> dict[Seen, int]:
        """How the beginning of the work on good pictures is known, and of how many."""
        counts = Counter(sample.seen for sample in self.samples if sample.good)
        return {seen: counts[seen] for seen in Seen}

    @property
    def seconds(self) -> float:
        """From the first request to the end of the last stage."""
        return self.stages[-1].start + self.stages[-1].seconds if self.stages else 0.0


@dataclass
class Recorder:
    """Takes the events of a load test.

    Args:
        plan: what is done.
        started: when it began.
        profiles: what kind of server answers at each address.
        remarks: what a reader has to know beforehand.
        cut_off: why it ended where no event says so.
    """

    plan: Plan
    started: datetime
    profiles: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    cut_off: str = "it was cut off"
    stages: list[Stage] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    _tallies: dict[str, Tally] = field(default_factory=dict)
    _usages: list[dict[str, Any]] = field(default_factory=list)
    _end: dict[str, Any] = field(default_factory=dict)
    _spent: float = 0.0

    def handle(self, event: dict[str, Any]) -> None:
        """Take an event.

        Args:
            event: as JSON.
        """
        match event["event"]:
            case "stage":
                self._close(event["at"])
                stage = Stage(number=event["number"], load=event["load"], start=event["at"])
                self.stages.append(stage)
            case "report":
                self.samples += map(Sample.from_json, event["samples"])
                self._spent = event["spent"]
                for kind, tally in event["tallies"].items():
                    self._tallies[kind] = self._tallies.get(kind, Tally()) + Tally(**tally)
            case "usage":
                self._usages.append(event)
            case "end":
                self._end = event
                self._close(event["at"])

    def result(self) -> LoadResult:
        """What was measured; also of a load test that was cut off."""
        if not self._end:
            self._close(max((s.done for s in self.samples), default=self._latest))
        figures = stage_figures(self.plan, self.stages, self.samples) if self.stages else []
        return LoadResult(
            plan=self.plan,
            started=self.started,
            profiles=self.profiles,
            stages=tuple(figures),
            capacity=capacity_of(self.plan, figures),
            samples=tuple(self.samples),
            tallies=self._tallies,
            effort=self._effort(),
            reason=self._end.get("reason", self.cut_off),
            breached=self._end.get("breached", False),
            spent=self._end.get("spent", self._spent),
            unfinished=self._end.get("unfinished", 0),
            lost=self._end.get("lost", True),
            remarks=self.remarks,
        )

    @property
    def _latest(self) -> float:
        return self.stages[-1].start if self.stages else 0.0

    def _close(self, at: float) -> None:
        if self.stages and self.stages[-1].end is None:
            self.stages[-1] = replace(self.stages[-1], end=max(at, self.stages[-1].start))

    def _effort(self) -> Effort | None:
        workers = [used for used in self._usages if used["role"] != "master"]
        masters = [used for used in self._usages if used["role"] == "master"]
        if not workers or not self.samples:
            return None
        first = min(sample.sent for sample in self.samples)
        last = max(sample.done for sample in self.samples)
        largest = max(workers, key=lambda used: used["memory"])
        return Effort(
            pictures=len(self.samples),
            seconds=last - first,
            cpu=sum(used["cpu"] for used in workers),
            counting=sum(used["cpu"] for used in masters),
            memory=largest["memory"],
            users=largest["users"],
            base=largest["base"],
            bytes=sum(sample.bytes for sample in self.samples),
            requests=len(self.samples) + sum(tally.count for tally in self._tallies.values()),
        )
