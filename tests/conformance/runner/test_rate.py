from __future__ import annotations

from clock import HandClock

from conformance.runner.retries import RateLimit


def test_without_a_limit_nobody_waits() -> None:
    clock = HandClock()
    limit = RateLimit(None, clock, clock.sleep)
    for _ in range(3):
        limit.wait()
    assert clock.slept == []


def test_requests_keep_their_distance() -> None:
    clock = HandClock()
    limit = RateLimit(4, clock, clock.sleep)
    for _ in range(3):
        limit.wait()
    assert clock.slept == [0.25, 0.25]


def test_time_that_passed_anyway_is_not_waited_for_again() -> None:
    clock = HandClock()
    limit = RateLimit(2, clock, clock.sleep)
    limit.wait()
    clock.now = 10
    limit.wait()
    assert clock.slept == []
