"""Sections with titles of their own, in every format."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from reports import SECRET, document, failure, result

from conformance.report.console import Console
from conformance.report.destination import FORMATS, Format
from conformance.report.document import Collector, ExitCode
from conformance.report.html_report import render_html
from conformance.report.json_report import read_document, render_json
from conformance.report.junit import render_junit
from conformance.report.markdown import render_markdown
from conformance.report.summary import verdict_line
from conformance.runner.events import CheckFinished, Entry, RunFinished, Section

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.report.document import Document

_STOP = Section(
    key="stop",
    title="Stopped",
    lines=(f"Two states behind {SECRET}.", "Nothing more was written."),
    tone="bad",
    urgent=True,
)
_ENTRY = Entry(
    id="X-1", level="high", title="Files", sentence=f"It shows {SECRET}.", details=("a",)
)
_LONG = Section(
    key="long", title="Long", lines=("a", "b"), brief=("both",), entries=(_ENTRY,), fails=True
)
_LEFT = Section(key="left", title="Left behind", lines=("grid-0001.png",), short="1 file left")


def test_a_later_section_of_the_same_key_replaces_the_earlier_one() -> None:
    collector = Collector()
    for section in (_STOP, Section(key="left", title="Old", lines=("x",)), _LEFT):
        collector.handle(section)
    assert collector.document.sections == (_STOP, _LEFT)


def test_a_section_without_lines_only_counts_in_the_verdict_line() -> None:
    counted = document(sections=(Section(key="x", title="X", short="too fast to be watched"),))
    assert counted.sections_shown(urgent=False) == ()
    assert "too fast to be watched" in verdict_line(counted)


def test_the_terminal_shows_what_is_urgent_before_the_failures() -> None:
    out = io.StringIO()
    console = Console(out, lambda name: name)
    for event in (_LEFT, _STOP, CheckFinished(failure())):
        console.handle(event)
    console.handle(RunFinished(1.0, 0.0, None))  # type: ignore[arg-type]
    text = out.getvalue()
    report = text[text.index("Stopped") :]
    assert report.index("  Nothing more was written.") < report.index("LIST-001 (MUST)")
    assert report.index("LIST-001 (MUST)") < report.index("Left behind\n  grid-0001.png")


@pytest.mark.parametrize("render", [render_html, render_markdown])
def test_pages_show_what_is_urgent_before_the_failures(
    render: Callable[[Document], str],
) -> None:
    text = render(document(failure(), sections=(_LEFT, _STOP)))
    places = [text.rindex(part) for part in ("Nothing more was", "To look at", "grid-0001.png")]
    assert places == sorted(places)


def test_json_keeps_sections_and_reads_them_back() -> None:
    read = read_document(render_json(document(result(), sections=(_LEFT,))), "x")
    assert read.sections == (_LEFT,)


def test_junit_shows_sections_in_the_suite_of_the_run() -> None:
    root = ET.fromstring(render_junit(document(result(), sections=(_LEFT,))))  # noqa: S314 - ours
    assert "grid-0001.png" in (root.findtext(".//testsuite[@name='RUN']/testcase/system-out") or "")
    assert root.get("errors") == "0"


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.suffix)
def test_no_format_shows_a_secret_of_a_section(form: Format) -> None:
    assert SECRET not in form.render(document(failure(), sections=(_STOP,)))


def test_entries_and_brief_lines_are_read_back_without_secrets() -> None:
    text = render_json(document(failure(), sections=(_LONG,)))
    (read,) = read_document(text, "x").sections
    assert (read.brief, read.entries[0].details, read.fails) == (("both",), ("a",), True)
    assert SECRET not in text


def test_a_terminal_shows_the_brief_lines_and_pages_show_all() -> None:
    out = io.StringIO()
    console = Console(out, lambda name: name)
    console.handle(_LONG)
    console.handle(RunFinished(1.0, 0.0, None))  # type: ignore[arg-type]
    assert "Long\n  both\n" in out.getvalue()
    assert "- b" in render_markdown(document(result(), sections=(_LONG,)))


def test_what_the_operator_wants_to_fail_ends_with_1() -> None:
    assert document(result(), sections=(_LONG,)).exit_code() is ExitCode.NOT_CONFORMANT
    assert document(result(), sections=(_LEFT,)).exit_code() is ExitCode.CONFORMANT
