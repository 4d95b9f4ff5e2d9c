"""Load tests that never took place: queues worked out, and results made of them."""

from __future__ import annotations

import heapq
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from conformance.load.capacity import capacity_of
from conformance.load.figures import stage_figures
from conformance.load.fleet import Effort
from conformance.load.plan import Habits, Plan
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


def result(made: Plan, stages: list[Stage], samples: list[Sample]) -> LoadResult:
    """A result of stages and pictures."""
    figures = stage_figures(stages, samples)
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
