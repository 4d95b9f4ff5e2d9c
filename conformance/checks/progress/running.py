"""Checks of progress while a job runs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from conformance.checks.progress.idle import FIELDS
from conformance.checks.support import expect
from conformance.checks.support.answers import fit, is_number
from conformance.checks.support.expect import came_while_running
from conformance.checks.support.settings import options
from conformance.client.image import decode_image
from conformance.errors import ImageError
from conformance.runner.others import is_of_another, own_looks
from conformance.runner.registry import check
from conformance.runner.watch import PROGRESS, PROGRESS_BARE, is_idle
from conformance.verdict import Failed, Loose, Skip

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext
    from conformance.runner.watch import Observation, WatchedJob


# Fewer looks than this at a running job show nothing of how it goes on.
_SOME, _MANY = 3, 8
# A job shorter than this, in seconds, may be over between two looks.
_SHORT = 0.3
_SLOW = 1.0
# The floor of a job's progress is there so that the time left divides by no zero.
_WITH_FLOOR = frozenset({"a1111", "forge", "reforge"})


@check("PROGRESS-006", needs=("watched",))
def progress_while_a_job_runs(context: CheckContext) -> None:
    """Values between 0 and 1, and a count of jobs."""
    job = context.watched
    for look in _answers(job):
        fit(look.reported, FIELDS, "progress while a job runs", look.exchange)
        inside = 0 <= look.reported["progress"] <= 1
        expect.that(inside, "progress from 0 to 1", _shown(look), look.exchange)
    _has_a_count(job)
    at_work = observed_running(job)
    floor = context.profile.family in _WITH_FLOOR
    done = [look.reported["progress"] for look in at_work]
    if not (min(done) if floor else max(done)) > 0:
        _spans(job, at_work)
        silent = next(look for look in at_work if not look.reported["progress"] > 0)
        raise Failed("progress above 0 while a job runs", _shown(silent), silent.exchange)


@check("PROGRESS-007", needs=("watched",))
def progress_does_not_fall(context: CheckContext) -> None:
    """Each look shows as much as the one before, or more.

    One may fall between the count of pictures and that of steps, which the webui sets one after
    the other, and show a picture too many.
    """
    looks = observed_running(context.watched)
    before_last, leaps = 0.0, 0
    for before, after in pairwise(looks):
        was, now = before.reported["progress"], after.reported["progress"]
        if before_last <= now < was and not leaps:
            leaps += 1
            continue
        before_last = was
        actual = f"it fell from {was:g} to {now:g}"
        expect.that(now >= was, "progress that does not fall within a job", actual, after.exchange)


@check("PROGRESS-008", needs=("watched",))
def no_picture_where_none_is_wanted(context: CheckContext) -> None:
    """Looks that asked for no preview."""
    for look in context.watched.of(PROGRESS_BARE):
        picture = look.reported.get("current_image")
        actual = f"it is {expect.shown(picture)}"
        expect.that(picture is None, "current_image null", actual, look.exchange)


@check("PROGRESS-009", needs=("watched",))
def previews_are_pictures(context: CheckContext) -> None:
    """Every preview that was sent."""
    seen = 0
    for look in context.watched.of(PROGRESS):
        text = look.reported.get("current_image")
        if text is not None:
            _bare_picture(text, look)
            seen += 1
    if not seen:
        raise Skip("no preview was sent while the job ran; they may be switched off")


@check("PROGRESS-010", needs=("watched",))
def progress_answers_while_a_job_runs(context: CheckContext) -> Loose | None:
    """Answers that come within a second, and before the job ends.

    A machine at work may stall now and then; it is slow if most answers are.
    """
    job = context.watched
    looks = job.of(PROGRESS, PROGRESS_BARE)
    slow = [look for look in looks if look.exchange.elapsed >= _SLOW]
    reported = f"{len(slow)} of {len(looks)} answers took longer"
    if slow and 2 * len(slow) >= len(looks):
        raise Failed("answers within 1 s", reported, slow[0].exchange)
    came_while_running(job, looks, context.read("progress").elapsed)
    for look in looks:
        expect.ok(look.exchange)
    return Loose(f"within 1 s, as a rule: {reported}") if slow else None


@check("PROGRESS-011", needs=("watched",))
def idle_after_the_job(context: CheckContext) -> None:
    """Progress once the job had ended."""
    exchange = expect.ok(context.watched.afterwards)
    reported = expect.json_object(exchange)
    fit(reported, FIELDS, "progress", exchange)
    _nobody_elses(context)
    if not is_idle(exchange) or reported["current_image"] is not None:
        count = reported["state"].get("job_count")
        shown = "null" if reported["current_image"] is None else "a picture"
        actual = f"progress {reported['progress']}, job_count {count}, current_image {shown}"
        raise Failed("progress 0, job_count 0 and no picture after the job", actual, exchange)


@check("PROGRESS-018", needs=("watched",))
def progress_moves(context: CheckContext) -> None:
    """Progress that is not the same at every look."""
    at_work = [look for look in observed_running(context.watched) if not _all_done(look)]
    if len(at_work) < _MANY:
        raise Skip(f"only {len(at_work)} looks fell into the work")
    seen = {look.reported["progress"] for look in at_work}
    if len(seen) == 1 and at_work[-1].after - at_work[0].after > context.watched.seconds / 2:
        actual = f"it was {seen.pop():g} at each of {len(at_work)} looks"
        raise Failed("progress that moves while a job runs", actual, at_work[-1].exchange)


@check("PROGRESS-019", needs=("watched",))
def counters_are_those_of_the_job(context: CheckContext) -> None:
    """Steps and pictures counted up to those that were asked for."""
    job = context.watched
    wanted = job.generation.payload
    looks = observed_running(job)
    # The count is taken back before progress falls to 0: the last look may meet that moment.
    ended = looks[-1].state.get("job_count") in {0, None}
    looks = looks[:-1] if ended else looks
    sampling = [look for look in looks if look.state.get("sampling_step", 0) > 0]
    if not sampling:
        raise Skip("no look fell into the sampling")
    for look in sampling:
        state, exchange = look.state, look.exchange
        expect.equal(state.get("sampling_steps"), wanted["steps"], "sampling_steps", exchange)
        expect.equal(state.get("job_count"), wanted.get("n_iter", 1), "job_count", exchange)
        _not_beyond(state, "sampling_step", "sampling_steps", exchange)
        _not_beyond(state, "job_no", "job_count", exchange)


# The count of a job that has only just begun (modules/shared_state.py, State.begin).
_BEGINNING = -1


@check("PROGRESS-020", needs=("watched",))
def the_job_has_a_name(context: CheckContext) -> None:
    """state.job while the job runs, and after it.

    A look may fall between the name and the count, which are set one after the other when a job
    begins and when it ends.
    """
    job = context.watched
    looks = observed_running(job)
    for look in looks[1:-1] or looks:
        name = look.state.get("job")
        if not name and look.state.get("job_count") == _BEGINNING:
            # State.begin sets the name after the count, so that a look may come in between.
            continue
        actual = f"it is {name!r}"
        expect.that(bool(name), "a name in state.job while a job runs", actual, look.exchange)
    _nobody_elses(context)
    state = expect.json_object(expect.ok(job.afterwards)).get("state")
    name = state.get("job") if isinstance(state, dict) else None
    expect.equal(name, "", "state.job of an idle server", job.afterwards)


def _nobody_elses(context: CheckContext) -> None:
    """Skip where somebody else's job ran once the watched one had ended."""
    if is_of_another(context.watched, context.watched.afterwards):
        context.shared = True
        raise Skip("somebody else's job began before the server was looked at once more")


