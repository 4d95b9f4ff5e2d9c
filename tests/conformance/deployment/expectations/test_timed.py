"""The longest time for a given request."""

from __future__ import annotations

import requests
from demanding import configured, expected
from doubles import Ask, Reply, broken, instead, mock, reply

from conformance.deployment.expectations.checks import Demands
from conformance.runner.budget import PICTURE
from conformance.verdict import Verdict

_REQUEST = "{prompt = 'a cat', width = 64, height = 64, steps = 2}"


def _longest(seconds: float) -> str:
    return f"longest = [{{request = {_REQUEST}, seconds = {seconds}}}]"


def test_a_request_in_its_time_passes_and_is_paid_for() -> None:
    result = expected(mock(), _longest(60), "EXPECT-LONGEST")
    assert result.verdict is Verdict.PASS
    assert result.cost == 64 * 64 * 2 / PICTURE


def test_a_request_that_takes_longer_fails_and_the_time_is_reported() -> None:
    result = expected(mock(), _longest(1e-9), "EXPECT-LONGEST")
    assert result.verdict is Verdict.FAIL
    assert result.expected == "0.00 pictures within 1e-09 s"
    assert result.actual.startswith("it took ")


def test_a_request_that_is_never_answered_fails() -> None:
    def hanging(ask: Ask) -> Reply:
        if ask.method == "POST":
            raise requests.ReadTimeout
        return mock()(ask)

    result = expected(hanging, _longest(5), "EXPECT-LONGEST")
    assert result.verdict is Verdict.FAIL
    assert result.expected == "0.00 pictures within 5 s"


def test_a_request_that_is_refused_fails() -> None:
    server = broken(mock(), instead(reply({"detail": "no"}, 500)), route="txt2img")
    assert expected(server, _longest(60), "EXPECT-LONGEST").actual == "500 no"


def test_the_plan_counts_what_it_costs() -> None:
    check = Demands(configured(_longest(5)).targets[0].expect).checks["EXPECT-LONGEST"]
    assert check.pixel_steps(64) == check.pixel_steps(128) == 64 * 64 * 2


def test_a_budget_that_is_too_small_leaves_it_out() -> None:
    result = expected(mock(), _longest(60), "EXPECT-LONGEST", budget=0.0001)
    assert result.verdict is Verdict.NOT_RUN
