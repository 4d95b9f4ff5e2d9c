"""A load that several processes make: the master that counts, and its workers."""

from __future__ import annotations

import time
from itertools import count
from threading import Event
from typing import TYPE_CHECKING, Any

import gevent

from conformance.load.locust_users import set_users
from conformance.load.plan import Arrival, Plan
from conformance.load.roles import SPAWN, Usage, make_environment, user_class
from conformance.load.samples import Collector, Report
from conformance.load.users import Users

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locust.env import Environment
    from locust.rpc import Message
    from locust.runners import Runner

    from conformance.load.job import EngineJob
    from conformance.load.plan import Budget

# Seconds between two reports of a worker.
_REPORT = 0.3


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
        verb = "is" if gone == 1 else "are"
        return f"{gone} of {self._plan.workers} workers {verb} gone" if gone > 0 else self.refused

    def load(self, amount: float) -> None:
        """See ``Source.load``.

        Args:
            amount: users, or arrivals a minute.
        """
        workers = self._plan.workers
        users = int(amount) if self._plan.arrival is Arrival.CLOSED else workers
        self._runner.send_message("sdapi-rate", {"rate": amount / workers})
        pace = min(max(users, 1), SPAWN * workers)
        self._runner.start(users, pace, user_classes=[user_class(self._plan)])

    def reports(self) -> Sequence[Report]:
        """See ``Source.reports``."""
        found, self._reports = self._reports, []
        return found

    @property
    def running(self) -> Sequence[float]:
        """See ``Source.running``."""
        return [sent for sents in self._running.values() for sent in sents]

    def close(self) -> None:
        """See ``Source.close``."""
        self._runner.send_message("sdapi-rate", {"rate": 0.0})

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
        self._collector = Collector()
        self._numbers = count()
        self._asked: dict[int, tuple[Event, list[bool]]] = {}
        self._said = time.monotonic()
        self._users: Users | None = None
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
        if self._users is not None:
            self._users.shared.leaving.set()

    def _reporting(self) -> None:
        while True:
            gevent.sleep(_REPORT)
            if self._users is not None:
                usage = self._usage.to_json(self._users.most)
                report = self._collector.report().to_json()
                self._runner.send_message("sdapi-report", {"report": report, "usage": usage})

    def _plan(self, environment: Environment, msg: Message) -> None:
        plan = Plan.from_json(msg.data["plan"])
        now = time.monotonic()
        # The answer was written halfway between the question and its arrival.
        offset = msg.data["now"] - (self._said + now) / 2
        self._users = Users(
            plan.habits,
            self._job.connections,
            self._take,
            self._collector,
            seed=self._job.seed + msg.data["seed"],
            clock=lambda: time.monotonic() + offset,
        )
        set_users(environment, self._users)
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
        if self._users is not None:
            self._users.rate = msg.data["rate"]

    def _leave(self, environment: Environment, msg: Message) -> None:
        _ = environment, msg
        self.leave()
