"""A job on a thread of its own, and the answers of the server while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from threading import Thread
from typing import TYPE_CHECKING, Any

from conformance.client.connection import Timeouts
from conformance.detection.probe import API, absent
from conformance.errors import ConnectionFailed
from conformance.gateway import turned_away
from conformance.runner.budget import Clock
from conformance.runner.generation import Generation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.exchange import Exchange
    from conformance.runner.budget import RequestSender


# Seconds between two looks whether it is over.
_GAP = 0.01


class BackgroundJob:
    """A txt2img request, sent at once, on a thread of its own.

    Args:
        sender: sends the request.
        payload: the request.
        clock: how time passes.
    """

    def __init__(self, sender: RequestSender, payload: Mapping[str, Any], clock: Clock) -> None:
        self.payload = payload
        self._send: Callable[[], Exchange] = lambda: sender.send(
            "POST",
            f"{API}/txt2img",
            json=dict(payload),
            patient=False,
        )
        self._clock = clock
        self._outcome: Exchange | BaseException | None = None
        self.started = clock.now()
        self.ended: float | None = None
        self._thread = Thread(target=self._run, name="watched job", daemon=True)
        self._thread.start()

    @property
    def runs(self) -> bool:
        """Whether its answer is still awaited."""
        return self._thread.is_alive()

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return (self._clock.now() if self.ended is None else self.ended) - self.started

    def wait(self) -> None:
        """Return when it has ended; ``generation`` has its answer."""
        while self.runs:
            self._clock.sleep(_GAP)

    def generation(self) -> Generation:
        """Its answer, waited for.

        Raises:
            ConnectionFailed: no whole answer came.
        """
        self.wait()
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        assert self._outcome is not None  # noqa: S101 - the thread ended with one or the other
        return Generation(self.payload, self._outcome)

    @property
    def exchange(self) -> Exchange:
        """Request and answer, waited for; with ``error`` where no whole answer came."""
        try:
            return self.generation().exchange
        except ConnectionFailed as error:
            return error.exchange

    def _run(self) -> None:
        try:
            self._outcome = self._send()
        except BaseException as error:  # noqa: BLE001 - raised again where the answer is wanted
            self._outcome = error
        self.ended = self._clock.now()


TASK = "task(conformance)"
PROGRESS = f"{API}/progress"
PROGRESS_BARE = f"{API}/progress?skip_current_image=true"
MODELS = f"{API}/sd-models"
INTERNAL = "/internal/progress"
EVERYTHING = (PROGRESS, PROGRESS_BARE, MODELS, INTERNAL)
# Seconds between two looks.
GAP = 0.0125
# A look that takes longer than this says enough.
_LOOK = Timeouts(connect=5, read=20, total=30)
# Means no body and the method GET.
_GET: Any = object()
# When an answer counts as delayed by the job: seconds, times the usual, and a share of the job.
# A server that decodes a preview for the answer may well need a part of these.
_HELD_UP, _SLOWER, _MOST = 0.25, 10, 0.5
# The answer may overtake that of the job on its way.
_ALMOST_ALL = 0.9
# Seconds between two looks at most, where a gateway answers them.
_SELDOM = 1.0
# Seconds after which a server that is still not idle will not be.
_SETTLED = 2.0


@dataclass(frozen=True)
class Observation:
    """One request made while the job ran.

    Args:
        path: what was asked.
        exchange: what came.
        after: seconds from the job's start to the request.
        outlived: whether the job was still running when the answer came.
        took: seconds to the answer, on the clock of the run.
    """

    path: str
    exchange: Exchange
    after: float
    outlived: bool
    took: float = 0.0

    @property
    def reported(self) -> dict[str, Any]:
        """The answer, an object; empty where it is none."""
        return object_of(self.exchange)

    @property
    def state(self) -> dict[str, Any]:
        """``state`` of the answer; empty where there is none."""
        value = self.reported.get("state")
        return value if isinstance(value, dict) else {}

    @property
    def step(self) -> int:
        """The step that is sampled; 0 where there is none."""
        step = self.state.get("sampling_step")
        return step if isinstance(step, int) else 0


@dataclass(frozen=True)
class Intervention:
    """Something that was done to a job while it ran.

    Args:
        exchange: the request that did it.
        seen: the look that came before.
        answered: seconds from the job's start to the answer.
        asked: seconds from the job's start to the request.
    """

    exchange: Exchange
    seen: Observation
    answered: float
    asked: float = 0.0


@dataclass(frozen=True)
class ExtraRequest:
    """A request that is sent once while a job runs.

    Args:
        path: what is POSTed to.
        body: its JSON.
    """

    path: str
    body: Any


@dataclass(frozen=True)
class WatchedJob:
    """A job, and what the server answered to others meanwhile.

    Args:
        generation: the job's own answer.
        looks: requests sent before the job ended, in order.
        afterwards: progress once it had ended, asked again for a while if it was not idle.
        seconds: how long the job took.
        started: when it was sent, on the clock of the run.
        expected: how many seconds it would have taken by itself, as far as is known.
        intervention: what was done to it, None for nothing.
        others: jobs that were sent while it ran.
        extra: another request that was sent while it ran; None for none.
        finished: what /internal/progress said of it once it had ended; None if not asked.
    """

    generation: Generation
    looks: tuple[Observation, ...]
    afterwards: Exchange
    seconds: float
    started: float = 0.0
    expected: float = 0.0
    intervention: Intervention | None = None
    others: tuple[BackgroundJob, ...] = ()
    extra: Observation | None = None
    finished: Exchange | None = None

    @property
    def answers(self) -> Iterator[Exchange]:
        """What each request came to that the job could not do without, waited for."""
        yield self.generation.exchange
        yield from (other.exchange for other in self.others)
        if self.intervention is not None:
            yield self.intervention.exchange
        if self.extra is not None:
            yield self.extra.exchange
        yield self.afterwards

    @property
    def ended(self) -> float:
        """When its answer came, on the clock of the run."""
        return self.started + self.seconds

    def of(self, *paths: str) -> tuple[Observation, ...]:
        """The looks at some paths, in order.

        Args:
            paths: with their queries, as they were asked.
        """
        return tuple(look for look in self.looks if look.path in paths)

    def was_delayed(self, look: Observation, usual: float) -> bool:
        """Whether an answer waited for the job to end.

        Args:
            look: a request sent while the job ran.
            usual: seconds that such a request takes on the idle server.
        """
        to_the_end = look.after + look.took > _ALMOST_ALL * self.seconds
        long = look.took > max(_HELD_UP, _SLOWER * usual, _MOST * self.seconds)
        return to_the_end and long


@dataclass(frozen=True)
class WatchPlan:
    """How a job is watched.

    Args:
        paths: what is asked, in turn.
        gap: seconds between two requests.
        intervention: the path to POST to once ``when`` accepts a look; None to do nothing.
        when: whether a look at progress shows the moment to act, by the look.
        others: requests of jobs that are sent as soon as the job was seen to run.
        extra: another request, sent after those; None for none.
        expected: how many seconds the job should take.
    """

    paths: tuple[str, ...] = EVERYTHING
    gap: float = GAP
    intervention: str | None = None
    when: Callable[[Observation], bool] = lambda _: False
    others: tuple[Mapping[str, Any], ...] = ()
    extra: ExtraRequest | None = None
    expected: float = 0.0


class Watcher:
    """Runs a job in the background and looks at the server meanwhile.

    Args:
        sender: sends the requests.
        clock: how time passes.
    """

    def __init__(self, sender: RequestSender, clock: Clock | None = None) -> None:
        self._sender = sender
        self._clock = clock or Clock()

    def watch(self, payload: Mapping[str, Any], how: WatchPlan | None = None) -> WatchedJob:
        """Run txt2img with this request and look until it ends.

        Args:
            payload: of txt2img.
            how: what to ask meanwhile, and what to do to the job; only to look by default.

        Returns:
            The job, and every answer that came meanwhile.

        Raises:
            ConnectionFailed: the job's answer did not come.
        """
        how = how or WatchPlan()
        job = BackgroundJob(self._sender, payload, self._clock)
        looks: list[Observation] = []
        found: dict[str, Any] = {}
        paths, gap = cycle(how.paths), how.gap
        while job.runs:
            look = self._look(next(paths), job)
            if turned_away(look.exchange) is not None:
                # Whatever is in front would rather be asked less.
                gap = min(2 * gap, _SELDOM)
            else:
                looks.append(look)
                if look.outlived:
                    self._take_part(how, job, look, found)
            self._clock.sleep(gap)
        for other in found.get("others", ()):
            other.wait()
        afterwards = self._settled()
        return WatchedJob(
            generation=job.generation(),
            looks=tuple(looks),
            afterwards=afterwards,
            seconds=job.seconds,
            started=job.started,
            expected=how.expected,
            finished=self._ask(INTERNAL) if INTERNAL in how.paths else None,
            **found,
        )

    def _take_part(
        self,
        how: WatchPlan,
        job: BackgroundJob,
        look: Observation,
        found: dict[str, Any],
    ) -> None:
        """Do what is due at this look; what came of it goes into ``found``."""
        if how.others and "others" not in found:
            # The first look may overtake the job, and so might they.
            if not is_idle(look.exchange) or look.after > 4 * how.gap:
                found["others"] = self._queue(how)
        elif how.extra is not None and "extra" not in found:
            found["extra"] = self._look(how.extra.path, job, how.extra.body)
        elif how.intervention is not None and "intervention" not in found and how.when(look):
            asked, exchange = job.seconds, self._ask(how.intervention, None)
            found["intervention"] = Intervention(exchange, look, job.seconds, asked)

    def _queue(self, how: WatchPlan) -> tuple[BackgroundJob, ...]:
        """Send the other jobs, so far apart that they arrive in this order."""
        jobs = []
        for payload in how.others:
            jobs.append(BackgroundJob(self._sender, payload, self._clock))
            self._clock.sleep(4 * how.gap)
        return tuple(jobs)

    def _settled(self) -> Exchange:
        """Progress, asked until it is idle, but not for long."""
        started = self._clock.now()
        while True:
            exchange = self._ask(PROGRESS)
            late = self._clock.now() - started > _SETTLED
            if late or is_idle(exchange) or absent(exchange):
                return exchange
            self._clock.sleep(8 * GAP)

    def _look(self, path: str, job: BackgroundJob, body: Any = _GET) -> Observation:
        after, asked = job.seconds, self._clock.now()
        exchange = self._ask(path, body)
        return Observation(path, exchange, after, job.runs, self._clock.now() - asked)

    def _ask(self, path: str, body: Any = _GET) -> Exchange:
        """What comes; an exchange with ``error`` where no whole answer does."""
        try:
            if path == INTERNAL:
                body = {"id_task": TASK, "id_live_preview": -1, "live_preview": True}
            if body is _GET:
                return self._sender.send("GET", path, timeout=_LOOK, patient=False)
            sent = {} if body is None else {"json": body}
            return self._sender.send("POST", path, timeout=_LOOK, patient=False, **sent)
        except ConnectionFailed as error:
            return error.exchange


def is_idle(exchange: Exchange) -> bool:
    """Whether an answer of progress says that nothing runs.

    Args:
        exchange: an answer of progress.
    """
    reported = object_of(exchange)
    state = reported.get("state")
    return reported.get("progress") == 0 and isinstance(state, dict) and state.get("job_count") == 0


def object_of(exchange: Exchange) -> dict[str, Any]:
    """The object that an answer is, whatever its status; empty where it is none.

    Args:
        exchange: with or without an answer.
    """
    try:
        value = exchange.json if exchange.ok else None
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
