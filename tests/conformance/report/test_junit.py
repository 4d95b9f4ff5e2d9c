"""The report as JUnit XML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from reports import MIXED, SECRET, document, failure, result

from conformance.report.junit import render_junit
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import Document


def _cases(given: Document) -> dict[str, ET.Element]:
    root = ET.fromstring(render_junit(given))  # noqa: S314 - our own text
    return {(case.get("name") or "").split()[0]: case for case in root.iter("testcase")}


def _tag(case: ET.Element) -> str | None:
    return next((t for t in ("failure", "error", "skipped") if case.find(t) is not None), None)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        pytest.param("LIST-001", "failure", id="a MUST"),
        pytest.param("LIST-021", "skipped", id="a SHOULD"),
        pytest.param("LIST-028", "skipped", id="a MAY"),
        pytest.param("LIST-002", None, id="a pass"),
        pytest.param("OPT-002", None, id="a loose pass"),
        pytest.param("OPT-008", "skipped", id="not run"),
        pytest.param("IMG-001", "skipped", id="waived"),
        pytest.param("OPT-006", "failure", id="a waiver out of date"),
        pytest.param("QUEUE-001", "error", id="an error of the suite"),
        pytest.param("LIST-025", "skipped", id="unsupported"),
    ],
)
def test_what_decides_the_exit_code_is_a_failure_and_nothing_else(
    name: str, tag: str | None
) -> None:
    assert _tag(_cases(document(*MIXED))[name]) == tag


def test_a_should_that_counts_is_a_failure() -> None:
    cases = _cases(document(failure("LIST-021", Verdict.WARN), fail_on=Level.SHOULD))
    assert _tag(cases["LIST-021"]) == "failure"


def test_a_failure_says_what_was_found_and_holds_the_whole_story() -> None:
    found = _cases(document(failure()))["LIST-001"].find("failure")
    assert found is not None
    assert (found.get("message"), found.get("type")) == ("an object of ***", "MUST")
    assert "Replay:   sdapi-check http://host:7860 --only LIST-001" in (found.text or "")


def test_a_requirement_that_need_not_be_met_says_so_and_keeps_its_story() -> None:
    case = _cases(document(failure("LIST-028", Verdict.INFO)))["LIST-028"]
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "MAY, info: an object of ***"
    assert "Expected: a list" in (case.findtext("system-out") or "")


def test_there_is_a_suite_for_each_area_with_its_counts_and_properties() -> None:
    root = ET.fromstring(render_junit(document(*MIXED)))  # noqa: S314 - our own text
    suites = {suite.get("name"): suite for suite in root.iter("testsuite")}
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("12", "2", "1")
    assert suites["QUEUE"].get("errors") == "1"
    properties = {p.get("name"): p.get("value") for p in suites["OPT"].iter("property")}
    assert properties["profile"] == "a1111 1.10.1"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param(document(result(), lost="gone"), "gone", id="the server went away"),
        pytest.param(document(result(), not_put_back="left x"), "left x", id="options left"),
        pytest.param(document(result(verdict=Verdict.SKIPPED)), "nothing was", id="nothing"),
        pytest.param(
            document(result(), result("LIST-002", Verdict.NOT_RUN), certify=True),
            "LIST-002",
            id="not all certified",
        ),
    ],
)
def test_a_run_that_ended_badly_is_red_though_no_requirement_failed(
    given: Document, words: str
) -> None:
    error = _cases(given)["the"].find("error")
    assert error is not None
    assert words in (error.get("message") or "")


def test_no_secret_is_reported() -> None:
    assert SECRET not in render_junit(document(*MIXED))


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\x1b[31m", "\ufffe", "]]>", "&<>\"'"])
def test_whatever_a_server_says_is_well_formed(text: str) -> None:
    ET.fromstring(render_junit(document(failure(actual=text)))).iter()  # noqa: S314 - our own text
