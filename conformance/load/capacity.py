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
# Servers that work less than this share of the time could have made more.
_FULL = 0.9
# The share of a stage for which servers have to be pressed to show what they can do.
_PART = 0.3
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
        service: seconds of work on a request, on average.
        batch: pictures that a request asks for, on average.
        possible: pictures a minute that all servers would make if none of them was ever idle, and
            all were alike; more than ``rate`` where there were too few users, or a balancer lets
            some have nothing to do while others have a queue. Servers that are faster than others
            are idle more often, so that it may be even more.
    """

    rate: float
    reached: bool
    knee: float
    servers: float
    service: float
    possible: float
    batch: float = 1.0

    @property
    def requests(self) -> float:
        """Requests for pictures that are served, a minute."""
        return self.rate / self.batch

    @property
    def idle(self) -> float:
        """The share of the time in which servers had nothing to do, from 0 to 1."""
        return 1 - self.rate / self.possible


def capacity_of(plan: Plan, stages: Sequence[StageFigures]) -> Capacity | None:
    """The capacity that the stages show; None where no picture was made.

    Args:
        plan: of the load test.
        stages: its figures, in order.
    """
    measured = [stage for stage in stages if stage.busy and stage.of_mix and stage.service]
    if not measured:
        return None
    full = _full(plan, measured)
    if full:
        spans = [stage.pressed for stage in full]
        seconds = sum(span.seconds for span in spans)
        rate = sum(span.seconds * span.rate for span in spans) / seconds
        servers = sum(span.seconds * span.busy for span in spans) / seconds
    else:
        best = max(measured, key=lambda stage: stage.of_mix)
        rate, servers = best.of_mix, best.busy
    batch = plan.habits.mix.mean_batch
    # Little's law: as many are at work as come in the time of the work on one.
    service = _MINUTE * servers * batch / rate
    knee = rate / batch
    if plan.arrival is Arrival.CLOSED:
        knee *= (service + plan.habits.think) / _MINUTE
    return Capacity(
        rate=rate,
        reached=bool(full),
        knee=knee,
        servers=servers,
        service=service,
        possible=rate * max(plan.behind / servers, 1.0),
        batch=batch,
    )


def _full(plan: Plan, measured: Sequence[StageFigures]) -> list[StageFigures]:
    """The stages whose servers had always more to do, and which made the most of them."""
    pressed = [
        stage
        for stage in measured
        if stage.long_pressed and stage.pressed.seconds >= _PART * stage.seconds
    ]
    best = max((stage.pressed.rate for stage in pressed), default=0.0)
    full = [stage for stage in pressed if stage.pressed.rate >= _FULL * best]
    known = any(stage.pressed.busy >= _FULL * plan.behind for stage in full)
    # Fewer users brought as much: the others did no more than wait.
    lower = any(
        fewer.load < stage.load and max(fewer.of_mix, fewer.pressed.rate) >= _NEAR * best
        for stage in full
        for fewer in measured
    )
    return full if known or lower else []


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
    return times * capacity.requests / _MINUTE * (wait + capacity.service + think)


def wait_at(capacity: Capacity, think: float, users: float) -> float:
    """How long so many users wait on average, by the same law.

    Args:
        capacity: of the deployment.
        think: seconds between two pictures of a user.
        users: how many.
    """
    return max(users * _MINUTE / capacity.requests - capacity.service - think, 0.0)


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


def measured_on(plan: Plan, capacity: Capacity) -> int:
    """How many servers were measured: as many as were named, or more that were at work at once.

    Args:
        plan: of the load test.
        capacity: that it showed.
    """
    return max(plan.behind, round(capacity.servers))


def seats(plan: Plan, capacity: Capacity, waits: Sequence[float] = WAITS) -> list[Seats]:
    """How many users wait how long, on the servers that were measured and on more of them.

    Args:
        plan: of the load test.
        capacity: of the servers that were measured.
        waits: seconds in the queue, on average.
    """
    return [
        Seats(
            servers=times * measured_on(plan, capacity),
            rate=times * capacity.rate,
            users=tuple(users_at(capacity, plan.habits.think, wait, times) for wait in waits),
        )
        for times in _MORE
    ]
