"""Checks of what progress tells beside the share that is done, PROGRESS-021 to 024.

All look at the watched job. Source: modules/api/api.py, Api.progressapi, and
modules/shared_state.py at v1.10.1; the recorded progress traces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.facts import options
from conformance.checks.progress_watched import seen_at_work
from conformance.checks.registry import check
from conformance.lab.watch import PROGRESS
from conformance.signals import Failed, Skip

if TYPE_CHECKING:
    from conformance.lab import Lab, Look

# So many looks at the sampling show whether its step is counted.
_MANY = 6
# Looks after the step at which a preview is due; making it may take a moment.
_LOOKS = 2


@check("PROGRESS-021", needs=("watched",))
def time_left_is_not_negative(lab: Lab) -> None:
    """eta_relative while less than all is done."""
    for look in seen_at_work(lab.watched):
        left = look.told.get("eta_relative")
        if look.told["progress"] < 1 and isinstance(left, int | float):
            actual = f"it is {left:g} with progress {look.told['progress']:g}"
            expect.that(left >= 0, "eta_relative of 0 or more", actual, look.exchange)


@check("PROGRESS-022", needs=("watched",))
def previews_are_sent(lab: Lab) -> None:
    """current_image, well after the step at which a preview is due by the options."""
    saved = options(lab)
    every = saved.get("show_progress_every_n_steps")
    if saved.get("live_previews_enable") is not True or not isinstance(every, int | float):
        raise Skip("live previews are off")
    looks = lab.watched.of(PROGRESS)
    if every < 1 or not looks:
        raise Skip("no preview is due while a job samples")
    due = [look for look in looks if look.outlived and _step(look) > every]
    if len(due) <= _LOOKS:
        raise Skip("too few looks fell behind the step at which a preview is due")
    seen = any(look.told.get("current_image") is not None for look in looks)
    actual = f"it was null at each of {len(due)} looks after step {every:g}"
    expect.that(seen, "a preview in current_image", actual, due[-1].exchange)


@check("PROGRESS-023", needs=("watched",))
def the_step_is_counted(lab: Lab) -> None:
    """state.sampling_step at looks between which progress moved."""
    looks = seen_at_work(lab.watched)
    shares = {look.told["progress"] for look in looks}
    if len(shares) < _MANY:
        raise Skip(f"progress was seen to move but {len(shares)} times")
    steps = {_step(look) for look in looks}
    if len(steps) == 1:
        actual = f"it was {steps.pop()} at each of {len(looks)} looks"
        raise Failed("a sampling_step that counts up", actual, looks[-1].exchange)


@check("PROGRESS-024", needs=("watched",))
def nobody_interrupted_it(lab: Lab) -> None:
    """state.interrupted and state.skipped while a job runs that nobody touches."""
    for look in seen_at_work(lab.watched):
        for name in ("interrupted", "skipped"):
            found = look.state.get(name, False)
            actual = f"it is {expect.shown(found)}"
            expected = f"state.{name} false while an undisturbed job runs"
            expect.that(found is False, expected, actual, look.exchange)


def _step(look: Look) -> int:
    step = look.state.get("sampling_step")
    return step if isinstance(step, int) else 0
