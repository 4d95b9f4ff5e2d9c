"""The judge before the servers in C++: it knows each, acquits it, and tells it from the webui."""

from __future__ import annotations

from functools import cache

import pytest
from doubles import mock, served
from judging import make_context

from conformance.checks import all_checks
from conformance.detection.profile import ServerProfile
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.events import CheckFinished, Event
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Result, Verdict

WEBUI = "a1111-1.10.1"
KOBOLDCPP, SDCPP = "koboldcpp-1.111", "sdcpp-master-827"
FAMILY = {KOBOLDCPP: "kobold", SDCPP: "sdcpp"}
EACH = pytest.mark.parametrize(
    "name", [pytest.param(KOBOLDCPP, id="KoboldCpp"), pytest.param(SDCPP, id="sd.cpp")]
)
#: MUSTs of v1.10.1 that each breaks, with what it does instead.
UNLIKE_THE_WEBUI = {
    KOBOLDCPP: {
        "HTTP-018": "223 bytes of text/html",
        "PNGINFO-001": "it is absent (404)",
        "PROGRESS-001": "it is absent (404)",
        "INFO-001": "it starts with 'Prompt: cat | NegativePrompt: bad |'",
        "INFO-013": 'info.prompt is "Fchse,  ,  smart',
        "TXT2IMG-012": "it has no key",
        "TXT2IMG-018": "1 images",
        "TXT2IMG-080": 'info.sampler_name is "ddim_trailing"',
        "EXTRAS-018": "it is empty",
    },
    SDCPP: {
        "HTTP-018": "an empty body",
        "PNGINFO-001": "it is absent (404)",
        "PROGRESS-001": "it is absent (404)",
        "EXTRAS-001": "it is absent (404)",
        "TXT2IMG-019": "1 images",
        "TXT2IMG-026": "parameters has zz_conformance_nope",
        "TXT2IMG-043": "400 prompt required",
        "INFO-013": 'the text in the metadata of images[0] is "FÃ¼chse',
    },
}


#: Lists of the webui's that a 404 answers or that are empty, keys that only its schedulers and
#: LoRAs have, letters beyond ASCII, media types, and info of a request without a negative prompt.
MORE_OF = {"HTTP-001", "HTTP-025", "LIST-004", "LIST-005", "LIST-008", "TXT2IMG-076", "TXT2IMG-095"}


@cache
def results(name: str, profile: str | None) -> dict[str, Result]:
    """A run that writes no setting, as a profile or as what the judge finds the server to be."""
    events: list[Event] = []
    with served(mock(profile=name)):
        run = Run(make_context(profile), RunSettings(mode=Mode.SAFE, patience=None), events.append)
        run.carry_out(run.prepare(load_catalogue(), all_checks()))
    return {e.result.id: e.result for e in events if isinstance(e, CheckFinished)}


def of(verdict: Verdict, name: str, profile: str | None = None) -> dict[str, str]:
    found = results(name, profile).items()
    return {key: r.actual or r.reason or "" for key, r in found if r.verdict is verdict}


@EACH
def test_each_is_known_for_what_it_is(name: str) -> None:
    with served(mock(profile=name)):
        context = make_context()
        before = str(context.profile)
        context.identify()
    assert (before, str(context.profile)) == (FAMILY[name], FAMILY[name])


@EACH
def test_each_keeps_every_promise_of_its_own_profile(name: str) -> None:
    unmet = {key: r.actual for key, r in results(name, None).items() if r.verdict.unmet}

    assert unmet == {}
    assert of(Verdict.ERROR, name) == {}
    assert sum(r.verdict.met for r in results(name, None).values()) >= 35


@EACH
def test_as_the_webui_each_fails_and_each_difference_is_reported(name: str) -> None:
    failed = of(Verdict.FAIL, name, WEBUI)
    told = UNLIKE_THE_WEBUI[name]

    assert {key: failed[key][: len(words)] for key, words in told.items()} == told
    assert all(failed.values())
    assert of(Verdict.ERROR, name, WEBUI) == {}


@EACH
def test_nothing_that_each_promises_is_reported_but_for_what_the_webui_promises_more_of(
    name: str,
) -> None:
    own = ServerProfile.parse(FAMILY[name])
    promised = {r.id for r in load_catalogue() if own.promises(r)}
    unmet = {key for key, r in results(name, WEBUI).items() if r.verdict.unmet}

    assert unmet & promised <= MORE_OF
