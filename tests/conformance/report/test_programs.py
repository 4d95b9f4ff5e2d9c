"""What a report says of programs."""

from __future__ import annotations

import io
from typing import Any

import pytest
from reports import document, failure, result

from conformance.report.console import Console
from conformance.report.html_report import render_html
from conformance.report.json_report import document_json, read_document, render_json
from conformance.report.junit import render_junit
from conformance.report.markdown import render_markdown
from conformance.report.programs import answer_line, program_lines, reported
from conformance.requirements.client_programs import find_client
from conformance.runner.events import CheckFinished, Note, RunFinished
from conformance.verdict import Result, Verdict

_CLIENT = find_client("open-webui")


def _met(*but: str) -> list[Result]:
    ids = (*_CLIENT.need_ids, *_CLIENT.like_ids)
    return [result(name) for name in ids if name not in but]


def _answer(*results: Result, **values: Any) -> str:
    made = document(*results, **{"programs": ("open-webui",), **values})
    return answer_line(reported(made)[0], made)


def test_a_program_whose_needs_are_met_works() -> None:
    assert _answer(*_met()).startswith("Open WebUI works: all ")


def test_a_program_breaks_on_a_cause_with_what_was_found() -> None:
    answer = _answer(*_met("OPT-001"), failure("OPT-001", actual="an array", exchanges=()))
    assert answer.startswith("Open WebUI breaks: ")
    assert answer.endswith(": an array (OPT-001)")


def test_one_cause_is_one_reason() -> None:
    pair = _CLIENT.need_ids[:2]
    same = [failure(name, actual="the server says nothing at all") for name in pair]
    assert _answer(*_met(*pair), *same).count("the server says nothing at all") == 1


def test_a_program_that_loses_something_works_and_says_what() -> None:
    like = _CLIENT.like_ids[0]
    lost = failure(like, Verdict.WARN, actual="it is odd", exchanges=())
    assert _answer(*_met(like), lost).startswith("Open WebUI works, and loses: ")
    assert f": it is odd ({like})" in _answer(*_met(like), lost)


def test_what_was_not_looked_at_names_the_mode_that_does() -> None:
    left = result("OPT-019", Verdict.NOT_RUN, reason="its effect is 'writes settings'")
    answer = _answer(*_met("OPT-019"), left)
    assert answer.startswith("Open WebUI is undecided, ")
    assert answer.endswith("still to be looked at: OPT-019, with --mode restore")


def test_what_could_not_be_looked_at_in_any_mode_says_why() -> None:
    left = result("OPT-019", Verdict.SKIPPED, reason="the server is busy")
    assert _answer(*_met("OPT-019"), left, mode="full").endswith("OPT-019 (the server is busy)")


def test_programs_that_were_not_asked_for_are_silent() -> None:
    made = document(*_met(), programs=("open-webui",))
    assert [outlook.client.id for outlook in reported(made)] == ["open-webui"]
    assert [client["id"] for client in document_json(made)["clients"]] == ["open-webui"]
    assert "SillyTavern" not in render_html(made) + render_markdown(made)
    assert read_document(render_json(made), "x").programs == ("open-webui",)


def test_pages_answer_first() -> None:
    made = document(*_met(), programs=("open-webui",))
    page = render_html(made)
    assert page.index("Open WebUI works: all") < page.index('class="facts"')
    assert render_markdown(made).splitlines()[2].startswith("**Open WebUI works: all")


def test_junit_has_the_answer_as_a_property() -> None:
    text = render_junit(document(*_met(), programs=("open-webui",)))
    assert '<property name="open-webui" value="Open WebUI works: all' in text


def test_the_first_line_of_a_terminal_is_the_answer_whatever_happened_before() -> None:
    out = io.StringIO()
    console = Console(out, str, programs=("open-webui",))
    for event in (Note("waiting"), *map(CheckFinished, [*_met("OPT-001"), failure("OPT-001")])):
        console.handle(event)
    console.handle(RunFinished(1.0, 0.0, None))  # type: ignore[arg-type]
    first, second, *_ = out.getvalue().splitlines()
    assert first.startswith("Open WebUI breaks: ")
    assert second == "waiting"


@pytest.mark.parametrize("asked", [(), ("open-webui",)], ids=["no program", "a program"])
def test_a_readiness_probe_says_nothing_of_programs(asked: tuple[str, ...]) -> None:
    made = document(*_met(), mode="smoke", programs=asked)
    assert bool(reported(made)) is bool(asked)
    if not asked:
        assert program_lines(made) == []
        assert "Which programs" not in render_html(made) + render_markdown(made)