def _answers(job: WatchedJob) -> list[Observation]:
    """The looks at progress that were answered, in order."""
    paths = {PROGRESS, PROGRESS_BARE}
    return [look for look in job.looks if look.path in paths and look.reported]


def _spans(job: WatchedJob, at_work: list[Observation]) -> None:
    """Skip where too little of a job was seen to say that nothing of it shows."""
    seen = at_work[-1].after - at_work[0].after
    if len(at_work) < _SOME or seen < job.seconds / 2:
        raise Skip(f"{len(at_work)} looks in {seen:.2f} of {job.seconds:.2f} s show too little")


def _works(look: Observation) -> bool:
    """Whether an answer says, by either value, that something runs."""
    done = look.reported.get("progress")
    counted = look.state.get("job_count") not in {0, None}
    return counted or (isinstance(done, int | float) and done > 0)


def _all_done(look: Observation) -> bool:
    """Whether every picture is made, and only the answer is still to come."""
    made, count = look.state.get("job_no"), look.state.get("job_count")
    return isinstance(made, int) and isinstance(count, int) and made >= count > 0


def observed_running(job: WatchedJob) -> list[Observation]:
    """The looks from the first to the last that say that something runs.

    Args:
        job: one that was watched.

    Raises:
        Failed: none does, though there were some.
        Skip: there were none.
    """
    __tracebackhide__ = True
    looks = own_looks(job, [look for look in _answers(job) if look.outlived])
    busy = [number for number, look in enumerate(looks) if _works(look)]
    found = looks[busy[0] : busy[-1] + 1] if busy else []
    found = [look for look in found if is_number(look.reported.get("progress"))]
    if not found and len(looks) >= _SOME and job.seconds >= _SHORT:
        actual = f"{_shown(looks[-1])} at each of {len(looks)} looks"
        raise Failed("progress that shows the job while it runs", actual, looks[-1].exchange)
    if not found:
        raise Skip(f"the job was over in {job.seconds:.2f} s, too soon to look at it")
    return found


