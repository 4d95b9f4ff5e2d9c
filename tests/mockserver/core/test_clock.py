"""A clock that tests move by hand."""

from __future__ import annotations

import threading

from mockserver.core.clock import ManualClock, RealClock


def sleeper(clock: ManualClock, seconds: float, log: list[float]) -> threading.Thread:
    def run() -> None:
        clock.sleep(seconds)
        log.append(seconds)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_a_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(start=100.0)

    clock.advance(2.5)

    assert clock.now() == 102.5


def test_who_is_due_first_wakes_first() -> None:
    clock, log = ManualClock(), []
    threads = [sleeper(clock, 3, log), sleeper(clock, 1, log)]
    assert clock.wait_for_sleepers(2)

    moved = [clock.advance_to_next(), clock.advance_to_next()]

    for thread in threads:
        thread.join(5)
    assert (moved, log) == ([1, 2], [1, 3])


def test_nobody_is_due_on_a_clock_that_nobody_sleeps_on() -> None:
    clock = ManualClock()

    assert (clock.advance_to_next(), clock.sleepers) == (0.0, 0)
    assert not clock.wait_for_sleepers(timeout=0)


def test_a_sleep_of_no_length_returns_at_once() -> None:
    ManualClock().sleep(0)


def test_the_real_clock_moves_by_itself() -> None:
    clock = RealClock()
    before = clock.now()

    clock.sleep(0)

    assert clock.now() >= before
