"""One user of a server, who behaves as the programs that people use.

The user asks for the options, then for pictures; while one is made, the progress is polled. It
knows nothing of Locust: under it these threads are greenlets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from conformance.client.info import read_info
from conformance.client.requester import read_json
from conformance.errors import ConformanceError, ConnectionFailed, InfoError
from conformance.load.core.judging import Order, problem_of
from conformance.load.core.sample import Outcome, Sample, Seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from conformance.client.client import Client
    from conformance.exchange import Exchange
    from conformance.load.core.plan import Habits
    from conformance.load.visitors.ledger import Ledger

_PROGRESS = "/sdapi/v1/progress?skip_current_image=true"
_NUMBERS = count()
# Seconds until the first look; and between looks when the users are to leave at once, so that
# they leave before the picture is made.
_HURRY = 0.2
# A stamp is a second: of shorter jobs two may have the same.
_CLEAR = 2.0


@dataclass(frozen=True)
class Office:
    """What the users of one process share.

    Args:
        habits: how each behaves.
        take: pays for a picture; False where no more are to be asked for.
        ledger: takes what happens.
        clock: seconds, on the clock of the process that counts.
        run: a word that no other load test has.
        leaving: is set when running pictures are to be given up.
    """

    habits: Habits
    take: Callable[[float], bool]
    ledger: Ledger
    clock: Callable[[], float]
    run: str = ""
    leaving: Event = field(default_factory=Event)


class Look:
    """What a user sees of the work on a picture, from polls while it is made.

    Args:
        order: the request.
        sent: when it went out.
        fickle: whether its user gives it up once it is being made.
    """

    def __init__(self, order: Order, sent: float, *, fickle: bool) -> None:
        self.order = order
        self.sent = sent
        self.fickle = fickle
        self.over = Event()
        self.interrupted = False
        self._waiting = sent
        self._active: float | None = None
        self._stamps: dict[str, tuple[float, float]] = {}
        self._last = sent

    @property
    def active(self) -> bool:
        """Whether the server was seen at work on it."""
        return self._active is not None

    def task(self, at: float, answer: Any) -> None:
        """Take what ``/internal/progress`` says of the request.

        Behind a balancer another server may answer, which knows nothing of it.

        Args:
            at: when it was asked.
            answer: its JSON.
        """
        if not isinstance(answer, dict) or self._active is not None:
            return
        if answer.get("active") is True or answer.get("completed") is True:
            self._active = at
        elif answer.get("queued") is True:
            self._waiting = at

    def progress(self, at: float, answer: Any) -> None:
        """Take what ``progress`` says of the job that runs, whosever it is.

        Args:
            at: when it was asked.
            answer: its JSON.
        """
        state = answer.get("state") if isinstance(answer, dict) else None
        stamp = state.get("job_timestamp") if isinstance(state, dict) else None
        if isinstance(stamp, str) and stamp != "0":
            self._stamps.setdefault(stamp, (self._last, at))
        self._last = at

    def started(self, stamp: str | None, done: float) -> tuple[float | None, Seen]:
        """When the work began, halfway between two polls, and how that is known.

        Args:
            stamp: job_timestamp of the picture, as its info says; None if it does not.
            done: when the picture was there.
        """
        if self._active is not None:
            return (self._waiting + self._active) / 2, Seen.TASK
        if stamp in self._stamps:
            began = sum(self._stamps[stamp]) / 2
            if done - began >= _CLEAR:
                return began, Seen.STAMP
        return None, Seen.NO


class Visitor:
    """A user of one server.

    Args:
        office: what the users of the process share.
        client: how to reach the server; users may share it, each has connections of its own.
        server: its number among the addresses.
        random: where the user's choices come from.
    """

    def __init__(self, office: Office, client: Client, server: int, random: Random) -> None:
        self._office = office
        self._client = client
        self._server = server
        self._random = random
        self._looks: SimpleQueue[Look | None] = SimpleQueue()
        self._poller = Thread(target=self._poll, daemon=True)
        self._poller.start()

    def arrive(self) -> None:
        """Ask what programs ask when they connect."""
        self._ask("options", "GET", "/sdapi/v1/options")

    def close(self) -> None:
        """Leave."""
        self._looks.put(None)

    def picture(self) -> Sample | None:
        """Ask for a picture and wait for it; None where the budget has none left."""
        office = self._office
        job = office.habits.mix.pick(self._random)
        if not office.take(job.cost):
            return None
        order = Order.make(job, self._random, office.run)
        fickle = office.habits.task_ids and self._random.random() < office.habits.interrupts
        number = next(_NUMBERS)
        look = Look(order, office.clock(), fickle=fickle)
        office.ledger.sent(number, look.sent)
        self._looks.put(look)
        sample = self._made(order, look)
        office.ledger.done(number, sample)
        return sample

    def _made(self, order: Order, look: Look) -> Sample:
        body = order.payload(with_task=self._office.habits.task_ids)
        stamp, problem, size = None, "", 0
        try:
            exchange = self._client.exchange("POST", "/sdapi/v1/txt2img", json=body)
        except ConnectionFailed as error:
            problem, outcome = str(error), Outcome.FAILED
            done = self._office.clock()
        else:
            # Whatever is looked at after this is not the server's time.
            done = self._office.clock()
            size = len(exchange.body)
            problem = problem_of(order, exchange, interrupted=look.interrupted)
            stamp = _stamp(exchange) if exchange.ok else None
            outcome = Outcome.WRONG if exchange.ok else Outcome.FAILED
        look.over.set()
        started, seen = look.started(stamp, done)
        if not problem:
            outcome = Outcome.INTERRUPTED if look.interrupted else Outcome.WHOLE
        return Sample(
            server=self._server,
            job=order.job.name,
            sent=look.sent,
            done=done,
            started=None if started is None else min(started, done),
            seen=seen,
            outcome=outcome,
            problem=problem,
            bytes=size,
        )

    def _poll(self) -> None:
        while (look := self._looks.get()) is not None:
            # Programs look at once; a little later or earlier, so that they do not march in step.
            pause = self._random.uniform(0, min(self._office.habits.poll, _HURRY))
            while not look.over.wait(pause):
                self._watch(look)
                hurry = self._office.leaving.is_set()
                pause = min(self._office.habits.poll, _HURRY) if hurry else self._office.habits.poll

    def _watch(self, look: Look) -> None:
        at = self._office.clock()
        look.progress(at, self._ask("progress", "GET", _PROGRESS))
        if not self._office.habits.task_ids:
            return
        body = {"id_task": look.order.task, "live_preview": False}
        at = self._office.clock()
        answer = self._ask("task", "POST", "/internal/progress", json=body)
        look.task(at, answer)
        # An interrupt stops whatever runs: it is sent only right after the own picture was seen.
        mine = isinstance(answer, dict) and answer.get("active") is True
        unwanted = look.fickle or self._office.leaving.is_set()
        if mine and unwanted and not look.over.is_set():
            look.interrupted = True
            self._ask("interrupt", "POST", "/sdapi/v1/interrupt")

    def _ask(self, kind: str, method: str, path: str, **request: Any) -> Any:
        """The JSON of an answer; None where there is none."""
        began = self._office.clock()
        try:
            exchange = self._client.ask_path(method, path, **request)
            answer = read_json(exchange)
        except ConformanceError:
            answer, good = None, False
        else:
            good = True
        self._office.ledger.asked(kind, self._office.clock() - began, good=good)
        return answer


def _stamp(exchange: Exchange) -> str | None:
    """The job_timestamp that the info of an answer holds."""
    try:
        info = read_info(exchange.json["info"])
    except (ValueError, LookupError, TypeError, InfoError):
        return None
    stamp = info.data.get("job_timestamp")
    return stamp if isinstance(stamp, str) else None
