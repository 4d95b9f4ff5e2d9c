"""What kinds of lists are sound; broken ones are in the family."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from doubles import Server, broken, edited, mock, served
from judging import judged, make_context
from recorded import Recorded

from conformance.checks import all_checks
from conformance.client import Exchange
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.generation import Generation
from conformance.runner.judge import judge
from conformance.runner.watch import Observation, WatchedJob
from conformance.verdict import Result, Verdict


def _real() -> Server:
    """The recorded server, which has an entry in almost every list."""
    return Recorded("a1111-1.10.1")


@pytest.mark.parametrize(
    "name", [f"LIST-{n:03}" for n in range(1, 18) if n not in {5, 14, 15, 16, 17}]
)
def test_an_empty_list_is_no_fault_of_its_shape(name: str) -> None:
    empty = broken(_real(), edited(lambda value: [] if isinstance(value, list) else value))
    assert judged(empty, name).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("name", "server", "profile"),
    [
        pytest.param("LIST-002", "a1111-47a44c7", "a1111-47a44c7", id="no sha256 in 2022"),
        pytest.param("LIST-003", "a1111-47a44c7", "a1111-47a44c7", id="no scale in 2022"),
        pytest.param("LIST-004", "sdcpp-master-827", "sdcpp", id="schedulers of sd.cpp"),
        pytest.param("LIST-023", "sdnext-2025-03", "sdnext", id="titles of SD.Next"),
        pytest.param("LIST-023", "a1111-1.7.0", "a1111-1.7", id="a model not hashed yet"),
    ],
)
def test_the_lists_of_others_are_judged_by_what_they_promise(
    name: str, server: str, profile: str
) -> None:
    assert judged(Recorded(server), name, profile).verdict is Verdict.PASS


def test_a_route_that_is_not_promised_is_unsupported() -> None:
    result = judged(Recorded("koboldcpp-1.111"), "LIST-007", "kobold")
    assert result.verdict is Verdict.UNSUPPORTED
    assert result.reason == "GET /sdapi/v1/prompt-styles is absent"


def _look(elapsed: float, *, outlived: bool, status: int = 200) -> Observation:
    exchange = Exchange(
        method="GET",
        path="/sdapi/v1/sd-models",
        url="http://judged.test/sdapi/v1/sd-models",
        status=status,
        elapsed=elapsed,
    )
    return Observation("/sdapi/v1/sd-models", exchange, 0.1, outlived, took=elapsed)


def _beside(looks: tuple[Observation, ...], seconds: float) -> Result:
    """LIST-026 on a job that was watched before."""
    answered = _look(seconds, outlived=False).exchange
    with served(mock()):
        context = make_context("a1111-1.10.1")
        job = WatchedJob(Generation({}, answered), looks, answered, seconds)
        context.jobs = SimpleNamespace(watched=job)
        requirement = load_catalogue()["LIST-026"]
        return judge(requirement, all_checks()["LIST-026"].function, context)


def test_list_026_acquits_a_list_that_comes_while_the_job_runs() -> None:
    assert _beside((_look(0.02, outlived=True),), 3.0).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("look", "actual"),
    [
        pytest.param(_look(2.5, outlived=True), "it took 2.5 s while a job ran", id="too slow"),
        pytest.param(
            _look(1.5, outlived=False),
            "it came when the job had ended, 1.5 s later",
            id="only once the job had ended",
        ),
        pytest.param(_look(0.1, outlived=True, status=404), "404", id="refused"),
    ],
)
def test_list_026_convicts_a_list_that_waits_for_the_job(look: Observation, actual: str) -> None:
    result = _beside((look,), 1.6)
    assert result.verdict is Verdict.WARN
    assert result.actual == actual


def test_list_026_says_so_where_the_job_is_over_at_once() -> None:
    result = _beside((), 0.05)
    assert result.verdict is Verdict.SKIPPED
    assert "too soon to look meanwhile" in result.reason
