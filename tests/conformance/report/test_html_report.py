"""The report and the matrix as HTML, read without a browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from reports import MIXED, document, failure, result

from conformance.report.html_report import ledger, render_html
from conformance.report.matrix import matrix_rows, render_matrix
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import Document

_VOID = {"meta", "link", "img", "input", "br", "rect"}


class _Page(HTMLParser):
    """Tags in balance, ids and the places that links point to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.loads: list[str] = []
        self.scripts = 0
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
        self.scripts += tag == "script"
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src"}:
                (self.targets if (value or "").startswith("#") else self.loads).append(value or "")
            assert not name.startswith("on"), f"{tag} has {name}"
            assert name != "style", "the page's policy lets no style attribute work"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


_PAGES = pytest.mark.parametrize(
    "text",
    [
        pytest.param(render_html(document(*MIXED, lost="gone", name="live")), id="report"),
        pytest.param(render_html(document()), id="an empty report"),
        pytest.param(render_matrix([document(*MIXED), document(*MIXED[3:])]), id="matrix"),
    ],
)


@_PAGES
def test_a_page_is_well_formed_and_its_links_lead_somewhere(text: str) -> None:
    page = _Page(text)
    assert page.open == []
    assert len(set(page.ids)) == len(page.ids)
    assert {target[1:] for target in page.targets} <= set(page.ids)


@_PAGES
def test_a_page_loads_nothing_and_lets_nothing_load(text: str) -> None:
    assert all(each.startswith("data:") for each in _Page(text).loads)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src &#39;none&#39;")
    assert "unsafe" not in policy[1]


def test_what_a_server_said_is_text_and_never_markup() -> None:
    evil = '</script><script>alert(1)</script><img src=x onerror="x">'
    texts = (
        render_html(document(failure(actual=evil, expected=evil), name=evil, profile=evil)),
        render_matrix([document(failure(actual=evil), name=evil)]),
    )
    for text in texts:
        page = _Page(text)
        assert page.scripts == 1
        assert "alert(1)" in page.text


def test_a_failure_shows_claims_exchange_curl_replay_and_thumbnails() -> None:
    text = render_html(document(failure()))
    page = _Page(text)
    for words in (
        "a list",
        "an object of ***",
        "POST http://host:7860/sdapi/v1/png-info?token=***",
        "500 in 0.25 s",
        "curl -sS",
        "sdapi-check http://host:7860 --only LIST-001",
        "request image",
    ):
        assert words in page.text
    assert text.count("data:image/png;base64,") == 2


def test_the_whole_catalogue_passed_or_failed_stays_below_a_megabyte_and_a_half() -> None:
    passed = document(*[result(r.id) for r in load_catalogue()])
    failed = document(*[failure(r.id) for r in load_catalogue()])
    assert len(render_html(passed).encode()) < 500_000
    assert len(render_html(failed).encode()) < 3_000_000


def test_programs_are_listed_worst_first_with_the_reason() -> None:
    page = _Page(render_html(document(failure("OPT-001"))))
    programs = page.text.partition("Which programs will work")[2]
    assert "GET options is how it verifies the address, and it wants JSON." in programs
    assert programs.index("breaks") < programs.index("unknown")


def test_a_bar_is_as_long_as_what_applies() -> None:
    rows = {row.level: row for row in ledger(document(*MIXED))}
    assert rows[Level.MUST].total == 5
    counts = {part.label: part.count for part in rows[Level.MUST].parts}
    assert counts == {"met": 2, "failed": 1, "not met": 1, "not looked at": 1}
    assert sum(part.width for part in rows[Level.MUST].parts) == pytest.approx(100, abs=0.01)
    assert rows[Level.SHOULD].total == 5


def _differs(*verdicts: Verdict) -> bool:
    (row,) = matrix_rows([document(result(verdict=verdict)) for verdict in verdicts])
    return row.differs


def test_servers_differ_where_something_else_was_found_out() -> None:
    assert _differs(Verdict.PASS, Verdict.FAIL, Verdict.PASS)
    assert _differs(Verdict.PASS, Verdict.UNSUPPORTED)
    assert not _differs(Verdict.PASS, Verdict.PASS)
    assert _differs(Verdict.PASS, Verdict.NOT_APPLICABLE)
    assert not _differs(Verdict.PASS, Verdict.NOT_RUN, Verdict.SKIPPED, Verdict.ERROR)


def test_the_matrix_knows_every_requirement_that_any_server_knows() -> None:
    documents: list[Document] = [
        document(result("LIST-001"), result("LIST-002")),
        document(result("LIST-002"), result("LIST-003")),
    ]
    rows = matrix_rows(documents)
    assert [row.requirement.id for row in rows] == ["LIST-001", "LIST-002", "LIST-003"]
    assert [cell and cell.id for cell in rows[0].cells] == ["LIST-001", None]
    assert "unknown to it" in _Page(render_matrix(documents)).text
