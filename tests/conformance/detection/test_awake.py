"""Waiting for a server that is not up yet, on a clock moved by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from clock import HandClock

from conformance.client import Exchange, Pace
from conformance.detection.readiness import when_awake
from conformance.errors import (
    AccessDenied,
    CertificateError,
    ConformanceError,
    TargetError,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_NOWHERE = Exchange(method="GET", path="/", url="http://host/", request_headers={})


def _raising(*errors: ConformanceError) -> Callable[[], str]:
    """An attempt that fails so often, and then gets through."""
    left = iter(errors)

    def attempt() -> str:
        for error in left:
            raise error
        return "awake"

    return attempt


def _refused() -> Unreachable:
    return Unreachable("nothing listens", _NOWHERE)


def _wait(attempt: Callable[[], str], limit: float) -> tuple[str, float, list[str]]:
    clock, said = HandClock(), list[str]()
    pace = Pace(1.0, limit, clock.sleep, clock)
    return when_awake(attempt, pace, said.append), clock.now, said


def test_one_that_is_up_is_not_waited_for() -> None:
    assert _wait(_raising(), 300) == ("awake", 0.0, [])


def test_one_that_wakes_is_waited_for() -> None:
    found, seconds, said = _wait(_raising(_refused(), TargetError("its API is off")), 300)
    assert (found, seconds) == ("awake", 2.0)
    assert said == ["waiting for the server, 0 s of 300 s: nothing listens"]


def test_a_line_comes_every_fifteen_seconds() -> None:
    said = _wait(_raising(*(_refused() for _ in range(40))), 300)[2]
    assert [words.split(",")[1] for words in said] == [
        " 0 s of 300 s: nothing listens",
        " 15 s of 300 s: nothing listens",
        " 30 s of 300 s: nothing listens",
    ]


def test_one_that_never_wakes_is_reported_by_its_last_failure() -> None:
    with pytest.raises(TargetError, match="off"):
        _wait(_raising(_refused(), _refused(), TargetError("off"), _refused()), 2)


def test_without_patience_there_is_one_attempt_and_no_line() -> None:
    with pytest.raises(Unreachable):
        _wait(_raising(_refused()), 0)


@pytest.mark.parametrize("error", [AccessDenied("wrong"), CertificateError("no trust", _NOWHERE)])
def test_what_time_does_not_mend_is_reported_at_once(error: ConformanceError) -> None:
    with pytest.raises(type(error)):
        _wait(_raising(error), 300)