def _has_a_count(job: WatchedJob) -> None:
    """job_count is not 0 while progress is above 0; once, at a job's very end, it may be."""
    __tracebackhide__ = True
    odd = [
        look
        for look in _answers(job)
        if look.reported["progress"] > 0 and look.state.get("job_count") in {0, None}
    ]
    if len(odd) > 1:
        expected = "a job_count that is not 0 while progress is above 0"
        raise Failed(expected, _shown(odd[0]), odd[0].exchange)


def _not_beyond(state: dict[str, Any], name: str, of: str, exchange: Exchange) -> None:
    __tracebackhide__ = True
    actual = f"{name} {state.get(name)} of {state[of]}"
    expect.that(state.get(name, 0) <= state[of], f"a {name} within {of}", actual, exchange)


def _bare_picture(text: Any, look: Observation) -> None:
    __tracebackhide__ = True
    if not isinstance(text, str):
        raise Failed("current_image as text", expect.shown(text), look.exchange)
    try:
        decode_image(text, strict=True)
    except ImageError as error:
        expected = "current_image as bare base64 of a picture"
        raise Failed(expected, str(error), look.exchange) from error


def _shown(look: Observation) -> str:
    count = look.state.get("job_count")
    return f"progress is {expect.shown(look.reported.get('progress'))}, job_count {count}"


# So many looks at the sampling show whether its step is counted.
_MANY_STEPS = 6
# Steps of a picture whose count is seen to rise.
_FEW = 4
# Looks after the step at which a preview is due; making it may take a moment.
_LOOKS = 2


@check("PROGRESS-021", needs=("watched",))
def time_left_is_not_negative(context: CheckContext) -> None:
    """eta_relative while less than all is done."""
    for look in observed_running(context.watched):
        left = look.reported.get("eta_relative")
        if look.reported["progress"] < 1 and isinstance(left, int | float):
            actual = f"it is {left:g} with progress {look.reported['progress']:g}"
            expect.that(left >= 0, "eta_relative of 0 or more", actual, look.exchange)


@check("PROGRESS-022", needs=("watched",))
def previews_are_sent(context: CheckContext) -> None:
    """current_image, well after the step at which a preview is due by the options."""
    saved = options(context)
    every = saved.get("show_progress_every_n_steps")
    if saved.get("live_previews_enable") is not True or not isinstance(every, int | float):
        raise Skip("live previews are off")
    looks = context.watched.of(PROGRESS)
    if every < 1 or not looks:
        raise Skip("no preview is due while a job samples")
    due = [look for look in looks if look.outlived and look.step > every]
    if len(due) <= _LOOKS:
        raise Skip("too few looks fell behind the step at which a preview is due")
    seen = any(look.reported.get("current_image") is not None for look in looks)
    actual = f"it was null at each of {len(due)} looks after step {every:g}"
    expect.that(seen, "a preview in current_image", actual, due[-1].exchange)


@check("PROGRESS-023", needs=("watched",))
def the_step_is_counted(context: CheckContext) -> None:
    """state.sampling_step at looks between which progress moved."""
    looks, steps = observed_running(context.watched), context.watched.generation.payload["steps"]
    if steps < _FEW:
        raise Skip(f"each picture of the watched job has {steps} steps, too few to be counted")
    shares = {look.reported["progress"] for look in looks}
    if len(shares) < _MANY_STEPS:
        raise Skip(f"progress was seen to move but {len(shares)} times")
    counted = {look.step for look in looks}
    if len(counted) == 1:
        actual = f"it was {counted.pop()} at each of {len(looks)} looks"
        raise Failed("a sampling_step that counts up", actual, looks[-1].exchange)


@check("PROGRESS-024", needs=("watched",))
def nobody_interrupted_it(context: CheckContext) -> None:
    """state.interrupted and state.skipped while a job runs that nobody touches."""
    for look in observed_running(context.watched):
        for name in ("interrupted", "skipped"):
            found = look.state.get(name, False)
            actual = f"it is {expect.shown(found)}"
            expected = f"state.{name} false while an undisturbed job runs"
            expect.that(found is False, expected, actual, look.exchange)
