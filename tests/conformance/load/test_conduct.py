from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from loads import plan, sample

from conformance.load.conduct import Conductor, Tools
from conformance.load.plan import Arrival, Budget, Limits
from conformance.load.samples import Outcome, Report


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    now: float = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Server:
    """A source of load over a server that makes a picture a second, as long as the budget pays."""

    clock: Clock
    budget: Budget
    outcome: Outcome = Outcome.WHOLE
    hangs: bool = False
    slow_to_leave: bool = False
    lost: str = ""
    users: float = 0
    left: bool = False
    closed: bool = False
    loads: list[float] = field(default_factory=list)
    _waiting: list[float] = field(default_factory=list)
    _next: float = 1.0

    def load(self, amount: float) -> None:
        self.users = amount
        self.loads.append(amount)

    @property
    def running(self) -> list[float]:
        return self._waiting

    def close(self) -> None:
        self.closed = True

    def leave(self) -> None:
        self.left = True
        if not self.slow_to_leave:
            self._waiting.clear()

    def reports(self) -> list[Report]:
        while len(self._waiting) < self.users and self.budget.take(1):
            self._waiting.append(self.clock.now)
        if self.hangs or self.clock.now < self._next or not self._waiting:
            return []
        self._next += 1
        problem = "" if self.outcome is Outcome.WHOLE else "HTTP 500"
        done = self.clock.now
        made = sample(self._waiting.pop(0), done, done - 1, outcome=self.outcome, problem=problem)
        return [Report((made,), running=tuple(self._waiting))]


def conduct(
    *, stops: float = float("inf"), server: dict[str, Any] | None = None, **changes: Any
) -> tuple[Server, list[dict[str, Any]]]:
    """A load test whose user stops after so many seconds: its source, and its events."""
    made, clock = plan(**changes), Clock()
    budget = Budget(made.budget)
    source = Server(clock, budget, **(server or {}))
    events: list[dict[str, Any]] = []
    tools = Tools(lambda: clock.now, clock.sleep, events.append, lambda: clock.now >= stops)
    Conductor(made, source, budget, tools, patience=60).run()
    return source, events


def samples_of(events: list[dict[str, Any]]) -> list[Any]:
    return [each for event in events if event["event"] == "report" for each in event["samples"]]


def test_the_ramp_is_gone_through_stage_by_stage() -> None:
    source, events = conduct(stages=(1, 2, 4))
    assert source.loads == [1, 2, 4]
    assert [event["load"] for event in events if event["event"] == "stage"] == [1, 2, 4]
    assert events[-1]["reason"] == "the ramp is at its end"


def test_pictures_under_way_at_the_end_are_waited_for() -> None:
    source, events = conduct(stages=(4,))
    assert source.running == []
    assert events[-1]["unfinished"] == 0
    assert len(samples_of(events)) == events[-1]["spent"]
    assert not source.left


def test_nobody_comes_any_more_once_the_ramp_is_at_its_end() -> None:
    source, _ = conduct(stages=(4,), arrival=Arrival.OPEN, longest=10.0)
    assert source.closed


def test_the_budget_is_never_exceeded() -> None:
    _, events = conduct(stages=(1, 8, 64), budget=20.0)
    assert events[-1]["reason"] == "the budget is used up"
    assert len(samples_of(events)) == events[-1]["spent"] == 20


def test_the_first_breach_of_a_limit_ends_the_ramp() -> None:
    source, events = conduct(stages=(1, 2, 4, 8, 16), limits=Limits(p95=3.5))
    assert source.loads[-1] in {4, 8}
    assert events[-1]["breached"]
    assert "p95 is above 3.5 s" in events[-1]["reason"]


def test_errors_end_the_ramp_at_once() -> None:
    source, events = conduct(stages=(1, 2), server={"outcome": Outcome.FAILED})
    assert source.loads == [1]
    assert "at 1 user: 1 of 4 pictures failed or were wrong (HTTP 500)" in events[-1]["reason"]


def test_a_user_who_stops_gives_up_what_is_under_way() -> None:
    source, events = conduct(stages=(4, 8), stops=3.0)
    assert source.left
    assert events[-1]["reason"] == "it was interrupted"
    assert not events[-1]["breached"]
    assert len(samples_of(events)) >= 2


def test_a_user_may_stop_while_the_last_pictures_are_waited_for() -> None:
    limits = Limits(p95=10.0)
    source, events = conduct(stages=(4,), stops=20.0, limits=limits, server={"hangs": True})
    assert events[-1]["breached"]
    assert source.left


def test_a_server_that_hangs_is_not_waited_for_for_ever() -> None:
    _, events = conduct(stages=(2,), longest=30.0, server={"hangs": True})
    assert events[-1]["unfinished"] == 2


def test_pictures_that_are_given_up_have_time_as_long_as_one_after_the_other_ends() -> None:
    # Ten users, and a picture a second.
    source, events = conduct(stages=(10,), stops=3.0, server={"slow_to_leave": True})
    assert source.left
    assert events[-1]["unfinished"] == 0
    hanging = {"slow_to_leave": True, "hangs": True}
    _, events = conduct(stages=(10,), stops=3.0, server=hanging)
    assert events[-1]["unfinished"] == 10


def test_a_user_who_stops_waits_for_a_minute_at_most() -> None:
    _, events = conduct(stages=(500,), stops=3.0, budget=500.0, server={"slow_to_leave": True})
    assert events[-1]["unfinished"] == pytest.approx(500 - 63, abs=2)


def test_workers_that_are_gone_end_the_load() -> None:
    _, events = conduct(server={"lost": "1 of 2 workers are gone"})
    assert events[-1]["reason"] == "1 of 2 workers are gone"
    assert events[-1]["lost"]
