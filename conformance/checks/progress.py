"""Checks of GET progress on an idle server, PROGRESS-001 to 005 and 012.

Source: modules/api/api.py, Api.progressapi, and modules/shared_state.py, State.dict, at v1.10.1;
recorded list/progress of every server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.registry import check
from conformance.checks.shape import BOOLEAN, NULL, NUMBER, OBJECT, TEXT, WHOLE, Shape, fit
from conformance.errors import ConnectionFailed
from conformance.lab.watch import is_idle
from conformance.signals import Failed, Loose, Signal, Skip

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

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
def keys_of_progress(lab: Lab) -> None:
    """Keys and kinds of values, on an idle server."""
    told_by(lab.read("progress"))


@check("PROGRESS-002")
def idle(lab: Lab) -> Loose | None:
    """Nothing runs, and progress says so."""
    exchange = expect.ok(lab.get("progress"))
    told = told_by(exchange)
    if expect.same(told["state"].get("job_count"), 0):
        _says_nothing(told, exchange)
        return None
    # Somebody's job, or what a failed upscaling left: both have moved on after a picture of ours.
    _make_a_picture(lab)
    again = expect.ok(lab.get("progress"))
    if is_idle(again):
        return Loose("it showed an earlier job until the next one had run")
    if not expect.same(told["state"], told_by(again)["state"]):
        raise Skip("the server works for somebody else")
    actual = f"{_busy(told)}, the same before and after a picture was made"
    raise Failed("progress 0 and job_count 0 of an idle server", actual, again)


@check("PROGRESS-003")
def keys_of_the_state(lab: Lab) -> None:
    """The counters that clients show."""
    exchange = lab.read("progress")
    fit(told_by(exchange)["state"], STATE, "state", exchange)


@check("PROGRESS-004")
def stopping_generation(lab: Lab) -> None:
    """The flag of a gentle stop."""
    _state_has(lab, "stopping_generation", BOOLEAN)


@check("PROGRESS-005")
def job_timestamp(lab: Lab) -> None:
    """When the last job began."""
    digits = Shape("text of digits", lambda v: isinstance(v, str) and bool(_DIGITS.fullmatch(v)))
    _state_has(lab, "job_timestamp", digits)


@check("PROGRESS-012")
def bad_query(lab: Lab) -> None:
    """A query value that is no boolean."""
    exchange = lab.get("progress?skip_current_image=maybe")
    loc = expect.problems(exchange)[0].get("loc")
    expect.equal(loc, ["query", "skip_current_image"], "loc", exchange)


def told_by(exchange: Exchange) -> dict[str, Any]:
    """The answer, which has to have the keys of progress."""
    __tracebackhide__ = True
    told = expect.json_object(expect.ok(exchange))
    fit(told, FIELDS, "progress", exchange)
    return told


def _state_has(lab: Lab, name: str, shape: Shape) -> None:
    exchange = lab.read("progress")
    fit(told_by(exchange)["state"], {name: shape}, "state", exchange)


def _says_nothing(told: dict[str, Any], exchange: Exchange) -> None:
    __tracebackhide__ = True
    for name in ("progress", "eta_relative", "current_image"):
        nothing = None if name == "current_image" else 0
        expect.equal(told[name], nothing, f"{name} of an idle server", exchange)


def _make_a_picture(lab: Lab) -> None:
    try:
        _ = lab.generate(dict(lab.r1.payload)).images
    except (Signal, ConnectionFailed):
        # The checks of txt2img will tell.
        return


def _busy(told: dict[str, Any]) -> str:
    count = told["state"].get("job_count")
    return f"progress {told['progress']}, job_count {count}"
