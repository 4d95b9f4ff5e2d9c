"""Sound servers that are unlike each other are acquitted, each under its own profile."""

from __future__ import annotations

from functools import cache

import pytest
from doubles import mock, served
from judging import bench
from recorded import SERVERS, Recorded

from conformance.catalogue import load_catalogue
from conformance.checks import all_checks
from conformance.engine import CheckFinished, Event, Mode, Run, RunSettings
from conformance.verdict import Result, Verdict

_AREAS = {"HTTP", "AUTH", "LIST", "OPT"}


@cache
def _results(name: str) -> tuple[Result, ...]:
    """A full run over these areas, told apart by detection alone."""
    events: list[Event] = []
    with served(mock() if name == "mock" else Recorded(name)):
        run = Run(bench(), RunSettings(mode=Mode.FULL, patience=None), events.append)
        chosen = [r for r in load_catalogue() if r.area in _AREAS]
        run.carry_out(run.prepare(chosen, all_checks()))
    return tuple(event.result for event in events if isinstance(event, CheckFinished))


@pytest.mark.parametrize("name", ["mock", *SERVERS])
def test_a_sound_server_keeps_every_promise_of_its_profile(name: str) -> None:
    unmet = {r.id: r.actual for r in _results(name) if r.verdict.unmet}
    assert unmet == {}


@pytest.mark.parametrize("name", ["mock", *SERVERS])
def test_the_suite_does_not_fail_on_any_of_them(name: str) -> None:
    errors = {r.id: r.reason for r in _results(name) if r.verdict is Verdict.ERROR}
    assert errors == {}


@pytest.mark.parametrize(
    ("name", "least"),
    [
        pytest.param("mock", 65, id="mock"),
        pytest.param("a1111-1.10.1", 65, id="1.10.1"),
        pytest.param("a1111-1.3.0", 50, id="1.3.0"),
        pytest.param("sdnext-2025-03", 45, id="SD.Next"),
        pytest.param("koboldcpp-1.111", 12, id="KoboldCpp"),
        pytest.param("sdcpp-master-827", 14, id="sd.cpp"),
    ],
)
def test_an_acquittal_rests_on_many_requirements(name: str, least: int) -> None:
    assert sum(r.verdict.met for r in _results(name)) >= least
