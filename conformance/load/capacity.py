"""What a deployment can do at most, from where on it does no more, and for how many users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.load.plan import Arrival

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.load.figures import StageFigures
    from conformance.load.plan import Plan

_MINUTE = 60.0
# A stage whose servers work less than this share of the time could have made more.
_FULL = 0.9
# Differences below it are noise.
_NEAR = 0.95
# Waits for which an operator wants to know the number of users, in seconds.
WAITS = (0.0, 10.0, 30.0, 60.0)
_MORE = (1, 2, 4, 10)


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """What a deployment can do at most.

    Args:
        rate: pictures a minute, of the mix that was asked for.
        reached: whether more users brought no more pictures; else it can do at least this.
        knee: users, or arrivals a minute, from which on they only wait longer.
        servers: how many servers were at work at once.
        service: seconds of work on a picture, on average.
    """

    rate: float
    reached: bool
    knee: float
    servers: float
    service: float


def capacity_of(plan: Plan, stages: Sequence[StageFigures]) -> Capacity | None:
    """The capacity that the stages show; None where no picture was made.

    Args:
        plan: of the load test.
        stages: its figures, in order.
    """
    measured = [stage for stage in stages if stage.pictures and stage.seconds and stage.service]
    if not measured:
        return None
    full = [stage for stage in measured if _is_full(plan, stage, measured)]
    counted = full or [max(measured, key=lambda stage: stage.rate)]
    rate = _mean(counted, [stage.rate for stage in counted])
    service = _mean(counted, [stage.service.mean for stage in counted if stage.service])
    knee = rate
    if plan.arrival is Arrival.CLOSED:
        knee = rate / _MINUTE * (service + plan.habits.think)
    return Capacity(
        rate=rate,
        reached=bool(full),
        knee=knee,
        servers=_mean(counted, [stage.busy for stage in counted]),
        service=service,
    )


def _is_full(plan: Plan, stage: StageFigures, stages: Sequence[StageFigures]) -> bool:
    """Whether the servers were at work all the time, so that users had to wait for each other."""
    assert stage.service is not None  # noqa: S101 - asked before
    # With a whole picture before them, on average, users keep servers busy through chance gaps.
    waits = stage.wait is not None and stage.wait.mean > stage.service.mean
    best = max(each.rate for each in stages)
    if stage.rate < _FULL * best or not waits:
        return False
    known = stage.busy >= _FULL * plan.behind
    lower = [each for each in stages if each.load < stage.load and each.rate >= _NEAR * stage.rate]
    return known or bool(lower)


def _mean(stages: Sequence[StageFigures], values: Sequence[float]) -> float:
    """The mean of values, by how long their stages lasted."""
    seconds = sum(stage.seconds for stage in stages)
    return sum(s.seconds * value for s, value in zip(stages, values, strict=True)) / seconds


def users_at(capacity: Capacity, think: float, wait: float, times: float = 1.0) -> float:
    """How many users make each other wait so long, on average.

    Little's law: as many are there as come in the time that each of them takes, and no more
    can come than are served.

    Args:
        capacity: of the deployment.
        think: seconds between two pictures of a user.
        wait: seconds in the queue; 0 for the knee.
        times: how many times the servers that were measured.
    """
    return times * capacity.rate / _MINUTE * (wait + capacity.service + think)


def wait_at(capacity: Capacity, think: float, users: float) -> float:
    """How long so many users wait on average, by the same law.

    Args:
        capacity: of the deployment.
        think: seconds between two pictures of a user.
        users: how many.
    """
    return max(users * _MINUTE / capacity.rate - capacity.service - think, 0.0)


@dataclass(frozen=True)
class Seats:
    """How many users a number of servers can serve.

    Args:
        servers: how many.
        rate: pictures a minute.
        users: how many, by each of the waits asked for.
    """

    servers: int
    rate: float
    users: tuple[float, ...]


def seats(plan: Plan, capacity: Capacity, waits: Sequence[float] = WAITS) -> list[Seats]:
    """How many users wait how long, on the servers that were measured and on more of them.

    Args:
        plan: of the load test.
        capacity: of the servers that were measured.
        waits: seconds in the queue, on average.
    """
    return [
        Seats(
            servers=times * plan.behind,
            rate=times * capacity.rate,
            users=tuple(users_at(capacity, plan.habits.think, wait, times) for wait in waits),
        )
        for times in _MORE
    ]
