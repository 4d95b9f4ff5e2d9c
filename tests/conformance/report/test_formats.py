"""Markdown, the badge, and formats by suffix."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from reports import MIXED, SECRET, document, failure, result

from conformance.errors import ReportError
from conformance.report import markdown
from conformance.report.destination import FORMATS, Format, format_of
from conformance.report.markdown import render_badge, render_markdown
from conformance.requirements.catalogue import load_catalogue
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import Document


def test_markdown_opens_with_the_verdict() -> None:
    first = render_markdown(document(*MIXED)).splitlines()[0]
    assert first == "## ✗ Not conformant: http://host:7860"


def test_markdown_counts_by_level_and_verdict() -> None:
    lines = render_markdown(document(failure(), result("LIST-002"))).splitlines()
    assert "| | ✓ pass | ✗ fail |" in lines
    assert "| **MUST** | 1 | 1 |" in lines


def test_markdown_says_each_failure_in_full_behind_a_line() -> None:
    text = render_markdown(document(failure()))
    assert "<details><summary>✗ fail <code>LIST-001</code> MUST: an object of ***" in text
    assert "  Expected: a list" in text


def test_markdown_stays_small_enough_for_a_summary() -> None:
    many = document(*[failure(r.id) for r in load_catalogue()])
    assert len(render_markdown(many).encode()) < 500_000


def test_markdown_says_which_programs_break() -> None:
    text = render_markdown(document(failure("OPT-001")))
    assert "| Open WebUI | ✗ breaks | breaks on OPT-001 |" in text


def test_markdown_is_silent_about_programs_where_nothing_is_known() -> None:
    assert "programs" not in render_markdown(document(result("HTTP-020")))


def test_a_fence_is_longer_than_any_that_a_server_sends() -> None:
    lines = render_markdown(document(failure(actual="`````\n# boo"))).splitlines()
    assert "````````text" in lines


def test_a_title_that_looks_like_markdown_is_shown_as_it_is() -> None:
    assert "\\<b\\>\\*x\\*" in render_markdown(document(name="<b>*x*"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param(document(result()), "conformant", id="good"),
        pytest.param(document(failure()), "1 MUST failed", id="bad"),
        pytest.param(document(), "nothing looked at", id="nothing"),
        pytest.param(document(result(), lost="x"), "the server went away", id="lost"),
    ],
)
def test_the_badge_says_the_verdict(given: Document, words: str) -> None:
    root = ET.fromstring(render_badge(given))  # noqa: S314 - our own text
    assert root.get("aria-label") == f"sdapi as a1111 1.10.1: {words}"
    assert words in [element.text for element in root.iter()]


def test_the_badge_escapes_what_it_shows() -> None:
    root = ET.fromstring(render_badge(document(profile='<&"')))  # noqa: S314 - our own text
    assert '<&"' in root.get("aria-label", "")


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.suffix)
def test_every_format_renders_every_verdict_without_a_secret(each: Format) -> None:
    text = format_of("x" + each.suffix.upper()).render(document(*MIXED))
    assert text.endswith("\n")
    assert SECRET not in text


@pytest.mark.parametrize("name", ["run.txt", "run", ".json.bak"])
def test_an_unknown_suffix_names_the_known_ones(name: str) -> None:
    with pytest.raises(ReportError, match=r"\.json .*\.html .*\.xml .*\.md .*\.svg"):
        format_of(name)


def test_a_document_that_passed_shows_no_failures() -> None:
    text = render_markdown(document(result(verdict=Verdict.PASS)))
    assert "To look at" not in text


def test_markdown_says_the_first_causes_in_full_and_the_others_on_a_line_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(markdown, "_IN_FULL", 1)
    odd = [
        failure("LIST-001", actual="an object of objects", exchanges=()),
        failure("OPT-001", actual="an array of names", exchanges=()),
    ]
    text = render_markdown(document(*odd))
    assert text.count("<details>") == 1
    assert "- ✗ fail `OPT-001` MUST: an array of names" in text.splitlines()
