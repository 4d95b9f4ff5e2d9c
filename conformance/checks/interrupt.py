"""Checks of POST interrupt and POST skip, INTERRUPT-001 to 008.

Source: modules/shared_state.py, State.interrupt and State.skip, modules/processing.py at
v1.10.1, and the recorded progress traces of interrupt and skip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks.support import expect
from conformance.checks.support.pictures import distance, is_alike
from conformance.runner.registry import check
from conformance.runner.watch import PROGRESS_BARE
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation
    from conformance.runner.watch import Intervention, WatchedJob


# A share of what was left when the act was sent; who goes on for longer did not hear it.
_IGNORED = 0.4
# A share of the job after which there is too little left to interrupt.
_TOO_LATE = 0.5
# Steps that may be under way when the act arrives.
_UNDER_WAY = 3


@check("INTERRUPT-001", needs=("one_image", "one_image_again"), own_steps=8)
def interrupting_an_idle_server(context: CheckContext) -> None:
    """An interrupt, then a job of two pictures that must be whole."""
    before = _made_before(context)
    exchange = expect.ok(context.post("interrupt"))
    expect.equal(expect.json_of(exchange), {}, "the body", exchange)
    _next_job_is_whole(context, before, "an interrupt of the idle server")


@check("INTERRUPT-002", needs=("watched", "interrupted"))
def interrupting_a_job(context: CheckContext) -> None:
    """A job of several pictures, interrupted in its first."""
    job = context.jobs.interrupted
    intervention = _act(job)
    expect.ok(intervention.exchange)
    _answered_well(job, "interrupted")
    expect.that(
        bool(job.generation.images),
        "what was made so far",
        "images is empty",
        job.generation.exchange,
    )
    wanted = job.generation.payload["n_iter"]
    if len(job.generation.images) >= wanted and _went_on(job, intervention):
        took = job.seconds - intervention.asked
        actual = f"all {wanted} images came, {took:.1f} s after the interrupt was sent"
        raise Failed("a job that ends early", actual, job.generation.exchange)


@check("INTERRUPT-003", needs=("watched", "interrupted"))
def what_an_interrupted_job_answers(context: CheckContext) -> None:
    """Images, infotexts and seeds of the job that was interrupted."""
    job = context.jobs.interrupted
    _act(job)
    generation = job.generation
    wanted, images = generation.payload["n_iter"], len(generation.images)
    exchange = generation.exchange
    expect.that(images <= wanted, f"at most {wanted} images", f"{images} images", exchange)
    expect.equal(len(generation.infotexts), images, "number of infotexts", exchange)
    seeds = generation.info.get("all_seeds")
    first = generation.payload["seed"]
    expect.equal(seeds, [first + number for number in range(wanted)], "info.all_seeds", exchange)


@check("INTERRUPT-004")
def skipping_an_idle_server(context: CheckContext) -> None:
    """The answer of skip."""
    exchange = expect.ok(context.post("skip"))
    if context.profile.family in {"a1111", "reforge", "forge"}:
        expect.equal(expect.json_of(exchange), None, "the body", exchange)


@check("INTERRUPT-005", needs=("watched", "skipped"))
def skipping_keeps_the_number_of_images(context: CheckContext) -> None:
    """A job of several pictures whose first is skipped."""
    job = context.jobs.skipped
    intervention = _act(job)
    expect.ok(intervention.exchange)
    _answered_well(job, "skipped")
    wanted = job.generation.payload["n_iter"]
    images = len(job.generation.images)
    expect.equal(images, wanted, "number of images", job.generation.exchange)


@check("INTERRUPT-006", needs=("watched", "interrupted"))
def the_queue_is_left_alone(context: CheckContext) -> None:
    """A job of two pictures that waited behind the one that was interrupted."""
    job = context.jobs.interrupted
    intervention = _act(job)
    if not job.others:
        raise Skip("no other job was sent while the first ran")
    other = job.others[0]
    if other.ended is not None and other.ended < job.started + intervention.asked:
        raise Skip("the other job was done before the interrupt; this server runs several at once")
    _is_whole(other.generation(), "a job that waited behind an interrupted one")


@check("INTERRUPT-007", needs=("one_image", "one_image_again"), own_steps=8)
def skipping_does_not_touch_the_next_job(context: CheckContext) -> None:
    """A skip, then a job of two pictures that must be whole."""
    before = _made_before(context)
    expect.ok(context.post("skip"))
    _next_job_is_whole(context, before, "a skip of the idle server")


@check("INTERRUPT-008", needs=("watched", "skipped"))
def skipping_ends_the_picture(context: CheckContext) -> None:
    """The steps that were still counted in the picture that was skipped."""
    job = context.jobs.skipped
    intervention = _act(job)
    expect.ok(intervention.exchange)
    steps = job.generation.payload["steps"]
    number, begun = (
        intervention.seen.state.get("job_no"),
        intervention.seen.state.get("sampling_step"),
    )
    if not isinstance(begun, int) or steps - begun <= 2 * _UNDER_WAY:
        raise Skip("progress does not show the step, or there were too few of them")
    later = [
        look
        for look in job.of(PROGRESS_BARE)
        if look.after > intervention.answered and look.state.get("job_no") == number
    ]
    last = max(later, key=lambda look: look.step, default=None)
    if last is not None and last.step > begun + max(_UNDER_WAY, _IGNORED * (steps - begun)):
        actual = f"skipped at step {begun} of {steps}, it went on to step {last.step}"
        raise Failed("a picture that ends early", actual, last.exchange)


def _act(job: WatchedJob) -> Intervention:
    """What was done to the job while it ran."""
    intervention = job.intervention
    if intervention is None:
        raise Skip(f"the job was over in {job.seconds:.2f} s, before anything could be done to it")
    done = intervention.seen.reported.get("progress")
    if isinstance(done, int | float) and done > _TOO_LATE:
        raise Skip(f"the job was {done:.0%} done before anything could be done to it")
    return intervention


def _answered_well(job: WatchedJob, done: str) -> None:
    __tracebackhide__ = True
    exchange = job.generation.exchange
    if not exchange.ok:
        actual = f"{expect.answered(exchange)}, the job having been {done}"
        raise Failed("200 and what was made so far", actual, exchange)


def _went_on(job: WatchedJob, intervention: Intervention) -> bool:
    """Whether the job ran on for so long that it cannot have heard of it.

    Raises:
        Skip: a busy machine sent the act so late that the last picture may have been under way.
    """
    if 0 < job.expected * _TOO_LATE < intervention.asked:
        raise Skip(f"{intervention.asked:.1f} s passed before anything could be done to the job")
    left = job.expected - intervention.asked
    return job.seconds - intervention.asked > _IGNORED * left


def _made_before(context: CheckContext) -> Generation:
    """Two pictures in two steps each, and those that show the server's noise, undisturbed."""
    _ = context.one_image, context.one_image_again
    return context.varied(n_iter=2, steps=2)


def _next_job_is_whole(context: CheckContext, before: Generation, after: str) -> None:
    """The same request again: as many pictures, as many steps, and the same."""
    __tracebackhide__ = True
    again = context.generate(dict(before.payload))
    _is_whole(again, f"a job after {after}")
    steps = again.any_info.data.get("steps", before.payload["steps"])
    expect.equal(steps, before.payload["steps"], f"info.steps after {after}", again.exchange)
    for number, (one, other) in enumerate(zip(before.pictures, again.pictures, strict=False)):
        gap = distance(one.image, other.image)
        if not is_alike(context, gap):
            actual = f"images[{number}] differs by {gap:.1f} of 255 on average"
            expected = f"the same pictures as before {after}"
            raise Failed(expected, actual, again.exchange)


def _is_whole(generation: Generation, what: str) -> None:
    __tracebackhide__ = True
    exchange = generation.exchange
    wanted = generation.payload["n_iter"]
    if not exchange.ok:
        raise Failed(f"200 for {what}", expect.answered(exchange), exchange)
    images = len(generation.images)
    expect.that(images == wanted, f"{wanted} images of {what}", f"{images} images", exchange)
