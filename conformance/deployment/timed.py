"""Whether requests are answered in the time that an operator allows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.errors import TimedOut
from conformance.lab.cost import PICTURE
from conformance.signals import Failed
from conformance.target import API

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.deployment.expectations import Timed
    from conformance.lab import Lab

_PATH = f"{API}/txt2img"


def timed(requests: tuple[Timed, ...]) -> Callable[[Lab], None]:
    """The check that each request is served in its time; time in the server's queue counts."""

    def look(lab: Lab) -> None:
        for each in requests:
            _in_time(lab, each)

    return look


def _in_time(lab: Lab, each: Timed) -> None:
    expected = f"{each.pixel_steps / PICTURE:.2f} pictures within {each.seconds:g} s"
    known = lab.settings.timeouts
    # A slow answer is waited for, as far as the operator waits for any, and measured.
    timeouts = replace(known, read=max(known.read, each.seconds))
    try:
        exchange = lab.send("POST", _PATH, json=dict(each.request), timeout=timeouts)
    except TimedOut as error:
        raise Failed(expected, str(error), error.exchange) from error
    expect.ok(exchange)
    took = exchange.elapsed
    expect.that(took <= each.seconds, expected, f"it took {took:.1f} s", exchange)
