"""Jobs that are made long enough to be watched, on servers of every speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from clock import HandClock
from doubles import URL, mock, served
from judging import make_context

from conformance.checks import Check
from conformance.client import Client, Exchange
from conformance.client.connection import Timeouts
from conformance.requirements.catalogue import load_catalogue
from conformance.runner import long_jobs
from conformance.runner.budget import PICTURE, Clock, Meter, RequestSender, pixel_steps
from conformance.runner.events import Event, Section
from conformance.runner.generation import Generation
from conformance.runner.long_jobs import JobTools, LongJobs, Pace
from conformance.runner.plan import RunSettings
from conformance.runner.run import Run
from conformance.runner.watch import Intervention, Observation, WatchedJob, WatchPlan
from conformance.verdict import Skip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.runner.check_context import CheckContext

_WATCHABLE = 0.3
_LONG = 0.5
_OVERHEAD = 0.005
_ANSWER = Exchange(method="POST", path="/sdapi/v1/txt2img", url=URL, status=200)


@dataclass
class _Server:
    """A server whose jobs are not carried out, but last as long as they would.

    Args:
        step: seconds of a step of 512x512 pixels.
        meter: counts what is sampled.
        look: seconds from one look to the next.
    """

    step: float
    meter: Meter
    look: float = 0.015

    def watch(self, payload: Mapping[str, Any], how: WatchPlan) -> WatchedJob:
        with self.meter.reserved(pixel_steps(payload)):
            sampling = self.step * pixel_steps(payload) / 512**2
        seconds = sampling + _OVERHEAD * payload.get("n_iter", 1)
        count = int(seconds / self.look)
        looks = tuple(Observation("", _ANSWER, n * self.look, outlived=True) for n in range(count))
        job = Generation(payload, _ANSWER)
        acted = Intervention(_ANSWER, looks[0], 0.1) if how.intervention and looks else None
        return WatchedJob(job, looks, _ANSWER, seconds, expected=how.expected, intervention=acted)


@pytest.fixture
def jobs_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., LongJobs]:
    """Makes the long jobs of a server of some speed."""

    def make(
        step: float, budget: float | None = None, planned: float = 0.0, look: float = 0.015
    ) -> LongJobs:
        meter, clock = Meter(budget), HandClock()
        meter.planned = planned
        monkeypatch.setattr(long_jobs, "Watcher", lambda *_: _Server(step, meter, look))
        sender = RequestSender(Client(URL), Timeouts())
        tools = JobTools(
            sender=sender,
            meter=meter,
            clock=Clock(clock, clock.sleep),
            size=64,
            warm_up=lambda: None,
            sampler=lambda: None,
        )
        return LongJobs(tools)

    return make


@pytest.mark.parametrize("step", [0.01, 0.025, 0.05, 0.3, 2.0, 30.0])
def test_a_job_lasts_long_enough_on_a_fast_and_on_a_slow_server(
    jobs_of: Callable[..., LongJobs], step: float
) -> None:
    jobs = jobs_of(step)
    assert jobs.watched.seconds >= _WATCHABLE
    assert jobs.watched.generation.payload["steps"] > 1
    assert jobs.unseen == frozenset()


@pytest.mark.parametrize("step", [0.01, 0.05, 0.3])
def test_a_job_of_several_pictures_lasts_no_longer_than_it_must(
    jobs_of: Callable[..., LongJobs], step: float
) -> None:
    assert _LONG / 2 <= jobs_of(step).interrupted.seconds <= 2 * _LONG


def test_a_judge_that_is_slow_to_look_watches_a_longer_job(
    jobs_of: Callable[..., LongJobs],
) -> None:
    job = jobs_of(0.3, look=0.06).watched
    assert len(job.looks) >= 20
    assert job.generation.payload["steps"] > 1


def test_a_fast_server_gets_larger_pictures_and_a_slow_one_keeps_the_small_ones(
    jobs_of: Callable[..., LongJobs],
) -> None:
    fast, slow = (jobs_of(step).watched.generation.payload["width"] for step in (0.02, 2.0))
    assert fast > slow == 64


def test_a_longer_job_stays_within_what_the_plan_leaves_of_the_budget(
    jobs_of: Callable[..., LongJobs],
) -> None:
    jobs = jobs_of(0.1, budget=0.4, planned=0.2)
    longest = pixel_steps(jobs.watched.generation.payload)
    assert 20 * 64 * 64 < longest <= 0.1 * PICTURE


def test_a_server_that_samples_in_no_time_gets_many_pictures_for_every_job(
    jobs_of: Callable[..., LongJobs],
) -> None:
    jobs = jobs_of(0.0)
    made = [jobs.watched, jobs.interrupted, jobs.skipped, jobs.queued]
    assert [job.generation.payload["n_iter"] for job in made] == [100] * 4


def test_the_pace_gives_larger_pictures_only_as_far_as_steps_do_not_suffice() -> None:
    assert Pace(0.1, 64).enlarged(_LONG) == Pace(0.1, 64)
    assert Pace(0.001, 64).enlarged(_LONG) == Pace(0.004, 128)
    assert Pace(1e-6, 64).enlarged(_LONG).edge == 512


def test_a_pace_without_time_asks_for_no_larger_pictures() -> None:
    assert Pace(0.0, 64).enlarged(0.5) == Pace(0.0, 64)


def test_a_run_says_what_a_server_was_too_fast_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def unlucky(context: CheckContext) -> None:
        raise Skip(f"the job was over in {context.watched.seconds:.2f} s")

    events, chosen = list[Event](), [load_catalogue()["LIST-026"]]
    monkeypatch.setattr(long_jobs, "Watcher", lambda *_: _Server(0.0, Meter()))
    with served(mock()):
        run = Run(make_context("a1111-1.10.1"), RunSettings(patience=None), events.append)
        check = Check("LIST-026", unlucky, frozenset({"watched"}))
        run.carry_out(run.prepare(chosen, {check.id: check}))
        run.finish()
    (section,) = [event for event in events if isinstance(event, Section)]
    assert section.short == "1 not watched: the server is too fast"
    assert "LIST-026" in section.lines[-1]


def test_a_job_that_was_over_before_others_could_queue_is_made_longer(
    jobs_of: Callable[..., LongJobs],
) -> None:
    jobs = jobs_of(0.05)
    jobs.measure(0.0, {"watched"})
    # Its plan counts the two behind it too.
    assert pixel_steps(jobs.queued.generation.payload) > jobs.measured["queued"]


def test_a_slow_server_makes_no_longer_job_for_others_to_queue_behind(
    jobs_of: Callable[..., LongJobs],
) -> None:
    jobs = jobs_of(30.0)
    jobs.measure(0.0, {"watched"})
    assert pixel_steps(jobs.queued.generation.payload) < jobs.measured["queued"]
