"""Checks of requests at the same time, QUEUE-001 to 004.

All look at one long job and two that were sent while it ran.
Source: modules/call_queue.py and modules/fifo_lock.py at v1.10.1, recorded trace
"three requests at once".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks.support import expect
from conformance.checks.support.expect import came_while_running
from conformance.checks.support.pictures import same
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


# Seconds within which a refusal counts as immediate.
_AT_ONCE = 1.0
# Seconds by which the ends of two answers may seem to be in another order than they are.
_BLUR = 0.02


@check("QUEUE-001", needs=("watched", "queued"))
def requests_at_the_same_time(context: CheckContext) -> None:
    """Each gets an answer, and each its own."""
    job = context.jobs.queued
    for generation in (job.generation, *(other.generation() for other in job.others)):
        _own_answer(generation)


@check("QUEUE-002", needs=("watched", "queued"))
def order_of_arrival(context: CheckContext) -> None:
    """The ends of the two jobs that waited behind a long one; they are of one size."""
    job = context.jobs.queued
    late = [other for other in job.others if other.started >= job.ended]
    if late or not job.others:
        raise Skip(f"the job was over in {job.seconds:.2f} s, before others were sent")
    first, second = job.others
    before = (first.ended or 0.0) - (second.ended or 0.0)
    if before > _BLUR:
        actual = f"the third of three requests was answered {before:.2f} s before the second"
        raise Failed("answers in the order of the requests", actual, second.exchange)


@check("QUEUE-003", needs=("watched", "queued"))
def mistakes_are_reported_at_once(context: CheckContext) -> None:
    """A script that does not exist, asked for while a job runs."""
    job = context.jobs.queued
    if job.extra is None:
        raise Skip(f"the job was over in {job.seconds:.2f} s, too soon to ask meanwhile")
    exchange = job.extra.exchange
    expect.that(exchange.status is not None, "a refusal", exchange.error or "none", exchange)
    if exchange.ok:
        raise Failed("a refusal of a script that does not exist", "it was taken", exchange)
    came_while_running(job, [job.extra], context.read("progress").elapsed)
    took = f"it took {exchange.elapsed:.1f} s"
    expect.that(exchange.elapsed < _AT_ONCE, "a refusal within 1 s", took, exchange)


@check("QUEUE-004", needs=("watched", "queued", "one_image", "one_image_again"), own_steps=4)
def pictures_are_those_made_alone(context: CheckContext) -> None:
    """The pictures of the two jobs that waited, made once more alone."""
    _ = context.one_image, context.one_image_again
    for other in context.jobs.queued.others:
        others = other.generation()
        alone = context.generate(dict(others.payload))
        same(context, alone, others, "a request that was made while others ran")


def _own_answer(generation: Generation) -> None:
    """The answer is a success, and that of this request and no other."""
    __tracebackhide__ = True
    exchange = generation.exchange
    expected = "200 for each of three requests at the same time"
    if not exchange.ok:
        raise Failed(expected, expect.answered(exchange), exchange)
    seed = generation.payload["seed"]
    # A server that makes no iterations gives one; whether it should is another requirement.
    wanted = generation.payload.get("n_iter", 1)
    expect.equal(generation.any_info.seed, seed, "info.seed of one of several", exchange)
    images = len(generation.images)
    expect.that(images in {1, wanted}, f"{wanted} images", f"{images} images", exchange)
    for number, picture in enumerate(generation.pictures):
        # A JPEG or WEBP without metadata has an empty comment.
        if picture.infotext:
            own = f"Seed: {seed + number}," in picture.infotext
            actual = f"its infotext is {picture.infotext.splitlines()[-1][:120]!r}"
            expect.that(own, f"images[{number}] to be of seed {seed + number}", actual, exchange)
