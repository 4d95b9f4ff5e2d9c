"""Checks of the routes outside the API that the web UI polls, PROGRESS-013 to 017.

An API-only server has none of them. Source: modules/progress.py at v1.10.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.answers import ARRAY, BOOLEAN, WHOLE, fit
from conformance.client.image import decode_image
from conformance.detection.probe import absent
from conformance.errors import ImageError
from conformance.runner.registry import check
from conformance.runner.watch import INTERNAL
from conformance.verdict import Failed, NotSupported, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.watch import Observation


_FLAGS = {"active": BOOLEAN, "queued": BOOLEAN, "completed": BOOLEAN}
# Fewer looks, or a shorter job in seconds, show nothing.
_SOME, _SHORT = 3, 0.3
_NOBODYS = "task(conformance-nobody)"
_DATA_URI = re.compile(r"data:image/[a-z]+;base64,")


@check("PROGRESS-013")
def unknown_task(context: CheckContext) -> None:
    """A task that nobody ever began."""
    exchange = expect.ok(context.post(INTERNAL, json={"id_task": _NOBODYS}))
    reported = expect.json_object(exchange)
    fit(reported, _FLAGS, "the answer", exchange)
    for name in _FLAGS:
        expect.equal(reported[name], False, name, exchange)
    expect.equal(reported.get("textinfo"), "Waiting...", "textinfo", exchange)


@check("PROGRESS-014", needs=("watched",))
def own_task(context: CheckContext) -> None:
    """The watched job, by the id it was given."""
    looks = [look for look in _looks(context) if look.outlived]
    if not any(look.reported.get("active") is True for look in looks):
        if len(looks) < _SOME or context.watched.seconds < _SHORT:
            raise Skip(
                f"the job was over in {context.watched.seconds:.2f} s, too soon to look at it"
            )
        actual = f"active was not true at {len(looks)} looks"
        raise Failed("the own task active while it runs", actual, looks[-1].exchange)
    exchange = context.watched.finished
    if exchange is None:
        raise Skip("the task was not asked about after its end")
    reported = expect.json_object(expect.ok(exchange))
    ended = {"active": False, "completed": True}
    expect.equal({name: reported.get(name) for name in ended}, ended, "the ended task", exchange)


@check("PROGRESS-015")
def pending_tasks(context: CheckContext) -> None:
    """As many tasks as it says."""
    exchange = expect.ok(context.get("/internal/pending-tasks"))
    reported = expect.json_object(exchange)
    fit(reported, {"size": WHOLE, "tasks": ARRAY}, "the answer", exchange)
    expect.equal(reported["size"], len(reported["tasks"]), "size", exchange)


@check("PROGRESS-016")
def ping(context: CheckContext) -> None:
    """The smallest answer there is."""
    exchange = expect.ok(context.get("/internal/ping"))
    expect.equal(expect.json_of(exchange), {}, "the body", exchange)


@check("PROGRESS-017", needs=("watched",))
def live_previews_are_data_uris(context: CheckContext) -> None:
    """Every preview that was sent."""
    shown = [look for look in _looks(context) if look.reported.get("live_preview") is not None]
    if not shown:
        raise Skip("no preview was sent while the job ran; they may be switched off")
    for look in shown:
        _is_data_uri(look.reported["live_preview"], look)


def _looks(context: CheckContext) -> tuple[Observation, ...]:
    """The looks at the task while it ran."""
    looks = context.watched.of(INTERNAL)
    if looks and absent(looks[0].exchange):
        raise NotSupported(f"POST {INTERNAL}", looks[0].exchange)
    return looks


def _is_data_uri(text: Any, look: Observation) -> None:
    __tracebackhide__ = True
    prefix = _DATA_URI.match(text) if isinstance(text, str) else None
    if prefix is None:
        raise Failed("live_preview as a data URI", expect.shown(text), look.exchange)
    try:
        decode_image(text)
    except ImageError as error:
        raise Failed("live_preview to be a picture", str(error), look.exchange) from error
