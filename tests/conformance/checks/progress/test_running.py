"""Progress while a job runs, reported by a machine that stalls."""

from __future__ import annotations

import json
from functools import partial
from itertools import count
from typing import Any
from unittest.mock import patch

import pytest
from broken.registry import STEP_TIME
from clock import HandClock, SharedTime
from doubles import Ask, Reply, mock, served
from judging import make_context

from conformance.checks import all_checks
from conformance.client.transport import Transport
from conformance.exchange import Exchange
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.generation import Generation
from conformance.runner.judge import judge
from conformance.runner.long_jobs import LongJobs
from conformance.runner.watch import PROGRESS, Observation, WatchedJob
from conformance.verdict import Result, Verdict

# Seconds, of which one is too many.
_STALL = 1.5


def _where_one_in(stalls: int, arrivals: HandClock) -> Result:
    """PROGRESS-010 on a server of which one answer in so many is slow."""
    shared, asked = SharedTime(), count(1)
    sound = mock(clock=shared, step_time=STEP_TIME)

    def server(ask: Ask) -> Reply:
        if ask.route.endswith("/progress") and next(asked) % stalls == 0:
            arrivals.sleep(_STALL)
        return sound(ask)

    with served(server):
        context = make_context("a1111-1.10.1", clock=Clock(shared, shared.sleep))
        name = "PROGRESS-010"
        return judge(load_catalogue()[name], all_checks()[name].function, context)


@pytest.mark.parametrize(
    ("stalls", "verdict"),
    [
        pytest.param(1, Verdict.WARN, id="always"),
        pytest.param(5, Verdict.PASS_LOOSE, id="now and then"),
    ],
)
def test_a_server_is_slow_whose_answers_are_slow_as_a_rule(
    stalls: int, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrivals = HandClock()
    monkeypatch.setattr("conformance.client.client.Transport", partial(Transport, clock=arrivals))
    assert _where_one_in(stalls, arrivals).verdict is verdict


def _exchange(value: Any) -> Exchange:
    body = json.dumps(value).encode()
    return Exchange(method="GET", path=PROGRESS, url=PROGRESS, status=200, body=body)


def _look(after: float, progress: float) -> Observation:
    state = {"sampling_step": 0, "job_count": 1}
    more = {"eta_relative": 0.0, "current_image": None, "textinfo": None}
    return Observation(
        PROGRESS, _exchange({"progress": progress, "state": state, **more}), after, outlived=True
    )


def _verdict(name: str, profile: str, steps: int, looks: dict[float, float]) -> Verdict:
    """What a check says of a job of two seconds, by moment and progress of the looks at it."""
    made = Generation({"steps": steps}, _exchange({"images": [], "parameters": {}, "info": "{}"}))
    seen = tuple(_look(*look) for look in looks.items())
    job = WatchedJob(made, seen, _exchange({}), seconds=2.0)
    with patch.object(LongJobs, "watched", job):
        function = all_checks()[name].function
        return judge(load_catalogue()[name], function, make_context(profile)).verdict


@pytest.mark.parametrize(("steps", "verdict"), [(1, Verdict.SKIPPED), (20, Verdict.WARN)])
def test_steps_are_counted_where_a_picture_has_several(steps: int, verdict: Verdict) -> None:
    looks = {number / 5: number / 10 for number in range(1, 9)}

    assert _verdict("PROGRESS-023", "a1111-1.10.1", steps, looks) is verdict


@pytest.mark.parametrize(
    ("looks", "verdict"),
    [
        pytest.param({0.1: 0, 0.2: 0}, Verdict.SKIPPED, id="before the first step"),
        pytest.param({0.1: 0, 0.2: 0, 0.3: 0}, Verdict.SKIPPED, id="more of them"),
        pytest.param({0.1: 0, 0.9: 0, 1.8: 0}, Verdict.FAIL, id="to the end"),
    ],
)
def test_no_progress_is_a_fault_where_most_of_a_job_was_seen(
    looks: dict[float, float], verdict: Verdict
) -> None:
    with served(mock(profile="sdnext-2025-03")):
        assert _verdict("PROGRESS-006", "sdnext", 20, looks) is verdict
