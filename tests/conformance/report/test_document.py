from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conformance.detection.profile import ServerProfile
from conformance.report.document import Collector, Document, ExitCode
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.requirement import Level
from conformance.runner.events import (
    CheckFinished,
    Note,
    OptionsNotRestored,
    RunFinished,
    RunStarted,
    ServerLost,
)
from conformance.runner.plan import Mode, Plan
from conformance.verdict import Result, Verdict

_MUST, _SHOULD = "LIST-001", "LIST-021"
_NOW = datetime(2026, 11, 21, tzinfo=UTC)
_PROFILE = ServerProfile.parse("a1111-1.10.1")


def _result(verdict: Verdict, name: str = _MUST) -> Result:
    return Result(requirement=load_catalogue()[name], verdict=verdict)


def _document(*results: Result, **values: object) -> Document:
    given = {"url": "http://x", "profile": "a1111", "mode": "safe", "seed": 0, "started": _NOW}
    return Document(results=results, **given | values)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        pytest.param(_document(_result(Verdict.PASS)), ExitCode.CONFORMANT, id="all good"),
        pytest.param(_document(_result(Verdict.FAIL)), ExitCode.NOT_CONFORMANT, id="a MUST"),
        pytest.param(_document(_result(Verdict.WARN, _SHOULD)), ExitCode.CONFORMANT, id="a SHOULD"),
        pytest.param(
            _document(_result(Verdict.WAIVED_BUT_PASSED)), ExitCode.NOT_CONFORMANT, id="a waiver"
        ),
        pytest.param(_document(_result(Verdict.WAIVED)), ExitCode.CONFORMANT, id="waived"),
        pytest.param(
            _document(_result(Verdict.ERROR), _result(Verdict.PASS)),
            ExitCode.SUITE_FAILED,
            id="an error of ours",
        ),
        pytest.param(
            _document(_result(Verdict.PASS), not_put_back="x"), ExitCode.SUITE_FAILED, id="options"
        ),
        pytest.param(
            _document(_result(Verdict.FAIL), not_put_back="x"),
            ExitCode.SUITE_FAILED,
            id="what was left behind outweighs a failure",
        ),
        pytest.param(
            _document(_result(Verdict.PASS), lost="x"), ExitCode.NO_TARGET, id="the server left"
        ),
        pytest.param(_document(), ExitCode.NOTHING_RAN, id="nothing"),
        pytest.param(
            _document(_result(Verdict.SKIPPED), _result(Verdict.NOT_RUN)),
            ExitCode.NOTHING_RAN,
            id="nothing looked at",
        ),
    ],
)
def test_the_exit_code_says_how_the_run_ended(document: Document, code: ExitCode) -> None:
    assert document.exit_code() is code


def test_a_should_can_be_made_to_count() -> None:
    document = _document(_result(Verdict.WARN, _SHOULD))
    assert document.exit_code(Level.SHOULD) is ExitCode.NOT_CONFORMANT


def test_what_is_not_met_is_sorted_by_how_binding_it_is() -> None:
    document = _document(
        _result(Verdict.INFO, "LIST-028"),
        _result(Verdict.WARN, _SHOULD),
        _result(Verdict.PASS, "LIST-002"),
        _result(Verdict.FAIL, _MUST),
    )
    assert [r.id for r in document.unmet] == [_MUST, _SHOULD, "LIST-028"]


def test_the_document_is_gathered_from_events() -> None:
    collector = Collector(_NOW)
    started = RunStarted("http://x:1", _PROFILE, Mode.FULL, Plan((), ()), 42)
    events = [
        started,
        Note("waiting"),
        CheckFinished(_result(Verdict.PASS, "OPT-001")),
        CheckFinished(_result(Verdict.FAIL, "HTTP-001")),
        OptionsNotRestored("send_seed"),
        ServerLost("gone"),
        RunFinished(1.5, 0.25, _PROFILE),
    ]
    for event in events:
        collector.handle(event)
    document = collector.document
    assert [r.id for r in document.results] == ["HTTP-001", "OPT-001"]
    assert (document.url, document.profile) == ("http://x:1", "a1111 1.10.1")
    assert (document.mode, document.seed) == ("full", 42)
    assert (document.seconds, document.cost, document.started) == (1.5, 0.25, _NOW)
    assert (document.notes, document.not_put_back, document.lost) == (
        ("waiting",),
        "send_seed",
        "gone",
    )
    assert document.count(Verdict.FAIL) == document.count(Verdict.FAIL, Level.MUST) == 1
