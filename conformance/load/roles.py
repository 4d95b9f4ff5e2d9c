"""What all processes of Locust share, and the one that makes a load alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psutil
from locust.env import Environment

from conformance.load.locust_users import ArrivalUser, PictureUser, set_users
from conformance.load.plan import Arrival, Plan
from conformance.load.samples import Collector, Report
from conformance.load.users import Users

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.load.job import EngineJob
    from conformance.load.plan import Budget

#: Users that a process starts in a second.
SPAWN = 100.0
_MEGA = 1e6


class ClosedUser(PictureUser):
    """A user of the closed model."""

    @property
    def thinks(self) -> float:
        """Seconds between two pictures, on average."""
        return self.users.shared.habits.think


class OpenUser(ArrivalUser):
    """The users of the open model."""

    rate = 0.0


def user_class(plan: Plan) -> type[PictureUser | ArrivalUser]:
    """What Locust starts for a plan.

    Args:
        plan: of the load test.
    """
    return ClosedUser if plan.arrival is Arrival.CLOSED else OpenUser


def make_environment() -> Environment:
    """An environment of Locust with both kinds of users, of which a plan starts one."""
    return Environment(user_classes=[ClosedUser, OpenUser], stop_timeout=0.1)


class Usage:
    """What this process uses, from now on."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._before = self._cpu()
        self._base = self._memory()

    def to_json(self, users: int) -> dict[str, Any]:
        """CPU seconds, megabytes now and at the beginning, and users.

        Args:
            users: that the process had at the same time, at most.
        """
        cpu = self._cpu() - self._before
        return {"cpu": cpu, "memory": self._memory(), "base": self._base, "users": users}

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _memory(self) -> float:
        return float(self._process.memory_info().rss) / _MEGA


class Alone:
    """One process that makes the load and counts.

    Args:
        job: what it is to do, with its plan.
        budget: what pays for pictures.
    """

    lost = ""

    def __init__(self, job: EngineJob, budget: Budget) -> None:
        assert job.plan is not None  # noqa: S101 - its role
        self._plan = job.plan
        self._environment = make_environment()
        self._runner = self._environment.create_local_runner()
        self._usage = Usage()
        self._collector = Collector()
        self._users = Users(
            job.plan.habits, job.connections, budget.take, self._collector, seed=job.seed
        )
        set_users(self._environment, self._users)
        self._last = Report()

    def load(self, amount: float) -> None:
        """See ``Source.load``.

        Args:
            amount: users, or arrivals a minute.
        """
        users = int(amount) if self._plan.arrival is Arrival.CLOSED else 1
        self._users.rate = amount
        self._runner.start(users, max(users, SPAWN), user_classes=[user_class(self._plan)])

    def reports(self) -> Sequence[Report]:
        """See ``Source.reports``."""
        self._last = self._collector.report()
        return [self._last]

    @property
    def running(self) -> Sequence[float]:
        """See ``Source.running``."""
        return self._last.running

    def close(self) -> None:
        """See ``Source.close``; who is in the closed model finds the budget closed."""
        self._users.rate = 0.0

    def leave(self) -> None:
        """See ``Source.leave``."""
        self._users.shared.leaving.set()

    def usage(self) -> list[dict[str, Any]]:
        """What the process used, whose role is both."""
        return [{"role": "alone", **self._usage.to_json(self._users.most)}]

    def quit(self) -> None:
        """End Locust."""
        self._runner.quit()
