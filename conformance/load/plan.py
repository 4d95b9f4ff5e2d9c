"""What a load test will do, known before it starts, and the budget that it never exceeds."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from threading import Lock
from typing import Any

from conformance.load.workload import Job, Mix


class Arrival(StrEnum):
    """How users come."""

    CLOSED = "closed"  # so many users, each of whom thinks between two pictures
    OPEN = "open"  # so many new users a minute, at random, whoever is there already


@dataclass(frozen=True)
class Limits:
    """What ends the ramp.

    Args:
        p95: seconds in which 95 % of the pictures of a stage have to be there; None for any.
        errors: share of pictures of a stage that may fail or be wrong; None for any.
    """

    p95: float | None = None
    errors: float | None = 0.01


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How one user behaves.

    Args:
        mix: the kinds of pictures.
        think: seconds between two pictures, on average; closed model only.
        poll: seconds between two looks at the progress.
        interrupts: share of pictures that their user gives up while they are made.
        task_ids: whether the server follows a request by its ``force_task_id``.
        seed: of every random choice.
        aimed: whether an interrupt reaches the server that makes the picture: not behind a
            balancer.
    """

    mix: Mix
    think: float = 5.0
    poll: float = 1.0
    interrupts: float = 0.0
    task_ids: bool = False
    seed: int = 0
    aimed: bool = True


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A load test.

    Args:
        servers: addresses without credentials, over which users are spread evenly.
        habits: of each user.
        arrival: closed or open.
        stages: of the ramp: numbers of users, or arrivals a minute.
        each: pictures that every user of a stage makes, or minutes' worth of arrivals.
        least: pictures that every stage has, at least.
        longest: seconds that a stage takes, at most.
        limits: what ends the ramp.
        budget: what may be sampled, in pictures of 512x512 at 20 steps.
        behind: how many servers work behind the addresses, in all.
        workers: processes that make the load; 0 for one that also counts.
    """

    servers: tuple[str, ...]
    habits: Habits
    arrival: Arrival = Arrival.CLOSED
    stages: tuple[float, ...] = (1, 2, 4, 8)
    each: float = 2.0
    least: int = 4
    longest: float = 300.0
    limits: Limits = Limits()
    budget: float = 48.0
    behind: int = 1
    workers: int = 0

    def pictures(self, stage: int) -> int:
        """How many requests for pictures a stage waits for.

        Args:
            stage: its place in the ramp, from 0.
        """
        return max(self.least, math.ceil(self.each * self.stages[stage]))

    @property
    def whole(self) -> int:
        """How many requests for pictures the whole ramp takes, at most; on average for arrivals.

        A stage has its pictures while each of its users may be waiting for one more.
        """
        more = sum(self.stages) if self.arrival is Arrival.CLOSED else 0
        return math.ceil(sum(self.pictures(n) for n in range(len(self.stages))) + more)

    @property
    def cost(self) -> float:
        """Of the whole ramp, in pictures of 512x512 at 20 steps."""
        return self.whole * self.habits.mix.mean_cost

    @property
    def unit(self) -> str:
        """What the numbers of the stages count."""
        return "users" if self.arrival is Arrival.CLOSED else "arrivals a minute"

    def of(self, load: float) -> str:
        """A load as text, as ``1 user`` or ``8 arrivals a minute``.

        Args:
            load: users, or arrivals a minute.
        """
        one = {"users": "user", "arrivals a minute": "arrival a minute"}[self.unit]
        return f"{load:g} {one if load == 1 else self.unit}"

    def lines(self) -> list[str]:
        """The plan for somebody who may still say no."""
        ramp = ", ".join(f"{stage:g}" for stage in self.stages)
        habits = self.habits
        closed = self.arrival is Arrival.CLOSED
        about = "up to" if closed else "about"
        # Of several kinds chance decides how many of each there are.
        rough = about if len(habits.mix.jobs) == 1 else "about"
        count, at_once = f"{about} {self.whole} pictures", ""
        if habits.mix.mean_batch > 1:
            pictures = math.ceil(habits.mix.mean_batch * self.whole)
            count, at_once = f"{about} {pictures} pictures", " x pictures at once"
        pause = f", {habits.think:g} s between two pictures" if closed else ""
        found = [
            f"servers  {', '.join(self.servers)}",
            f"ramp     {ramp} {self.unit}{pause}; {count} in all",
            f"mix      {habits.mix.text} (width x height x steps{at_once} : weight)",
            (
                f"budget   {self.budget:g} pictures of 512x512 at 20 steps, never more; "
                f"the ramp takes {rough} {self.cost:.3g}"
            ),
        ]
        if self.cost > self.budget:
            enough = math.ceil(self.cost)
            found.append(f"         the ramp may end early; --budget {enough} would be enough")
        found.append(f"ends     {_limits(self.limits)}")
        return found

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON, to be read back by ``from_json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Plan:
        """A plan that ``to_json`` wrote.

        Args:
            value: the JSON; what a later version added is left out.
        """
        habits = dict(value["habits"])
        habits["mix"] = Mix(tuple(Job(**job) for job in habits["mix"]["jobs"]))
        return cls(
            **{
                **value,
                "servers": tuple(value["servers"]),
                "stages": tuple(value["stages"]),
                "arrival": Arrival(value["arrival"]),
                "limits": Limits(**value["limits"]),
                "habits": Habits(**habits),
            },
        )


def _limits(limits: Limits) -> str:
    said = ["after its last stage"]
    if limits.p95 is not None:
        said.append(f"when 95 % of the pictures of a stage are not there in {limits.p95:g} s")
    if limits.errors is not None:
        said.append(f"when more than {100 * limits.errors:g} % of them fail or are wrong")
    return ", or ".join(said)


# Sums of costs do not come out even.
_ROUNDING = 1e-9


class Budget:
    """Pictures that may still be asked for; safe to share between threads.

    Each request is paid for before it goes out, and nothing is given back: a server that
    broke off may have made the picture all the same.

    Args:
        most: in pictures of 512x512 at 20 steps.
    """

    def __init__(self, most: float) -> None:
        self._most = most
        self._spent = 0.0
        self._refused = False
        self._lock = Lock()

    def take(self, cost: float) -> bool:
        """Pay for a request; False, for good, where the rest is not enough.

        Args:
            cost: of the request, in pictures of 512x512 at 20 steps.
        """
        with self._lock:
            # A smaller picture that still fits would change the mix.
            self._refused = self._refused or self._spent + cost > self._most + _ROUNDING
            if not self._refused:
                self._spent += cost
            return not self._refused

    def close(self) -> None:
        """Refuse whatever comes from here on."""
        with self._lock:
            self._refused = True

    @property
    def spent(self) -> float:
        """What was paid for, in pictures of 512x512 at 20 steps."""
        with self._lock:
            return self._spent

    @property
    def used_up(self) -> bool:
        """Whether a request was refused, or all will be."""
        with self._lock:
            return self._refused
