"""Jobs that last long enough to see what a server does meanwhile.

How long a job lasts is measured and not guessed: a CPU needs seconds for a small picture, a
card half of one, and a server that only pretends to paint next to none.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API
from conformance.errors import ConnectionFailed
from conformance.runner import generation
from conformance.runner.budget import PICTURE, pixel_steps
from conformance.runner.generation import LARGEST, MANY, Pace
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
from conformance.verdict import BudgetSpent, Signal, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from conformance.exchange import Exchange
    from conformance.runner.budget import Clock, Meter, RequestSender


# A job shorter than this, in seconds, is over before much of it can be seen.
_WATCHABLE = 0.3
# Seconds that a job should last on a fast server.
_LONG = 0.5
NO_SCRIPT = "zz-conformance-no-script"
# How often a job is made longer until it is long enough, and how many times as long at the least.
_TRIES, _LONGER = 4, 1.2
# Looks that a job should see, and fewer that will do; a job lasts no longer for them than this.
_LOOKS, _FEWEST = 32, 20
_LONGEST = 3.0
#: What the dearest job may cost, in pictures, on top of what was planned for it.
DEAREST = 2.0
# A share of the usual length, in which two more requests can be sent on an idle machine.
_QUEUED = 0.5
# A share of the job after which it is surely under way.
_UNDER_WAY = 0.1
_SURELY = 0.3
# A share of the job after which what is done to it comes late.
_TOO_LATE = 0.5
# What progress of a job that has not begun to sample shows.
_FLOOR = 0.01


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
        later: waits where an answer asks to come later, by its number of tries; True to do so.
    """

    sender: RequestSender
    meter: Meter
    clock: Clock
    size: int
    warm_up: Callable[[], None]
    sampler: Callable[[], str | None]
    later: Callable[[Exchange, int], bool] = lambda _, __: False


