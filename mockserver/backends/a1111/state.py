"""What the server is doing: the job that progress shows and interrupt changes, and its tasks.

A job goes through phases. `TRANSITIONS` says which event leads from which phase to which, `_SETS`
what each event sets; whatever is not in the table is a fault of the mock. Flags that interrupt a
job may be set in any phase.

Source: modules/shared_state.py and modules/progress.py, at v1.10.1; recorded: the progress traces.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.core.clock import Clock


class Phase(Enum):
    """Where a job is."""

    IDLE = "idle"
    PREPARING = "preparing"
    COUNTED = "counted"
    SAMPLING = "sampling"


class Event(Enum):
    """What happens to a job."""

    BEGIN = "begin"
    COUNT = "count its iterations"
    SAMPLE = "sample"
    NEXT = "go on to the next iteration"
    END = "end"


#: A script may run a job within its own (loopback asks for a caption), which ends the outer one for
#: progress: it goes on from IDLE. Training waits for nobody, and begins in the middle of any job.
TRANSITIONS: Mapping[Phase, Mapping[Event, Phase]] = {
    Phase.IDLE: {
        Event.BEGIN: Phase.PREPARING,
        Event.COUNT: Phase.COUNTED,
        Event.SAMPLE: Phase.SAMPLING,
        Event.NEXT: Phase.COUNTED,
        Event.END: Phase.IDLE,
    },
    Phase.PREPARING: {
        Event.BEGIN: Phase.PREPARING,
        Event.COUNT: Phase.COUNTED,
        Event.SAMPLE: Phase.SAMPLING,
        Event.NEXT: Phase.COUNTED,
        Event.END: Phase.IDLE,
    },
    Phase.COUNTED: {
        Event.BEGIN: Phase.PREPARING,
        Event.COUNT: Phase.COUNTED,
        Event.SAMPLE: Phase.SAMPLING,
        Event.NEXT: Phase.COUNTED,
        Event.END: Phase.IDLE,
    },
    Phase.SAMPLING: {
        Event.BEGIN: Phase.PREPARING,
        Event.SAMPLE: Phase.SAMPLING,
        Event.NEXT: Phase.COUNTED,
        Event.END: Phase.IDLE,
    },
}
#: What each event sets: `BEGIN` everything but `sampling_steps`, `END` only what idle shows.
_SETS: Mapping[Event, Mapping[str, Any]] = {
    Event.BEGIN: {
        "sampling_step": 0,
        "job_count": -1,
        "hires_counted": False,
        "job_no": 0,
        "latent": None,
        "current_image": None,
        "current_image_step": 0,
        "id_live_preview": 0,
        "skipped": False,
        "interrupted": False,
        "stopping_generation": False,
        "textinfo": None,
    },
    Event.COUNT: {},
    Event.SAMPLE: {"sampling_step": 0},
    Event.NEXT: {"sampling_step": 0, "current_image_step": 0},
    Event.END: {"job": "", "job_count": 0},
}
#: `TaskState.job_count` between `TaskState.begin` and the first thing that counts jobs.
PREPARING = -1


@lru_cache(maxsize=16)
def _stamp(second: int) -> str:
    """A second as the webui writes it, in local time."""
    return datetime.fromtimestamp(second).strftime("%Y%m%d%H%M%S")  # noqa: DTZ006 - local time


@dataclass
class TaskState:
    """The state record of modules/shared_state.py, and the preview that belongs to it.

    Attributes:
        clock: where the times come from.
        skipped: the current iteration is to end early; reset when the next one starts.
        interrupted: the whole job is to end early.
        stopping_generation: the job is to end after the current iteration.
        job: what is being done, "" when idle.
        job_count: iterations in all, -1 while preparing, 0 when idle.
        job_no: iterations done.
        job_timestamp: local time of the last `begin` as YYYYMMDDHHMMSS; "0" before the first.
        sampling_step: steps done in this iteration.
        sampling_steps: steps of this iteration; keeps its value between jobs.
        time_start: when the job began, seconds since the epoch; None before the first.
        textinfo: always None over the API.
        latent: makes the preview of what sampling has so far, when somebody asks; None for none.
        current_image: the preview made last; None when there is none yet.
        id_live_preview: counts previews within a job.
        hires_counted: `job_count` has been doubled for the hires pass of this job.
        phase: where the job is.
    """

    clock: Clock
    skipped: bool = False
    interrupted: bool = False
    stopping_generation: bool = False
    job: str = ""
    job_count: int = 0
    job_no: int = 0
    job_timestamp: str = "0"
    sampling_step: int = 0
    sampling_steps: int = 0
    time_start: float | None = None
    textinfo: str | None = None
    latent: Callable[[], Any] | None = None
    current_image: Any = None
    current_image_step: int = field(default=0, repr=False)
    id_live_preview: int = 0
    hires_counted: bool = False
    phase: Phase = Phase.IDLE

    def happens(self, event: Event) -> None:
        """Go where the table says.

        Args:
            event: what happens.

        Raises:
            RuntimeError: the table knows no such event in this phase: a fault of the mock.
        """
        after = TRANSITIONS[self.phase].get(event)
        if after is None:
            raise RuntimeError(f"a job that is {self.phase.value} cannot {event.value}")
        self.phase = after
        vars(self).update(_SETS[event])

    def begin(self, job: str) -> None:
        """Start a job: flags and counters are reset, all but `sampling_steps`.

        Args:
            job: what progress shows of it.
        """
        self.happens(Event.BEGIN)
        self.time_start = self.clock.now()
        self.job_timestamp = _stamp(int(self.time_start))
        self.job = job

    def count(self, jobs: Any) -> None:
        """Say how many iterations the job has; a script may say so again.

        Args:
            jobs: iterations in all, of whatever type the request made it.
        """
        self.happens(Event.COUNT)
        self.job_count = jobs

    def count_first(self, jobs: Any) -> None:
        """Say how many iterations the job has, unless somebody has said so.

        Args:
            jobs: as for `count`.
        """
        if self.job_count == PREPARING:
            self.count(jobs)

    def end(self) -> None:
        """End the job; all but `job` and `job_count` keep their last values."""
        self.happens(Event.END)

    def next_job(self, *, preview: bool = False) -> None:
        """Go on to the next iteration (``nextjob``).

        Args:
            preview: make a preview now (option show_progress_every_n_steps is -1).
        """
        if preview:
            self.make_preview()
        self.job_no += 1
        self.happens(Event.NEXT)

    def start_sampling(self, steps: int, jobs: Any = None) -> None:
        """Say how many steps the iteration has (``launch_sampling``).

        Args:
            steps: at least 0.
            jobs: iterations in all, for a job whose iterations may not be counted yet.
        """
        if jobs is not None:
            self.count_first(jobs)
        self.happens(Event.SAMPLE)
        self.sampling_steps = steps

    def interrupt(self) -> None:
        """Ask the running job to end with what it has; on an idle server only a flag."""
        self.interrupted = True

    def skip(self) -> None:
        """Ask the running iteration to end with what it has; on an idle server only a flag."""
        self.skipped = True

    def stop_generating(self) -> None:
        """Ask the running job to end after the current iteration."""
        self.stopping_generation = True

    @property
    def ends_job(self) -> bool:
        """Whether no further iteration is to start."""
        return self.interrupted or self.stopping_generation

    @property
    def ends_sampling(self) -> bool:
        """Whether the current iteration is to end at its next step."""
        return self.interrupted or self.skipped

    def refresh_preview(self, every: int) -> None:
        """Make a preview if `every` steps have been done since the last (``set_current_image``).

        Args:
            every: steps; -1 for never.
        """
        if every != -1 and self.sampling_step - self.current_image_step >= every:
            self.make_preview()

    def make_preview(self) -> None:
        """Make a preview of what sampling has so far, if it has anything."""
        make = self.latent
        if make is None:
            return
        try:
            self.current_image = make()
        except OSError:
            return  # a picture that cannot be read, of a job that fails of it
        self.id_live_preview += 1
        self.current_image_step = self.sampling_step

    def show(self, picture: Any) -> None:
        """Have `picture` be the preview (``assign_current_image``).

        Args:
            picture: as previews are.
        """
        self.current_image = picture
        self.id_live_preview += 1

    def as_dict(self) -> dict[str, Any]:
        """The nine keys that progress shows, in its order."""
        return {
            "skipped": self.skipped,
            "interrupted": self.interrupted,
            "stopping_generation": self.stopping_generation,
            "job": self.job,
            "job_count": self.job_count,
            "job_timestamp": self.job_timestamp,
            "job_no": self.job_no,
            "sampling_step": self.sampling_step,
            "sampling_steps": self.sampling_steps,
        }


#: How many finished ids are remembered. Source: modules/progress.py ``finish_task``.
REMEMBERED = 16


class TaskRegistry:
    """The ids of tasks as ``/internal/progress`` and ``/internal/pending-tasks`` show them.

    A task that raised never leaves `current` until the next one starts, and one that failed
    before it started stays in `pending` for ever, as on the real server
    (modules/progress.py; spec: state machine).

    Attributes:
        current: id of the running task; None when none runs.
        pending: ids that wait, in the order they came; one that comes again keeps its place.
        finished: the last 16 that ended well, oldest first.
    """

    def __init__(self) -> None:
        self.current: str | None = None
        self.pending: dict[str, None] = {}
        self.finished: list[str] = []

    def start(self, task: str) -> None:
        """Let a task run.

        Args:
            task: id of a task.
        """
        self.current = task
        self.pending.pop(task, None)

    def finish(self, task: str) -> None:
        """Remember that a task ended well.

        Args:
            task: id of a task.
        """
        if self.current == task:
            self.current = None
        self.finished.append(task)
        del self.finished[:-REMEMBERED]
