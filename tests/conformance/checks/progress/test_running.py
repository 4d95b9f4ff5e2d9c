"""Progress while a job runs, told by a machine that stalls."""

from __future__ import annotations

import time
from itertools import count

import pytest
from broken.registry import STEP_TIME
from clock import SharedTime
from doubles import Ask, Told, mock, served
from judging import bench

from conformance.checks import all_checks
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.judge import judge
from conformance.verdict import Result, Verdict

# Real seconds: answers are timed where they arrive.
_SLOW = 0.1
_STALL = 0.15


def _where_one_in(stalls: int) -> Result:
    """PROGRESS-010 on a server of which one answer in so many is slow."""
    shared, asked = SharedTime(), count(1)
    sound = mock(clock=shared, step_time=STEP_TIME)

    def server(ask: Ask) -> Told:
        if ask.route.endswith("/progress") and next(asked) % stalls == 0:
            time.sleep(_STALL)
        return sound(ask)

    with served(server):
        context = bench("a1111-1.10.1", clock=Clock(shared, shared.sleep))
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
    monkeypatch.setattr("conformance.checks.progress.running._SLOW", _SLOW)
    assert _where_one_in(stalls).verdict is verdict
