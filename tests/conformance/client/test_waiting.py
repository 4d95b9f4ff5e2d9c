"""Waiting for a server, on a clock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.client import (
    Exchange,
    Pace,
    Progress,
    ProgressState,
    parse_error_body,
    wait_until_awake,
    wait_until_idle,
    watch_progress,
)
from conformance.errors import (
    GatewayRefused,
    MalformedAnswer,
    ServerRefused,
    StillBusy,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXCHANGE = Exchange(method="GET", path="/sdapi/v1/progress", url="http://host", status=502)


class Time:
    """Passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def pace(self, **limits: float) -> Pace:
        return Pace(sleep=self.sleep, clock=lambda: self.now, **limits)


class Server:
    """Answers progress with one job count after the other, the last for ever."""

    def __init__(self, *job_counts: int, job: str = "") -> None:
        self.left = list(job_counts)
        self.job = job
        self.skipped: list[bool] = []

    def progress(self, *, skip_current_image: bool = False) -> Progress:
        self.skipped.append(skip_current_image)
        count = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        state = ProgressState(job=self.job if count else "", job_count=count)
        return Progress(progress=0.0, eta_relative=0.0, state=state)


def test_an_idle_server_is_looked_at_twice() -> None:
    time, server = Time(), Server(0)
    wait_until_idle(server, time.pace())
    assert (len(server.skipped), time.now) == (2, 1.0)
    assert all(server.skipped)


def test_a_moment_between_two_jobs_is_not_taken_for_idleness() -> None:
    time, server = Time(), Server(1, 0, 1, 0, 0)
    wait_until_idle(server, time.pace())
    assert time.now == 4.0


def test_one_look_can_be_enough() -> None:
    server = Server(0)
    wait_until_idle(server, Time().pace(), looks=1)
    assert len(server.skipped) == 1


def test_a_server_that_stays_busy_is_reported_with_its_job() -> None:
    time, server = Time(), Server(1, job="scripts_txt2img")
    with pytest.raises(StillBusy, match="busy with 'scripts_txt2img' after 10 s"):
        wait_until_idle(server, time.pace(limit=10))
    assert time.now == 10.0


def test_progress_is_watched_until_the_job_is_done() -> None:
    time, server = Time(), Server(1, 1, 0, 1)
    seen = list(watch_progress(server, until=lambda p: p.idle, pace=time.pace(interval=0.5)))
    assert [progress.state.job_count for progress in seen] == [1, 1, 0]
    assert time.now == 1.0


def test_a_job_that_does_not_end_is_reported() -> None:
    watching = watch_progress(Server(1), until=lambda p: p.idle, pace=Time().pace(limit=3))
    with pytest.raises(StillBusy, match="not done after 3 s"):
        list(watching)


def fails(*errors: Exception) -> Callable[[], str]:
    left: Iterator[Exception] = iter(errors)

    def look() -> str:
        for error in left:
            raise error
        return "awake"

    return look


def refused(kind: type[ServerRefused]) -> ServerRefused:
    return kind(502, parse_error_body(502, {}, b""), EXCHANGE)


def test_a_server_is_waited_for_until_it_answers() -> None:
    asleep = [Unreachable("no", EXCHANGE), refused(GatewayRefused), refused(GatewayRefused)]
    assert wait_until_awake(fails(*asleep), Time().pace(interval=2)) == 6.0


def test_the_last_error_is_raised_when_time_is_up() -> None:
    asleep: list[Any] = [Unreachable(f"no {n}", EXCHANGE) for n in range(9)]
    with pytest.raises(Unreachable, match="no 3"):
        wait_until_awake(fails(*asleep), Time().pace(interval=1, limit=3))


@pytest.mark.parametrize("error", [refused(ServerRefused), MalformedAnswer("odd", EXCHANGE)])
def test_a_server_that_answers_anything_is_awake(error: Exception) -> None:
    time = Time()
    with pytest.raises(type(error)):
        wait_until_awake(fails(error), time.pace())
    assert time.now == 0.0
