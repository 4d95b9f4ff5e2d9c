"""A server that works for somebody else is left alone."""

from __future__ import annotations

from itertools import chain, repeat
from typing import Any

import pytest
from clock import HandClock
from doubles import URL, Reply, reply, served

from conformance.client import Client
from conformance.detection.readiness import Patience, wait_until_idle
from conformance.errors import StillBusy

_PATIENCE = Patience(limit=20, gap=1, frozen=5)


def _progress(count: int, step: int = 0, eta: float = 0.0) -> dict[str, Any]:
    state = {"job_count": count, "job_no": 0, "sampling_step": step, "sampling_steps": 20}
    return {"progress": step / 20, "eta_relative": eta, "state": state, "current_image": None}


def _wait(answers: list[Reply], looks: int = 2) -> tuple[list[str], HandClock]:
    """Wait at a server that gives these answers, the last one for ever."""
    clock, said = HandClock(), []
    remaining = chain(answers, repeat(answers[-1]))
    with served(lambda _: next(remaining)):
        wait_until_idle(Client(URL), _PATIENCE, said.append, clock, clock.sleep, looks=looks)
    return said, clock


def test_an_idle_server_is_looked_at_twice() -> None:
    said, clock = _wait([reply(_progress(0))])
    assert (said, clock.slept) == ([], [1])


def test_a_server_that_was_idle_before_is_looked_at_once() -> None:
    said, clock = _wait([reply(_progress(0))], looks=1)
    assert (said, clock.slept) == ([], [])


def test_a_server_that_was_idle_before_and_works_now_has_to_be_idle_twice_again() -> None:
    said, clock = _wait([reply(_progress(1)), reply(_progress(0))], looks=1)
    assert (len(said), clock.slept) == (1, [1, 1])


def test_a_job_is_waited_for_and_reported() -> None:
    busy = [reply(_progress(1, step, eta=9.0 - step)) for step in (5, 10)]
    said, _ = _wait([*busy, reply(_progress(0))])
    assert said == [
        "a job is running, 25% done, step 5 of 20",
        "a job is running, 50% done, step 10 of 20",
    ]


def test_the_pause_between_two_jobs_is_not_taken_for_idleness() -> None:
    answers = [reply(_progress(0)), reply(_progress(1, 3, 1.0)), reply(_progress(0))]
    said, clock = _wait(answers)
    assert len(said) == 1
    assert len(clock.slept) == 3


def test_a_server_that_keeps_working_is_left_alone() -> None:
    working = [reply(_progress(1, 10, eta=float(n))) for n in range(100)]
    with pytest.raises(StillBusy, match="did not become idle within 20 s; it was left alone"):
        _wait(working)


def test_a_state_that_never_moves_is_stale_and_not_work() -> None:
    said, clock = _wait([reply(_progress(1))])
    assert said[-1] == "the server says that it works, but nothing moves: taken as idle"
    assert clock.now == 5


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply({"detail": "Not Found"}, 404), id="no such route"),
        pytest.param(reply([1]), id="no object"),
        pytest.param(reply({"progress": 0.5}), id="no state"),
        pytest.param(Reply(200, {}, b"<html>"), id="no JSON"),
    ],
)
def test_a_server_that_says_nothing_is_not_waited_for(answer: Reply) -> None:
    said, clock = _wait([answer])
    assert (said, clock.slept) == ([], [])


def test_a_server_that_was_waited_for_in_vain_is_waited_for_less() -> None:
    assert Patience(limit=60).shorter.limit == 5
    assert Patience(limit=2).shorter.limit == 2