class LongJobs:
    """The long jobs of a run, each made once, on demand.

    Args:
        tools: what they are made with.
    """

    def __init__(self, tools: JobTools) -> None:
        self._tools = tools
        self._made: dict[str, WatchedJob | Exception] = {}
        self._pace = Pace(0.0, tools.size)
        self._seconds = _LONG
        self._sampled = 0
        self._allowed: float | None = None
        #: Name of a long job -> pixel-steps; nothing before a plan was measured.
        self.measured: dict[str, int] = {}

    def expect(self, seconds: float) -> None:
        """Take the pace of the server for known, so that no job is made only to find it out.

        Args:
            seconds: for a step of a picture of 512x512, with its share of all else of a job.
        """
        size = self._tools.size
        self._pace = Pace(seconds * size**2 / LARGEST**2, size)

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

    @property
    def unseen(self) -> frozenset[str]:
        """Names of those that were made, and were over too soon to see, or to do something to."""
        return frozenset(
            name
            for name, job in self._made.items()
            if isinstance(job, WatchedJob) and job.generation.exchange.ok and _is_unseen(name, job)
        )

    def forget(self, exchanges: Iterable[Exchange]) -> None:
        """Forget jobs, so that they are made anew when they are asked for.

        Args:
            exchanges: of what is forgotten.
        """
        gone = list(exchanges)
        for name, job in list(self._made.items()):
            own = job.generation.exchange if isinstance(job, WatchedJob) else None
            if any(own is one for one in gone):
                del self._made[name]

    def measure(self, planned: float, names: Collection[str]) -> None:
        """Find out what the long jobs of a plan sample on this server, by making the first.

        Args:
            planned: pictures that the plan samples, as if the server were slow.
            names: of the shared pictures that it needs.
        """
        self._tools.meter.planned = planned
        if "watched" not in names:
            return
        try:
            _ = self.watched
        except (Signal, ConnectionFailed):
            # The checks that need it report it.
            return
        # The plan counts on it that they stay as long as they are now.
        self._allowed = self._extra(3)
        requests = {
            "interrupted": (self._lasting(4), self._behind),
            "skipped": (self._lasting(3),),
            "queued": self._queued(_QUEUED),
        }
        sampled = {name: sum(map(pixel_steps, jobs)) for name, jobs in requests.items()}
        self.measured = {"watched": self._sampled, **sampled}

    def _watch(self) -> WatchedJob:
        """A job that lasts long enough: of more steps, of larger pictures, or of many."""
        # The first picture after a start waits for the model; a job to be watched should not.
        self._tools.warm_up()
        job = self._paced(self._sized(_LONG) if self._pace.step else generation.WATCHED_STEPS)
        for _ in range(_TRIES):
            if _is_long(job):
                return job
            self._seconds = min(max(_LONG, _LOOKS * job.seconds / max(len(job.looks), 1)), _LONGEST)
            steps = self._sized(self._seconds)
            if steps * self._pace.edge**2 < _LONGER * pixel_steps(job.generation.payload):
                break
            job = self._paced(steps)
        ended = job.seconds >= _WATCHABLE or not job.generation.exchange.ok
        return job if ended else self._many_pictures()

    def _sized(self, seconds: float) -> int:
        """Steps of a job of about so many seconds, whose pictures are as large as it takes."""
        affordable = self._affordable * self._pace.step
        self._pace = self._pace.enlarged(min(seconds, affordable))
        return self._length(seconds)[0]

    def _paced(self, steps: int) -> WatchedJob:
        """A job of so many steps; the pace is that of the fastest so far.

        Whatever else the machine does makes a job slower, and never faster.
        """
        job, known = self._run(self._payload(steps), WatchPlan()), self._pace.step
        step = job.seconds / steps
        self._pace = replace(self._pace, step=min(step, known) if known else step)
        return job

    def _many_pictures(self) -> WatchedJob:
        """A job of many small pictures, for a server that samples in no time."""
        self._pace = Pace(0.0, self._tools.size)
        job = self._run(self._payload(1, MANY), WatchPlan(gap=GAP / 8))
        self._pace = replace(self._pace, picture=job.seconds / MANY)
        return job

    @property
    def _affordable(self) -> float:
        """Steps of a picture that one job may sample beyond those of the plan."""
        extra = self._extra(2) if self._allowed is None else self._allowed
        return extra * PICTURE / self._pace.edge**2

    def _extra(self, others: int) -> float:
        """Pictures that one of so many jobs may sample beyond those of the plan."""
        spare = self._tools.meter.spare
        return DEAREST if spare is None else min(spare / others, DEAREST)

    def _length(self, seconds: float, pictures: int = 1) -> tuple[int, int]:
        """Steps and iterations of a job of about so many seconds, as far as it is affordable."""
        steps, pictures = self._pace.length(seconds, pictures)
        most = max(int(self._affordable / pictures), generation.WATCHED_STEPS)
        return min(steps, most), pictures

    @property
    def _behind(self) -> dict[str, Any]:
        """The request behind the one that is interrupted."""
        return generation.other(self._tools.size, generation.OTHER_SEEDS[0], pictures=2)

    def _queued(self, share: float) -> tuple[dict[str, Any], ...]:
        """A request of a share of the usual length, and the two behind it."""
        payload = usual = self._lasting()
        pictures = max(1, usual.get("n_iter", 1) // 10)
        steps = usual["steps"] if pictures > 1 else ceil(usual["steps"] / 10)
        first, second = (
            generation.other(self._pace.edge, seed, steps, pictures)
            for seed in generation.OTHER_SEEDS
        )
        if not self._pace.picture:
            payload = self._payload(*self._length(share * self._seconds))
        return payload, first, second

    def _interrupt(self) -> WatchedJob:
        return self._disturbed("interrupt", pictures=4, others=(self._behind,))

    def _skip(self) -> WatchedJob:
        return self._disturbed("skip", pictures=3)

    def _disturbed(self, act: str, pictures: int, **more: Any) -> WatchedJob:
        """A job to which something is done; where that came late once more, and longer."""
        payload = self._lasting(pictures)
        job = self._run(payload, self._doing(act, payload, **more))
        if _came_late(job) and job.generation.exchange.ok:
            steps, pictures = self._length(2 * self._seconds, 2 * pictures)
            payload = self._payload(steps, pictures)
            job = self._run(payload, self._doing(act, payload, **more))
        return job

    def _doing(self, act: str, payload: dict[str, Any], **more: Any) -> WatchPlan:
        return WatchPlan(
            paths=(PROGRESS_BARE,),
            gap=self._gap,
            intervention=f"{API}/{act}",
            when=self._under_way(payload),
            **more,
        )

    def _queue(self) -> WatchedJob:
        """A job with two behind it; a longer one where it was over before they were sent."""
        short, usual = self._queued(_QUEUED), self._queued(1.0)
        job = self._with_two_behind(*short)
        late = job.extra is None or any(other.started >= job.ended for other in job.others)
        if late and short != usual and job.generation.exchange.ok:
            with suppress(BudgetSpent):
                return self._with_two_behind(*usual)
        return job

    def _with_two_behind(self, payload: dict[str, Any], *others: dict[str, Any]) -> WatchedJob:
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

    def _lasting(self, pictures: int = 1) -> dict[str, Any]:
        """A request that should keep the server at work for as long as one needs to look."""
        _ = self.watched
        return self._payload(*self._length(self._seconds, pictures))

    def _payload(self, steps: int, pictures: int = 1) -> dict[str, Any]:
        payload = generation.watched(self._pace.edge, steps, self._tools.sampler(), TASK)
        return payload | ({"n_iter": pictures} if pictures > 1 else {})

    def _expected(self, payload: dict[str, Any]) -> float:
        """Seconds that a request should take."""
        picture: float = payload["steps"] * self._pace.step + self._pace.picture
        return picture * float(payload.get("n_iter", 1))

    def _under_way(self, payload: dict[str, Any]) -> Callable[[Observation], bool]:
        """Whether the job has begun to sample, by its progress or, failing that, by the time."""
        begun = _UNDER_WAY / payload.get("n_iter", 1) + _FLOOR
        late = _SURELY * self._expected(payload)

        def begins(look: Observation) -> bool:
            done = look.reported.get("progress")
            return look.after > late or (isinstance(done, int | float) and done > begun)

        return begins

    def _run(self, payload: dict[str, Any], how: WatchPlan) -> WatchedJob:
        tools = self._tools
        steps = sum(pixel_steps(job) for job in (payload, *how.others))
        tools.meter.afford(steps)
        self._sampled += steps
        how = replace(how, expected=self._expected(payload))
        watcher, tries = Watcher(tools.sender, tools.clock), 1
        job = watcher.watch(payload, how)
        while any(tools.later(answer, tries) for answer in job.answers):
            tries += 1
            job = watcher.watch(payload, how)
        for answer in job.answers:
            seen(answer)
        return job


def _is_long(job: WatchedJob) -> bool:
    """Whether a job can be watched, or failed, so that a longer one would be no better."""
    seen = job.seconds >= _WATCHABLE and len(job.looks) >= _FEWEST
    return seen or job.seconds >= _LONGEST or not job.generation.exchange.ok


def _is_unseen(name: str, job: WatchedJob) -> bool:
    if job.generation.payload["steps"] == 1:
        return True
    acted = name in {"interrupted", "skipped"}
    return job.intervention is None if acted else job.seconds < _WATCHABLE


def _came_late(job: WatchedJob) -> bool:
    """Whether nothing was done to a job, or only once most of it was made."""
    if job.intervention is None:
        return True
    done = job.intervention.seen.reported.get("progress")
    return isinstance(done, int | float) and done > _TOO_LATE
