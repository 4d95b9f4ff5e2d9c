"""Progress, looked at whenever a step has passed."""

from __future__ import annotations

from typing import Any

import pytest
from sdnext import FOX, Sdn


class Polling:
    """A clock that asks for the progress each time somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0
        self.polls: list[dict[str, Any]] = []
        self.sdn: Sdn | None = None
        self.interrupt_at: int | None = None

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        assert self.sdn is not None
        self.polls.append(self.sdn.get("progress")[1])
        if len(self.polls) == self.interrupt_at:
            self.sdn.post("interrupt")


@pytest.fixture
def clock() -> Polling:
    clock = Polling()
    clock.sdn = Sdn(clock, step_time=64.0)
    return clock


def run(clock: Polling, **fields: Any) -> dict[str, Any]:
    assert clock.sdn is not None
    return clock.sdn.txt2img(**fields)


def test_an_idle_server_says_noughts_and_a_state_of_eight_keys() -> None:
    told = Sdn().get("progress")[1]

    assert (told["progress"], told["eta_relative"], told["current_image"]) == (0.0, 0.0, None)
    assert len(told["state"]) == 8
    assert "stopping_generation" not in told["state"]


def test_it_begins_at_nought_and_grows_to_the_end(clock: Polling) -> None:
    run(clock, steps=4, n_iter=2)

    shares = [poll["progress"] for poll in clock.polls]
    assert shares == [0.0, 0.12, 0.25, 0.38, 0.5, 0.62, 0.75, 0.88]


def test_the_time_left_follows_from_what_is_done(clock: Polling) -> None:
    run(clock, steps=4)

    assert clock.polls[2]["progress"] == 0.5
    assert clock.polls[2]["eta_relative"] == pytest.approx(3.0, abs=0.01)


def test_every_look_shows_a_small_picture_unless_it_is_not_wanted(clock: Polling) -> None:
    run(clock, steps=2)

    assert all(poll["current_image"] for poll in clock.polls)


def test_an_interrupted_job_answers_with_what_it_has(clock: Polling) -> None:
    clock.interrupt_at = 3

    answer = run(clock, steps=2, n_iter=4)

    assert len(answer["images"]) == 2
    assert len(clock.polls) == 3


def test_a_job_that_fails_leaves_the_server_idle() -> None:
    server = Sdn()
    server.post("txt2img", **{**FOX, "prompt": None})

    assert server.get("progress")[1]["state"]["job_count"] == 0
