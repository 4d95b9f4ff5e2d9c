"""Waivers: what they make of results."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from conformance.deployment.waivers import Waiver, Waivers
from conformance.detection.profile import ServerProfile
from conformance.report.document import Document, ExitCode
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.requirement import Applies
from conformance.verdict import Result, Verdict

_TODAY = date(2027, 3, 31)
_WEBUI = ServerProfile.parse("a1111-1.10.1")


def _result(verdict: Verdict, name: str = "LIST-018") -> Result:
    return Result(requirement=load_catalogue()[name], verdict=verdict, actual="none")


def _waiver(**parts: object) -> Waiver:
    return Waiver(**{"id": "LIST-018", "reason": "known", "place": "the waiver"} | parts)  # type: ignore[arg-type]


def _amended(verdict: Verdict, *waivers: Waiver, name: str = "LIST-018") -> Result:
    return Waivers("live", waivers, _TODAY).amend(_result(verdict, name), _WEBUI)


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.WARN, Verdict.INFO])
def test_what_is_not_met_is_waived_with_the_reason(verdict: Verdict) -> None:
    result = _amended(verdict, _waiver(link="https://t/1"))
    assert (result.verdict, result.reason) == (Verdict.WAIVED, "known (https://t/1)")
    assert result.actual == "none"


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.PASS_LOOSE])
def test_what_is_met_makes_the_waiver_red(verdict: Verdict) -> None:
    result = _amended(verdict, _waiver())
    assert result.verdict is Verdict.WAIVED_BUT_PASSED
    assert "remove the waiver" in result.reason


@pytest.mark.parametrize(
    "verdict", [Verdict.SKIPPED, Verdict.NOT_RUN, Verdict.UNSUPPORTED, Verdict.ERROR]
)
def test_what_was_not_looked_at_stays_as_it_is(verdict: Verdict) -> None:
    assert _amended(verdict, _waiver()).verdict is verdict


def test_an_expired_waiver_changes_no_failure_and_is_named() -> None:
    result = _amended(Verdict.FAIL, _waiver(expires=date(2027, 3, 30)))
    assert result.verdict is Verdict.FAIL
    assert result.reason == "its waiver expired on 2027-03-30; renew or remove the waiver"


def test_a_waiver_counts_on_its_last_day() -> None:
    assert _amended(Verdict.FAIL, _waiver(expires=_TODAY)).verdict is Verdict.WAIVED


def test_a_renewed_waiver_replaces_an_expired_one() -> None:
    old, new = _waiver(expires=date(2026, 1, 1)), _waiver(reason="renewed")
    assert _amended(Verdict.FAIL, old, new).reason == "renewed"


@pytest.mark.parametrize(
    ("parts", "waived"),
    [
        pytest.param({"target": "live"}, True, id="this target"),
        pytest.param({"target": "other"}, False, id="another target"),
        pytest.param({"profile": Applies.parse("a1111>=1.6")}, True, id="this kind"),
        pytest.param({"profile": Applies.parse("sdnext")}, False, id="another kind"),
        pytest.param({"id": "LIST-001"}, False, id="another requirement"),
    ],
)
def test_a_waiver_concerns_what_it_names(parts: dict[str, object], *, waived: bool) -> None:
    result = _amended(Verdict.FAIL, _waiver(**parts))
    assert (result.verdict is Verdict.WAIVED) is waived


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        pytest.param(Verdict.FAIL, ExitCode.CONFORMANT, id="a waived failure"),
        pytest.param(Verdict.PASS, ExitCode.NOT_CONFORMANT, id="a waiver out of date"),
    ],
)
def test_the_exit_code_follows(verdict: Verdict, code: ExitCode) -> None:
    result = _amended(verdict, _waiver())
    started = datetime(2027, 3, 31, tzinfo=UTC)
    document = Document(url="", profile="", mode="safe", seed=0, started=started, results=(result,))
    assert document.exit_code() is code
