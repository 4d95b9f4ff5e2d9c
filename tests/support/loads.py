"""Load tests that never took place: queues worked out, and results made of them."""

from __future__ import annotations

import heapq
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Literal

from conformance.load.capacity import capacity_of
from conformance.load.figures import stage_figures
from conformance.load.fleet import Effort
from conformance.load.plan import Arrival, Habits, Plan
from conformance.load.ramp import Stage
from conformance.load.result import LoadResult
from conformance.load.samples import Sample, Seen
from conformance.load.workload import Mix

if TYPE_CHECKING:
    from collections.abc import Sequence

JOB = "512x512x20"
#: What measuring a hundred pictures took.
EFFORT = Effort(
    pictures=100,
    seconds=500.0,
    cpu=3.0,
    counting=0.0,
    memory=80.0,
    users=100,
    base=60.0,
    bytes=50_000_000,
    requests=1100,
)


def plan(**changes: object) -> Plan:
    """A plan for one server, with some values of your own; those of habits among them."""
    habits = Habits(mix=Mix.parse(JOB), think=5.0, seed=1)
    own = {name: changes.pop(name) for name in list(changes) if hasattr(habits, name)}
    made = Plan(servers=("http://127.0.0.1:7860",), habits=replace(habits, **own))
    return replace(made, **changes)


def sample(sent: float, done: float, started: float | None = None, **more: object) -> Sample:
    """A picture; its work began when it was asked for, where nothing else is said."""
    begun = sent if started is None else started
    values = {"server": 0, "job": JOB, "seen": Seen.TASK, **more}
    return Sample(sent=sent, done=done, started=begun, **values)


def queue(
    joins: Sequence[float],
    *,
    servers: int = 1,
    service: float = 2.0,
    think: float = 5.0,
    until: float = 600.0,
) -> list[Sample]:
    """What users see who share a queue from the moments on at which they join it."""
    random = Random(len(joins))  # noqa: S311 - nothing secret
    free = [0.0] * servers
    asking = [(at + random.random() * service, number) for number, at in enumerate(joins)]
    heapq.heapify(asking)
    found = []
    while asking and asking[0][0] < until:
        sent, number = heapq.heappop(asking)
        begun = max(sent, heapq.heappop(free))
        done = begun + service
        heapq.heappush(free, done)
        found.append(sample(sent, done, begun))
        pause = random.expovariate(1 / think) if think else 0.0
        heapq.heappush(asking, (done + pause, number))
    return found


def ramp(made: Plan, *, service: float = 2.0, each: float = 600.0) -> LoadResult:
    """The result of a load test of a plan, over a queue that was worked out."""
    stages, joins = [], []
    for number, load in enumerate(made.stages):
        start = number * each
        stages.append(Stage(number=number, load=load, start=start, end=start + each))
        joins += [start] * (int(load) - len(joins))
    samples = queue(
        joins,
        servers=made.behind,
        service=service,
        think=made.habits.think,
        until=stages[-1].end,
    )
    return result(made, stages, samples)


Balancing = Literal["least", "turns", "random"]


class Deployment:
    """Servers behind a balancer, each with a queue of its own, in a time that is worked out.

    Args:
        services: seconds that each server works on a picture.
        balancing: how the balancer chooses.
        seed: of the choices of users and balancer.
    """

    def __init__(
        self, services: Sequence[float], balancing: Balancing = "least", seed: int = 0
    ) -> None:
        self._services = services
        self._balancing = balancing
        self._random = Random(seed)  # noqa: S311 - nothing secret
        self._queues: list[list[float]] = [[] for _ in services]
        self._asked = 0

    def load(self, made: Plan, *, each: float) -> LoadResult:
        """The result of a load test, each of whose stages lasts so many seconds."""
        starts = [number * each for number in range(len(made.stages))]
        stages = [
            Stage(number=number, load=load, start=start, end=start + each)
            for number, (start, load) in enumerate(zip(starts, made.stages, strict=True))
        ]
        open_model = made.arrival is Arrival.OPEN
        samples = self._open(stages) if open_model else self._closed(stages, made.habits.think)
        return result(made, stages, samples)

    def _open(self, stages: Sequence[Stage]) -> list[Sample]:
        found = []
        for stage in stages:
            at = stage.start + self._random.expovariate(stage.load / 60)
            while at < stage.end:
                found.append(self._picture(at))
                at += self._random.expovariate(stage.load / 60)
        return found

    def _closed(self, stages: Sequence[Stage], think: float) -> list[Sample]:
        asking: list[float] = []
        for stage in stages:
            asking += [stage.start] * (int(stage.load) - len(asking))
        heapq.heapify(asking)
        found = []
        while asking and asking[0] < stages[-1].end:
            found.append(self._picture(heapq.heappop(asking)))
            pause = self._random.expovariate(1 / think) if think else 0.0
            heapq.heappush(asking, found[-1].done + pause)
        return found

    def _picture(self, sent: float) -> Sample:
        self._queues = [[done for done in queue if done > sent] for queue in self._queues]
        number = self._choice()
        queue = self._queues[number]
        begun = max([sent, *queue])
        queue.append(begun + self._services[number])
        return sample(sent, queue[-1], begun)

    def _choice(self) -> int:
        count = len(self._queues)
        self._asked += 1
        if self._balancing == "random":
            return self._random.randrange(count)
        if self._balancing == "turns":
            return self._asked % count
        return min(range(count), key=lambda number: len(self._queues[number]))


def result(made: Plan, stages: list[Stage], samples: list[Sample]) -> LoadResult:
    """A result of stages and pictures."""
    figures = stage_figures(made, stages, samples)
    return LoadResult(
        plan=made,
        started=datetime(2026, 11, 29, 12, tzinfo=UTC),
        profiles=("a1111 1.10.1",),
        stages=tuple(figures),
        capacity=capacity_of(made, figures),
        samples=tuple(samples),
        tallies={},
        effort=None,
        reason="the ramp is at its end",
        breached=False,
        spent=float(len(samples)),
        unfinished=0,
    )
