"""The plan and what a run spends agree."""

from __future__ import annotations

from dataclasses import replace

import pytest
from clock import SharedTime
from doubles import mock, served
from judging import make_context

from conformance.cli.session import EMBEDDED_JOBS, RunOptions, planned
from conformance.detection.profile import ServerProfile
from conformance.requirements.catalogue import load_catalogue, select
from conformance.runner.budget import Clock
from conformance.runner.plan import Mode, RunSettings, Sampled, Samples, load_samples
from conformance.runner.registry import LONG_JOBS, Check, all_checks
from conformance.runner.run import Run

_NEWEST = ServerProfile.parse("a1111-1.10.1")
_TOLERANCE = 0.2


@pytest.mark.parametrize("step_time", [0.02, 8.0], ids="{} s a step".format)
@pytest.mark.parametrize(
    "only",
    [
        pytest.param(("TXT2IMG-05", "TXT2IMG-08", "QUEUE"), id="pictures and long jobs"),
        pytest.param(("INTERRUPT", "PROGRESS-006"), id="long jobs"),
    ],
)
def test_a_run_spends_what_it_said_before(only: tuple[str, ...], step_time: float) -> None:
    time = SharedTime()
    with served(mock(clock=time, step_time=step_time)):
        context = make_context("a1111-1.10.1", clock=Clock(time, time.sleep))
        settings = RunSettings(mode=Mode.FULL, patience=None)
        run = Run(context, settings, lambda _: None, time)
        plan = run.prepare(select(load_catalogue(), only), all_checks())
        run.carry_out(plan)
        run.finish()
    assert context.meter.spent == pytest.approx(plan.cost, rel=_TOLERANCE)


def test_a_run_with_a_budget_spends_what_it_said_before_too() -> None:
    time = SharedTime()
    with served(mock(clock=time, step_time=0.1)):
        context = make_context("a1111-1.10.1", clock=Clock(time, time.sleep), budget=1.0)
        run = Run(context, RunSettings(patience=None), lambda _: None, time)
        plan = run.prepare(select(load_catalogue(), ("QUEUE", "PROGRESS-006")), all_checks())
        run.carry_out(plan)
        run.finish()
    assert 0.05 < context.meter.spent <= 1
    assert context.meter.spent == pytest.approx(plan.cost, rel=_TOLERANCE)


def test_what_several_checks_share_is_counted_once() -> None:
    samples = Samples({"a": 5}, {name: Sampled(2, frozenset("a")) for name in ("X-1", "X-2")})
    checks = [Check(name, lambda _: None) for name in ("X-1", "X-2")]
    first, second = (
        samples.pixel_steps(check, 64, made, {})
        for check, made in zip(checks, ((), samples.names(checks[0])), strict=True)
    )
    assert (first, second) == (7 * 64**2, 2 * 64**2)


def test_a_check_that_was_not_measured_costs_what_it_says() -> None:
    check = Check("X-1", lambda _: None, own_steps=3, own_pixels=5)
    assert load_samples().pixel_steps(check, 64, (), {}) == 3 * 64**2 + 5


def test_long_jobs_cost_what_was_measured_on_the_server() -> None:
    check = replace(all_checks()["LIST-026"], id="X-1")
    assert load_samples().pixel_steps(check, 64, (), {"watched": 777}) == 777
    assert load_samples().pixel_steps(check, 64, ("watched",), {"watched": 777}) == 0


def test_every_measured_check_and_shared_picture_exists() -> None:
    samples = load_samples()
    assert samples.ids <= all_checks().keys()
    assert samples.ids >= {"TXT2IMG-001", "IMG2IMG-028", "INFO-002"}


def test_the_embedded_mock_is_planned_with_the_speed_that_it_has() -> None:
    slow, fast = (
        planned(_NEWEST, RunOptions(mode=Mode.FULL, examples=0), jobs)
        for jobs in ({}, EMBEDDED_JOBS)
    )
    assert set(EMBEDDED_JOBS) == LONG_JOBS
    assert fast.cost > slow.cost + 1
