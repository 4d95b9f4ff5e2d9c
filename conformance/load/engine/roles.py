"""The three roles of a process of Locust: alone, the master that counts, and its workers."""

from __future__ import annotations

import time
from itertools import count
from threading import Event
from typing import TYPE_CHECKING, Any

import gevent
import psutil
from locust.env import Environment

from conformance.load.core.plan import Arrival, Plan
from conformance.load.locust_users import ArrivalUser, PictureUser, set_crowd
from conformance.load.visitors.crowd import Crowd
from conformance.load.visitors.ledger import Ledger, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locust.rpc import Message
    from locust.runners import Runner

    from conformance.load.core.budget import Budget
    from conformance.load.engine.job import EngineJob

# Seconds between two reports of a worker.
_REPORT = 0.3
# Users that a process starts in a second.
_SPAWN = 100.0
_MEGA = 1e6


class Thinker(PictureUser):
    """A user of the closed model."""

    @property
    def thinks(self) -> float:
        """Seconds between two pictures, on average."""
        return self.crowd.office.habits.think


class Comers(ArrivalUser):
    """The users of the open model."""

    rate = 0.0


def user_class(plan: Plan) -> type[PictureUser | ArrivalUser]:
    """What Locust starts for a plan.

    Args:
        plan: of the load test.
    """
    return Thinker if plan.arrival is Arrival.CLOSED else Comers


def make_environment() -> Environment:
    """An environment of Locust with both kinds of users, of which a plan starts one."""
    return Environment(user_classes=[Thinker, Comers], stop_timeout=0.1)


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
        self._ledger = Ledger()
        self._crowd = Crowd(
            job.plan.habits, job.connections, budget.take, self._ledger, seed=job.seed
        )
        set_crowd(self._environment, self._crowd)
        self._last = Report()

    def load(self, amount: float) -> None:
        """See ``Source.load``.

        Args:
            amount: users, or arrivals a minute.
        """
        users = int(amount) if self._plan.arrival is Arrival.CLOSED else 1
        self._crowd.rate = amount
        self._runner.start(users, max(users, _SPAWN), user_classes=[user_class(self._plan)])

    def reports(self) -> Sequence[Report]:
        """See ``Source.reports``."""
        self._last = self._ledger.report()
        return [self._last]

    @property
    def running(self) -> Sequence[float]:
        """See ``Source.running``."""
        return self._last.running

    def leave(self) -> None:
        """See ``Source.leave``."""
        self._crowd.office.leaving.set()

    def usage(self) -> list[dict[str, Any]]:
        """What the process used, whose role is both."""
        return [{"role": "alone", **self._usage.to_json(self._crowd.most)}]

    def quit(self) -> None:
        """End Locust."""
        self._runner.quit()


class Master:
    """Counts what workers make, and leads them.

    Args:
        job: what it is to do, with its plan.
        budget: what pays for pictures.
        clock: seconds, on which all samples are.
    """

    def __init__(self, job: EngineJob, budget: Budget, clock: Callable[[], float]) -> None:
        assert job.plan is not None  # noqa: S101 - its role
        self._plan = job.plan
        self._budget = budget
        self._clock = clock
        self._usage = Usage()
        self._environment = make_environment()
        self._runner = self._environment.create_master_runner(job.place.host, job.place.port)
        self._reports: list[Report] = []
        self._running: dict[str, Sequence[float]] = {}
        self._used: dict[str, dict[str, Any]] = {}
        self.refused = ""
        for kind, listener in (
            ("sdapi-hello", self._hello),
            ("sdapi-take", self._take),
            ("sdapi-report", self._report),
        ):
            self._runner.register_message(kind, listener)

    @property
    def ready(self) -> int:
        """How many workers know the plan."""
        return len(self._running)

    @property
    def lost(self) -> str:
        """See ``Source.lost``."""
        gone = self._plan.workers - self._runner.worker_count
        return f"{gone} of {self._plan.workers} workers are gone" if gone > 0 else self.refused

    def load(self, amount: float) -> None:
        """See ``Source.load``.

        Args:
            amount: users, or arrivals a minute.
        """
        workers = self._plan.workers
        users = int(amount) if self._plan.arrival is Arrival.CLOSED else workers
        self._runner.send_message("sdapi-rate", {"rate": amount / workers})
        pace = min(max(users, 1), _SPAWN * workers)
        self._runner.start(users, pace, user_classes=[user_class(self._plan)])

    def reports(self) -> Sequence[Report]:
        """See ``Source.reports``."""
        found, self._reports = self._reports, []
        return found

    @property
    def running(self) -> Sequence[float]:
        """See ``Source.running``."""
        return [sent for sents in self._running.values() for sent in sents]

    def leave(self) -> None:
        """See ``Source.leave``."""
        self._runner.send_message("sdapi-leave")

    def usage(self) -> list[dict[str, Any]]:
        """What each process used."""
        return [
            {"role": "master", **self._usage.to_json(0)},
            *({"role": "worker", **used} for used in self._used.values()),
        ]

    def quit(self) -> None:
        """End Locust, its workers too."""
        self._runner.quit()

    def _hello(self, environment: Environment, msg: Message) -> None:
        _ = environment
        servers = tuple(msg.data["servers"])
        if servers != self._plan.servers:
            self.refused = f"a worker names other servers ({', '.join(servers)})"
            return
        self._running.setdefault(msg.node_id, ())
        answer = {"plan": self._plan.to_json(), "now": self._clock(), "seed": self.ready}
        self._runner.send_message("sdapi-plan", answer, msg.node_id)

    def _take(self, environment: Environment, msg: Message) -> None:
        _ = environment
        answer = {"number": msg.data["number"], "good": self._budget.take(msg.data["cost"])}
        self._runner.send_message("sdapi-taken", answer, msg.node_id)

    def _report(self, environment: Environment, msg: Message) -> None:
        _ = environment
        report = Report.from_json(msg.data["report"])
        self._reports.append(report)
        self._running[msg.node_id] = report.running
        self._used[msg.node_id] = msg.data["usage"]


