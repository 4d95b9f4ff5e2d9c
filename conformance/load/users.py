"""One user of a server, who behaves as the programs that people use.

The user asks for the options, then for pictures; while one is made, the progress is polled. It
knows nothing of Locust: under it these threads are greenlets.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from random import Random
from secrets import token_hex
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from conformance.client.client import ExchangeLog
from conformance.client.info import read_info
from conformance.client.requester import read_json
from conformance.errors import ConformanceError, ConnectionFailed, InfoError
from conformance.load.judging import Order, problem_of
from conformance.load.samples import Outcome, Sample
from conformance.load.tracking import Tracker
from conformance.load.workload import gap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.client.client import Client
    from conformance.deployment.connection import Connection
    from conformance.exchange import Exchange
    from conformance.load.plan import Habits
    from conformance.load.samples import Collector


_PROGRESS = "/sdapi/v1/progress?skip_current_image=true"
_NUMBERS = count()
_AFTER = re.compile(r" \(after [\d.]+ s\)")
# Seconds until the first look; and between looks when the users are to leave at once, so that
# they leave before the picture is made.
_HURRY = 0.2
# How often one after the other a server has to know of a picture to be taken for the only one.
_SURE = 2


@dataclass(frozen=True)
class Shared:
    """What the users of one process share.

    Args:
        habits: how each behaves.
        take: pays for a picture; False where no more are to be asked for.
        collector: takes what happens.
        clock: seconds, on the clock of the process that counts.
        run: a word that no other load test has.
        leaving: is set when running pictures are to be given up.
        several: the addresses at which several servers answer, by their numbers.
    """

    habits: Habits
    take: Callable[[float], bool]
    collector: Collector
    clock: Callable[[], float]
    run: str = ""
    leaving: Event = field(default_factory=Event)
    several: set[int] = field(default_factory=set)


class User:
    """A user of one server.

    Args:
        shared: what the users of the process share.
        client: how to reach the server; users may share it, each has connections of its own.
        server: its number among the addresses.
        random: where the user's choices come from.
    """

    def __init__(self, shared: Shared, client: Client, server: int, random: Random) -> None:
        self._shared = shared
        self._client = client
        self._server = server
        self._random = random
        self._trackers: SimpleQueue[Tracker | None] = SimpleQueue()
        self._poller = Thread(target=self._poll, daemon=True)
        self._poller.start()

    def arrive(self) -> None:
        """Ask what programs ask when they connect."""
        self._ask("options", "GET", "/sdapi/v1/options")

    def close(self) -> None:
        """Leave."""
        self._trackers.put(None)

    def picture(self) -> Sample | None:
        """Ask for a picture and wait for it; None where the budget has none left."""
        shared = self._shared
        job = shared.habits.mix.pick(self._random)
        if not shared.take(job.cost):
            return None
        order = Order.make(job, self._random, shared.run)
        impatient = shared.habits.task_ids and self._random.random() < shared.habits.interrupts
        number = next(_NUMBERS)
        tracker = Tracker(order, shared.clock(), impatient=impatient)
        shared.collector.sent(number, tracker.sent)
        self._trackers.put(tracker)
        sample = self._made(order, tracker)
        shared.collector.done(number, sample)
        return sample

    def _made(self, order: Order, tracker: Tracker) -> Sample:
        body = order.payload(with_task=self._shared.habits.task_ids)
        stamp, problem, size = None, "", 0
        try:
            exchange = self._client.exchange("POST", "/sdapi/v1/txt2img", json=body)
        except ConnectionFailed as error:
            # Without the seconds, so that those with one cause are counted together.
            problem, outcome = _AFTER.sub("", str(error)), Outcome.FAILED
            done = self._shared.clock()
        else:
            # Whatever is looked at after this is not the server's time.
            done = self._shared.clock()
            size = len(exchange.body)
            problem = problem_of(order, exchange, interrupted=tracker.interrupted)
            stamp = _stamp(exchange) if exchange.ok else None
            outcome = Outcome.WRONG if exchange.ok else Outcome.FAILED
        tracker.over.set()
        started, seen = tracker.started(stamp, done)
        if not problem:
            outcome = Outcome.INTERRUPTED if tracker.interrupted else Outcome.WHOLE
        return Sample(
            server=self._server,
            job=order.job.name,
            sent=tracker.sent,
            done=done,
            started=None if started is None else min(started, done),
            seen=seen,
            outcome=outcome,
            problem=problem,
            bytes=size,
            pictures=order.job.batch,
        )

    def _poll(self) -> None:
        while (tracker := self._trackers.get()) is not None:
            # Programs look at once; a little later or earlier, so that they do not march in step.
            pause = self._random.uniform(0, min(self._shared.habits.poll, _HURRY))
            while not tracker.over.wait(pause):
                self._watch(tracker)
                hurry = self._shared.leaving.is_set()
                pause = min(self._shared.habits.poll, _HURRY) if hurry else self._shared.habits.poll

    def _watch(self, tracker: Tracker) -> None:
        at = self._shared.clock()
        tracker.progress(at, self._ask("progress", "GET", _PROGRESS))
        if not self._shared.habits.task_ids:
            return
        active = self._is_active(tracker)
        unwanted = tracker.impatient or self._shared.leaving.is_set()
        if active and unwanted and self._aims(tracker) and not tracker.over.is_set():
            tracker.interrupted = True
            self._ask("interrupt", "POST", "/sdapi/v1/interrupt")

    def _is_active(self, tracker: Tracker) -> bool:
        """Whether the server says that it is at work on the picture."""
        at = self._shared.clock()
        body = {"id_task": tracker.order.task, "live_preview": False}
        answer = self._ask("task", "POST", "/internal/progress", json=body)
        tracker.task(at, answer)
        if tracker.several:
            self._shared.several.add(self._server)
        return isinstance(answer, dict) and answer.get("active") is True

    def _aims(self, tracker: Tracker) -> bool:
        """Whether an interrupt, which stops whatever runs, reaches the server of the picture.

        A balancer that takes turns passes one request after the other on to other servers.
        """
        if not self._shared.habits.aimed or self._server in self._shared.several:
            return False
        return all(self._is_active(tracker) for _ in range(_SURE))

    def _ask(self, kind: str, method: str, path: str, **request: Any) -> Any:
        """The JSON of an answer; None where there is none."""
        began = self._shared.clock()
        try:
            exchange = self._client.ask_path(method, path, **request)
            answer = read_json(exchange)
        except ConformanceError:
            answer, good = None, False
        else:
            good = True
        self._shared.collector.asked(kind, self._shared.clock() - began, good=good)
        return answer


def _stamp(exchange: Exchange) -> str | None:
    """The job_timestamp that the info of an answer holds."""
    try:
        info = read_info(exchange.json["info"])
    except (ValueError, LookupError, TypeError, InfoError):
        return None
    stamp = info.data.get("job_timestamp")
    return stamp if isinstance(stamp, str) else None


# Until the rate of arrivals is known, and while there are to be none.
_IDLE = 0.1


class Users:
    """The users of one process.

    Args:
        habits: how each of them behaves.
        connections: to the servers, among which they are spread in turn.
        take: pays for a picture; False where no more are to be asked for.
        collector: takes what happens.
        seed: of the random choices.
        clock: seconds, rising.
    """

    def __init__(  # noqa: PLR0913 - what one process has of each
        self,
        habits: Habits,
        connections: Sequence[Connection],
        take: Callable[[float], bool],
        collector: Collector,
        *,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shared = Shared(habits, take, collector, clock, token_hex(4))
        self.rate = 0.0
        self.most = 0
        self._seed = seed
        # Of each only the last answer is kept: thousands of pictures are not for the memory.
        self._clients = [connection.client(ExchangeLog(1)) for connection in connections]
        self._numbers = count()
        self._closed = Event()

    def user(self) -> User:
        """A new user, of the server whose turn it is."""
        number = next(self._numbers)
        self.most = max(self.most, number + 1)
        server = number % len(self._clients)
        random = Random(f"{self._seed}/{number}")  # noqa: S311 - nothing secret
        return User(self.shared, self._clients[server], server, random)

    def one_picture(self) -> None:
        """One user, who comes, waits for one picture and leaves."""
        user = self.user()
        user.arrive()
        user.picture()
        user.close()

    def arrivals(self) -> None:
        """Let users come at random, as often as ``rate`` says (a minute), until it is closed."""
        random = Random(f"{self._seed}/arrivals")  # noqa: S311 - nothing secret
        while not self._closed.is_set():
            if not self.rate:
                self._closed.wait(_IDLE)
            elif not self._closed.wait(gap(random, self.rate)):
                Thread(target=self.one_picture, daemon=True).start()

    def close(self) -> None:
        """Let nobody come any more."""
        self._closed.set()
