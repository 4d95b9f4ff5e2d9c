"""The judge before the mock as SD.Next: it knows it, acquits it, and tells it from the webui."""

from __future__ import annotations

from functools import cache

from doubles import mock, served
from judging import make_context

from conformance.checks import all_checks
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.events import CheckFinished, Event
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Result, Verdict

PROFILE = "sdnext-2025-03"
#: The MUSTs of v1.10.1 that SD.Next does not keep, with what it does instead.
UNLIKE_THE_WEBUI = {
    "PNGINFO-028": "parameters['Steps'] is 25",
    "IMG2IMG-002": "400 Init image is none",
    "IMG2IMG-010": "it has 12x4",
    "LIST-004": "it is absent (404)",
    "LIST-005": "it is absent (404)",
    "LIST-011": "it is absent (404)",
    "PROGRESS-004": "it has skipped, interrupted, job",
    "TXT2IMG-030": "404 Sampler not found",
    "TXT2IMG-050": "500 AttributeError",
    "INFO-005": "it is 'cat\\nNegative prompt: \\nSteps: 1, Size: 64x64, ",
}
LEAST_MET = 150


@cache
def results(profile: str | None) -> dict[str, Result]:
    """A run that writes no setting, as a profile or as what the judge finds it to be."""
    events: list[Event] = []
    with served(mock(profile=PROFILE, step_time=0.002)):
        run = Run(make_context(profile), RunSettings(mode=Mode.SAFE, patience=None), events.append)
        run.carry_out(run.prepare(load_catalogue(), all_checks()))
    return {e.result.id: e.result for e in events if isinstance(e, CheckFinished)}


def of(verdict: Verdict, profile: str | None) -> dict[str, str]:
    found = results(profile).items()
    return {name: r.actual or r.reason or "" for name, r in found if r.verdict is verdict}


def test_it_is_known_for_what_it_is() -> None:
    with served(mock(profile=PROFILE, step_time=0.002)):
        assert str(make_context().target.profile) == "sdnext"


def test_it_keeps_every_promise_of_its_own_profile() -> None:
    unmet = {name: r.actual for name, r in results(None).items() if r.verdict.unmet}

    assert unmet == {}
    assert of(Verdict.ERROR, None) == {}
    assert sum(r.verdict.met for r in results(None).values()) >= LEAST_MET


def test_as_the_webui_it_fails_and_each_difference_is_reported() -> None:
    failed = of(Verdict.FAIL, "a1111-1.10.1")

    told = {name: failed[name][: len(words)] for name, words in UNLIKE_THE_WEBUI.items()}
    assert told == UNLIKE_THE_WEBUI
    # Its progress is 0 until the first step has ended, which a poll meets or does not.
    assert set(failed) - {"PROGRESS-006"} == set(UNLIKE_THE_WEBUI)
    assert of(Verdict.ERROR, "a1111-1.10.1") == {}
