"""Checks of GET progress on an idle server, PROGRESS-001 to 005 and 012.

Source: modules/api/api.py, Api.progressapi, and modules/shared_state.py, State.dict, at v1.10.1;
recorded list/progress of every server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.answers import (
    BOOLEAN,
    NULL,
    NUMBER,
    OBJECT,
    TEXT,
    WHOLE,
    Shape,
    fit,
)
from conformance.errors import ConnectionFailed
from conformance.runner.registry import check
from conformance.runner.watch import is_idle
from conformance.verdict import Failed, Loose, Signal, Skip

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


FIELDS = {
    "progress": NUMBER,
    "eta_relative": NUMBER,
    "state": OBJECT,
    "current_image": TEXT | NULL,
}
STATE = {
    "skipped": BOOLEAN,
    "interrupted": BOOLEAN,
    "job": TEXT,
    "job_count": WHOLE,
    "job_no": WHOLE,
    "sampling_step": WHOLE,
    "sampling_steps": WHOLE,
}
_DIGITS = re.compile(r"[0-9]+")


@check("PROGRESS-001")
def keys_of_progress(context: CheckContext) -> None:
    """Keys and kinds of values, on an idle server."""
    progress_of(context.read("progress"))


@check("PROGRESS-002")
def idle(context: CheckContext) -> Loose | None:
    """Nothing runs, and progress says so."""
    exchange = expect.ok(context.get("progress"))
    reported = progress_of(exchange)
    if expect.same(reported["state"].get("job_count"), 0):
        _says_nothing(reported, exchange)
        return None
    # Somebody's job, or what a failed upscaling left: both have moved on after a picture of ours.
    _make_a_picture(context)
    again = expect.ok(context.get("progress"))
    if is_idle(again):
        return Loose("it showed an earlier job until the next one had run")
    if not expect.same(reported["state"], progress_of(again)["state"]):
        raise Skip("the server works for somebody else")
    actual = f"{_busy(reported)}, the same before and after a picture was made"
    raise Failed("progress 0 and job_count 0 of an idle server", actual, again)


@check("PROGRESS-003")
def keys_of_the_state(context: CheckContext) -> None:
    """The counters that clients show."""
    exchange = context.read("progress")
    fit(progress_of(exchange)["state"], STATE, "state", exchange)


@check("PROGRESS-004")
def stopping_generation(context: CheckContext) -> None:
    """The flag of a gentle stop."""
    _state_has(context, "stopping_generation", BOOLEAN)


@check("PROGRESS-005")
def job_timestamp(context: CheckContext) -> None:
    """When the last job began."""
    digits = Shape("text of digits", lambda v: isinstance(v, str) and bool(_DIGITS.fullmatch(v)))
    _state_has(context, "job_timestamp", digits)


@check("PROGRESS-012")
def bad_query(context: CheckContext) -> None:
    """A query value that is no boolean."""
    exchange = context.get("progress?skip_current_image=maybe")
    loc = expect.problems(exchange)[0].get("loc")
    expect.equal(loc, ["query", "skip_current_image"], "loc", exchange)


def progress_of(exchange: Exchange) -> dict[str, Any]:
    """The answer, which has to have the keys of progress.

    Args:
        exchange: the request with its answer.
    """
    __tracebackhide__ = True
    reported = expect.json_object(expect.ok(exchange))
    fit(reported, FIELDS, "progress", exchange)
    return reported


def _state_has(context: CheckContext, name: str, shape: Shape) -> None:
    exchange = context.read("progress")
    fit(progress_of(exchange)["state"], {name: shape}, "state", exchange)


def _says_nothing(reported: dict[str, Any], exchange: Exchange) -> None:
    __tracebackhide__ = True
    for name in ("progress", "eta_relative", "current_image"):
        nothing = None if name == "current_image" else 0
        expect.equal(reported[name], nothing, f"{name} of an idle server", exchange)


def _make_a_picture(context: CheckContext) -> None:
    try:
        _ = context.generate(dict(context.one_image.payload)).images
    except (Signal, ConnectionFailed):
        # The checks of txt2img report it.
        return


def _busy(reported: dict[str, Any]) -> str:
    count = reported["state"].get("job_count")
    return f"progress {reported['progress']}, job_count {count}"
