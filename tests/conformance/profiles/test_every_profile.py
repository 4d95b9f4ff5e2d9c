"""The mock under each of its profiles: detected, and judged by its own requirements."""

from __future__ import annotations

import pytest
from clock import SharedTime
from doubles import mock, served
from judging import make_context
from profiles import DETECTED
from sound import RELEASES

from conformance.checks import all_checks
from conformance.detection.profile import ServerProfile
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.events import CheckFinished, Event
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Result, Verdict
from mockserver.profiles.loader import profile_names

#: The webui's other releases are run through in the tests of the checks.
JUDGED_HERE = [
    name
    for name in DETECTED
    if name not in {"a1111-1.10.1", *(f"a1111-{name}" for name in RELEASES)}
]
#: The mock is started with --api-server-stop, which the last one of these reports (MAY).
REPORTED = {"MISC-005"}
#: What the genuine programs break themselves; recorded, or read in their source.
_OF_FORGE = {"LIST-017", "OPT-012", "OPT-013", "TXT2IMG-050", "TXT2IMG-066", "TXT2IMG-091"}
_OF_FORGE |= {"IMG2IMG-056", "MISC-019", "MISC-020", "MISC-021", "CONTROLNET-018"}
#: SD.Next of 2026 answers what has nothing to say with 204, has pydantic's newer words, fewer
#: options and keys, templates in its infotexts, and no text for html_info.
_OF_SDNEXT = {"HTTP-001", "HTTP-007", "HTTP-009", "HTTP-011", "LIST-001", "LIST-009", "LIST-010"}
_OF_SDNEXT |= {"LIST-015", "LIST-019", "OPT-001", "OPT-008", "PNGINFO-003", "EXTRAS-009"}
_OF_SDNEXT |= {"TXT2IMG-059", "INFO-001", "INFO-002", "INTERRUPT-001", "INTERRUPT-002"}
_OF_SDNEXT |= {"INTERRUPT-004", "INTERRUPT-007", "MISC-003", "MISC-004", "MISC-012", "MISC-016"}
_OF_SDNEXT |= {"MISC-018"}
#: No list of schedulers, no upscaling, no interrogate.
_OF_SDNEXT |= {"LIST-004", "EXTRAS-001", "EXTRAS-007", "MISC-002"}
OWN_FAULTS = {
    "sdnext-2026-07": _OF_SDNEXT,
    # It puts a comma behind every prompt.
    "koboldcpp-1.115.1": {"TXT2IMG-074"},
    "forge": _OF_FORGE,
    "reforge": {"CONTROLNET-018"},
    "forge-neo": _OF_FORGE - {"MISC-019", "MISC-020", "MISC-021"},
    "ersatzforge": _OF_FORGE - {"TXT2IMG-050", "MISC-019", "MISC-020", "MISC-021"},
}
#: What Forge is excused for where it is taken for what it is: hires fix is asked for as upstream
#: takes it, without modules; lines of NovelAI; an override that goes unheard.
OWN_WAY = {"TXT2IMG-051", "TXT2IMG-088", "TXT2IMG-089", "TXT2IMG-103", "TXT2IMG-105"}
OWN_WAY |= {"TXT2IMG-106", "TXT2IMG-107", "TXT2IMG-108", "INFO-010"}
OWN_WAY |= {"PNGINFO-018", "TXT2IMG-058"}
STEP_TIME = 0.4


def full_run(profile: str, judged_as: str | None = None) -> tuple[Result, ...]:
    """What a full run over every requirement finds.

    Args:
        profile: of the mock.
        judged_as: what the judge is asked to take it for; None lets it find out.
    """
    time, events = SharedTime(), list[Event]()
    with served(mock(clock=time, profile=profile, step_time=STEP_TIME)):
        context = make_context(judged_as, clock=Clock(time, time.sleep))
        run = Run(context, RunSettings(mode=Mode.FULL, patience=None), events.append)
        run.carry_out(run.prepare(list(load_catalogue()), all_checks()))
        run.finish()
    return tuple(event.result for event in events if isinstance(event, CheckFinished))


def unmet(results: tuple[Result, ...]) -> dict[str, str]:
    return {r.id: r.actual or r.reason for r in results if r.verdict.unmet}


def test_every_profile_is_here() -> None:
    assert tuple(sorted(DETECTED)) == profile_names()


@pytest.mark.parametrize("profile", DETECTED)
def test_every_profile_is_detected(profile: str) -> None:
    time = SharedTime()
    with served(mock(clock=time, profile=profile)):
        context = make_context(None, clock=Clock(time, time.sleep))
        context.target.recognise()
        context.identify()
        assert str(context.profile) == str(ServerProfile.parse(DETECTED[profile]))


@pytest.mark.parametrize("profile", JUDGED_HERE)
def test_a_profile_keeps_every_promise_of_its_own(profile: str) -> None:
    """But for the faults of the program itself, which are reported."""
    results, faults = full_run(profile), OWN_FAULTS.get(profile, set())
    assert set(unmet(results)) <= REPORTED | faults, unmet(results)
    assert set(unmet(results)) >= faults
    assert [r.reason for r in results if r.verdict is Verdict.ERROR] == []


@pytest.mark.parametrize(
    ("profile", "judged_as", "reported"),
    [
        pytest.param(
            "a1111-1.9.0",
            "a1111-1.10.1",
            {"LIST-004", "LIST-021", "EXTRAS-015", "TXT2IMG-027", "TXT2IMG-029", "INFO-015"},
            id="1.9-as-1.10: no schedulers, no old names of samplers, extras within bounds",
        ),
        pytest.param(
            "a1111-1.10.1",
            "a1111-1.9.0",
            {"TXT2IMG-028", "TXT2IMG-031"},
            id="1.10-as-1.9: unknown samplers pass",
        ),
        pytest.param(
            "forge",
            "a1111-1.10.1",
            {"HTTP-009", "HTTP-016", "LIST-006", "OPT-011"},
            id="forge-as-1.10: errors of another shape, no list of VAEs",
        ),
    ],
)
def test_under_another_profile_what_differs_is_reported(
    profile: str, judged_as: str, reported: set[str]
) -> None:
    """And nothing that the server's own kind promises, but for what each kind says its own way."""
    own = ServerProfile.parse(DETECTED[profile])
    promised = {r.id for r in load_catalogue() if own.promises(r)}

    found = set(unmet(full_run(profile, judged_as)))

    assert reported <= found
    assert found & promised <= REPORTED | OWN_WAY | OWN_FAULTS.get(profile, set())