class Worker:
    """Makes a part of the load, as the master says.

    Args:
        job: where the master is, and how to reach the servers.
        emit: gets an event once the master has said what to do.
    """

    def __init__(self, job: EngineJob, emit: Callable[[dict[str, Any]], None]) -> None:
        self._job = job
        self._emit = emit
        self._usage = Usage()
        self._environment = make_environment()
        self._runner: Runner = self._environment.create_worker_runner(
            job.place.host, job.place.port
        )
        self._ledger = Ledger()
        self._numbers = count()
        self._asked: dict[int, tuple[Event, list[bool]]] = {}
        self._said = time.monotonic()
        self._crowd: Crowd | None = None
        for kind, listener in (
            ("sdapi-plan", self._plan),
            ("sdapi-taken", self._taken),
            ("sdapi-rate", self._rate),
            ("sdapi-leave", self._leave),
        ):
            self._runner.register_message(kind, listener)

    def run(self) -> None:
        """Work until the master ends it."""
        servers = [connection.base for connection in self._job.connections]
        self._said = time.monotonic()
        self._runner.send_message("sdapi-hello", {"servers": servers})
        reporting = gevent.spawn(self._reporting)
        self._runner.greenlet.join()
        reporting.kill()

    def leave(self) -> None:
        """Give up the pictures that are being made."""
        if self._crowd is not None:
            self._crowd.office.leaving.set()

    def _reporting(self) -> None:
        while True:
            gevent.sleep(_REPORT)
            if self._crowd is not None:
                usage = self._usage.to_json(self._crowd.most)
                report = self._ledger.report().to_json()
                self._runner.send_message("sdapi-report", {"report": report, "usage": usage})

    def _plan(self, environment: Environment, msg: Message) -> None:
        plan = Plan.from_json(msg.data["plan"])
        now = time.monotonic()
        # The answer was written halfway between the question and its arrival.
        offset = msg.data["now"] - (self._said + now) / 2
        self._crowd = Crowd(
            plan.habits,
            self._job.connections,
            self._take,
            self._ledger,
            seed=self._job.seed + msg.data["seed"],
            clock=lambda: time.monotonic() + offset,
        )
        set_crowd(environment, self._crowd)
        self._emit({"event": "joined"})

    def _take(self, cost: float) -> bool:
        """Ask the master, who has the budget."""
        number, answered, answer = next(self._numbers), Event(), [False]
        self._asked[number] = answered, answer
        self._runner.send_message("sdapi-take", {"number": number, "cost": cost})
        answered.wait()
        return answer[0]

    def _taken(self, environment: Environment, msg: Message) -> None:
        _ = environment
        answered, answer = self._asked.pop(msg.data["number"])
        answer[0] = msg.data["good"]
        answered.set()

    def _rate(self, environment: Environment, msg: Message) -> None:
        _ = environment
        if self._crowd is not None:
            self._crowd.rate = msg.data["rate"]

    def _leave(self, environment: Environment, msg: Message) -> None:
        _ = environment, msg
        self.leave()
