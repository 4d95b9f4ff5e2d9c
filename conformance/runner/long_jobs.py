"""Jobs that last long enough to see what a server does meanwhile.

How long a job lasts is measured and not guessed: a CPU needs seconds for a small picture, a
card half of one, and a server that only pretends to paint next to none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API
from conformance.errors import ConnectionFailed
from conformance.runner import generation
from conformance.runner.budget import pixel_steps
from conformance.runner.watch import (
    GAP,
    PROGRESS_BARE,
    TASK,
    ExtraRequest,
    Observation,
    WatchedJob,
    Watcher,
    WatchPlan,
)
from conformance.verdict import Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.runner.budget import Clock, Meter, RequestSender


# A job shorter than this, in seconds, is over before much of it can be seen.
_WATCHABLE = 0.4
# Seconds that a job should last on a fast server.
_LONG = 0.8
_MOST_STEPS = 150
NO_SCRIPT = "zz-conformance-no-script"
# A server that samples this many steps in no time is given many pictures to paint instead.
_MANY = 100
# A share of the job after which it is surely under way.
_UNDER_WAY = 0.1
_SURELY = 0.3
# What progress of a job that has not begun to sample shows.
_FLOOR = 0.01


@dataclass(frozen=True)
class Pace:
    """How fast the server works.

    Args:
        step: seconds for a step of a small picture.
        picture: seconds for a small picture, whatever its steps; 0 where steps take the time.
    """

    step: float
    picture: float = 0.0

    def length(self, seconds: float, pictures: int = 1) -> tuple[int, int]:
        """Steps and iterations of a job of about so many seconds; 20 steps at least.

        Args:
            seconds: how long it should last.
            pictures: iterations it should have; where steps take no time, 1 means many.
        """
        if self.picture:
            return 1, pictures if pictures > 1 else min(ceil(seconds / self.picture), _MANY)
        steps = ceil(seconds / pictures / self.step) if self.step else _MOST_STEPS
        return min(max(steps, generation.WATCHED_STEPS), _MOST_STEPS), pictures


@dataclass(frozen=True, kw_only=True)
class JobTools:
    """What long jobs are made with.

    Args:
        sender: sends the requests.
        meter: counts what is sampled.
        clock: how time passes.
        size: edge of the pictures in pixels.
        warm_up: makes the first picture, so that the model is loaded.
        sampler: returns the name of a quick sampler; None for the default of the server.
    """

    sender: RequestSender
    meter: Meter
    clock: Clock
    size: int
    warm_up: Callable[[], None]
    sampler: Callable[[], str | None]


class LongJobs:
    """The long jobs of a run, each made once, on demand.

    Args:
        tools: what they are made with.
    """

    def __init__(self, tools: JobTools) -> None:
        self._tools = tools
        self._made: dict[str, WatchedJob | Exception] = {}
        self._pace = Pace(0.0)

    @property
    def watched(self) -> WatchedJob:
        """A job that nothing is done to."""
        return self._once("watched", self._watch)

    @property
    def interrupted(self) -> WatchedJob:
        """A job of several pictures that is interrupted in its first, with another behind it."""
        return self._once("interrupted", self._interrupt)

    @property
    def skipped(self) -> WatchedJob:
        """A job of several pictures whose first is skipped."""
        return self._once("skipped", self._skip)

    @property
    def queued(self) -> WatchedJob:
        """A job with two others behind it."""
        return self._once("queued", self._queue)

    def _watch(self) -> WatchedJob:
        # The first picture after a start waits for the model; a job to be watched should not.
        self._tools.warm_up()
        job = self._run(self._payload(generation.WATCHED_STEPS), WatchPlan())
        self._pace = Pace(job.seconds / generation.WATCHED_STEPS)
        if job.seconds >= _WATCHABLE or not job.generation.exchange.ok:
            return job
        steps, _ = self._pace.length(_LONG)
        if steps * self._pace.step >= _WATCHABLE:
            return self._run(self._payload(steps), WatchPlan())
        job = self._run(self._payload(1, _MANY), WatchPlan(gap=GAP / 8))
        self._pace = Pace(0.0, job.seconds / _MANY)
        return job

    def _interrupt(self) -> WatchedJob:
        payload = self._lasting(_LONG, pictures=4)
        other = generation.other(self._tools.size, generation.OTHER_SEEDS[0], pictures=2)
        how = WatchPlan(
            paths=(PROGRESS_BARE,),
            gap=self._gap,
            intervention=f"{API}/interrupt",
            when=self._under_way(payload),
            others=(other,),
        )
        return self._run(payload, how)

    def _skip(self) -> WatchedJob:
        payload = self._lasting(_LONG, pictures=3)
        how = WatchPlan(
            paths=(PROGRESS_BARE,),
            gap=self._gap,
            intervention=f"{API}/skip",
            when=self._under_way(payload),
        )
        return self._run(payload, how)

    def _queue(self) -> WatchedJob:
        payload = self._lasting(_LONG)
        pictures = max(1, payload.get("n_iter", 1) // 10)
        steps = payload["steps"] if pictures > 1 else ceil(payload["steps"] / 10)
        others = tuple(
            generation.other(self._tools.size, seed, steps, pictures)
            for seed in generation.OTHER_SEEDS
        )
        mistake = generation.one_image(self._tools.size) | {"script_name": NO_SCRIPT}
        how = WatchPlan(
            paths=(PROGRESS_BARE,),
            gap=self._gap,
            others=others,
            extra=ExtraRequest(f"{API}/txt2img", mistake),
        )
        return self._run(payload, how)

    def _once(self, name: str, make: Callable[[], WatchedJob]) -> WatchedJob:
        """What ``make`` makes, or raises, the first time."""
        if name not in self._made:
            try:
                self._made[name] = make()
            except (Signal, ConnectionFailed) as error:
                self._made[name] = error
        made = self._made[name]
        if isinstance(made, Exception):
            raise made
        self._tools.sender.touch(made.generation.exchange)
        return made

    @property
    def _gap(self) -> float:
        return GAP / 8 if self._pace.picture else GAP

    def _lasting(self, seconds: float, pictures: int = 1) -> dict[str, Any]:
        """A request that should keep the server at work for so long."""
        _ = self.watched
        return self._payload(*self._pace.length(seconds, pictures))

    def _payload(self, steps: int, pictures: int = 1) -> dict[str, Any]:
        payload = generation.watched(self._tools.size, steps, self._tools.sampler(), TASK)
        return payload | ({"n_iter": pictures} if pictures > 1 else {})

    def _expected(self, payload: dict[str, Any]) -> float:
        """Seconds that a request should take."""
        picture: float = payload["steps"] * self._pace.step + self._pace.picture
        return picture * float(payload.get("n_iter", 1))

    def _under_way(self, payload: dict[str, Any]) -> Callable[[Observation], bool]:
        """Whether the job has begun to sample, by its progress or, failing that, by the time."""
        begun = _UNDER_WAY / payload.get("n_iter", 1) + _FLOOR
        late = _SURELY * self._expected(payload)

        def seen(look: Observation) -> bool:
            done = look.reported.get("progress")
            return look.after > late or (isinstance(done, int | float) and done > begun)

        return seen

    def _run(self, payload: dict[str, Any], how: WatchPlan) -> WatchedJob:
        tools = self._tools
        tools.meter.afford(sum(pixel_steps(job) for job in (payload, *how.others)))
        how = replace(how, expected=self._expected(payload))
        return Watcher(tools.sender, tools.clock).watch(payload, how)
