"""What changed from one result to another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from reports import document, failure, result

from conformance.report.comparison import Kind, compare, comparison_json, comparison_lines
from conformance.requirements.requirement import Level
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from conformance.report.document import Document


def _kinds(old: Document, new: Document) -> dict[str, Kind]:
    return {change.result.id: change.kind for change in compare(old, new).changes}


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        pytest.param(Verdict.PASS, Verdict.FAIL, Kind.FAILS, id="it broke"),
        pytest.param(Verdict.NOT_RUN, Verdict.FAIL, Kind.FAILS, id="it was not looked at"),
        pytest.param(Verdict.UNSUPPORTED, Verdict.WARN, Kind.FAILS, id="it is there, and bad"),
        pytest.param(Verdict.FAIL, Verdict.PASS, Kind.PASSES, id="it was mended"),
        pytest.param(Verdict.NOT_RUN, Verdict.PASS_LOOSE, Kind.PASSES, id="it is looked at"),
        pytest.param(Verdict.PASS, Verdict.SKIPPED, Kind.UNSEEN, id="it was lost from sight"),
        pytest.param(Verdict.PASS, Verdict.PASS_LOOSE, Kind.OTHERWISE, id="less strictly"),
        pytest.param(Verdict.FAIL, Verdict.WAIVED, Kind.OTHERWISE, id="it was waived"),
        pytest.param(Verdict.SKIPPED, Verdict.NOT_RUN, Kind.OTHERWISE, id="another reason"),
    ],
)
def test_a_change_has_its_kind(old: Verdict, new: Verdict, kind: Kind) -> None:
    before, after = document(result(verdict=old)), document(result(verdict=new))
    assert _kinds(before, after) == {"LIST-001": kind}


def test_what_stayed_is_not_reported() -> None:
    same = document(failure(), result("LIST-002"))
    assert _kinds(same, same) == {}
    assert list(comparison_lines(compare(same, same)))[-1] == "nothing changed"


def test_requirements_appear_and_go() -> None:
    old, new = document(result("LIST-001")), document(result("LIST-002"), failure("LIST-003"))
    expected = {"LIST-001": Kind.GONE, "LIST-002": Kind.APPEARED, "LIST-003": Kind.FAILS}
    assert _kinds(old, new) == expected


@pytest.mark.parametrize(
    ("name", "verdict", "fail_on", "worse"),
    [
        pytest.param("LIST-001", Verdict.FAIL, Level.MUST, True, id="a MUST"),
        pytest.param("LIST-021", Verdict.WARN, Level.MUST, False, id="a SHOULD"),
        pytest.param("LIST-021", Verdict.WARN, Level.SHOULD, True, id="a SHOULD that counts"),
        pytest.param("LIST-028", Verdict.INFO, Level.SHOULD, False, id="a MAY"),
        pytest.param("LIST-028", Verdict.INFO, Level.MAY, True, id="a MAY that counts"),
    ],
)
def test_it_is_worse_where_something_binding_newly_fails(
    name: str, verdict: Verdict, fail_on: Level, worse: bool
) -> None:
    comparison = compare(document(result(name)), document(failure(name, verdict)))
    assert comparison.worse(fail_on) is worse


def test_what_was_mended_makes_nothing_worse() -> None:
    assert not compare(document(failure()), document(result())).worse(Level.MAY)


def test_the_text_says_both_verdicts_and_what_was_found() -> None:
    lines = list(comparison_lines(compare(document(result()), document(failure()))))
    assert "newly failing (1)" in lines
    assert "  LIST-001 (MUST) pass -> fail: an object of planted-secret" in lines


def test_programs_whose_prospect_changed_are_reported() -> None:
    old, new = document(result("OPT-001")), document(failure("OPT-001"))
    lines = list(comparison_lines(compare(old, new)))
    assert "  Open WebUI: unknown -> breaks (on OPT-001)" in lines


def test_the_json_holds_the_same() -> None:
    value = comparison_json(compare(document(result()), document(failure())))
    (change,) = json.loads(json.dumps(value))["changes"]
    assert (change["id"], change["kind"]) == ("LIST-001", "newly failing")
    assert (change["old"], change["new"]) == ("pass", "fail")
    assert value["new"]["exit_code"] == 1


@pytest.mark.parametrize(
    ("new", "said"),
    [
        pytest.param(failure(actual="an\n object"), "an object", id="what was found"),
        pytest.param(result(verdict=Verdict.SKIPPED, reason="busy"), "busy", id="the reason"),
        pytest.param(result(verdict=Verdict.SKIPPED), "GET samplers is an array", id="the promise"),
        pytest.param(failure(actual="x" * 300), "x...", id="a long one in short"),
    ],
)
def test_a_change_says_what_was_found_or_why_nothing_was(new: Result, said: str) -> None:
    lines = list(comparison_lines(compare(document(result()), document(new))))
    (line,) = [line for line in lines if line.startswith("  LIST-001")]
    assert said in line
    assert line.endswith("...") is (len(line) > 160)
