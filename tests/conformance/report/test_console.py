from __future__ import annotations

from io import StringIO

import pytest
from reports import document, result

from conformance.detection.profile import ServerProfile
from conformance.report.console import Console
from conformance.report.summary import verdict_details
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.events import (
    CheckFinished,
    CheckStarted,
    Event,
    OptionsNotRestored,
    RunFinished,
    RunStarted,
    ServerLost,
)
from conformance.runner.plan import Mode, Plan
from conformance.verdict import Result, Verdict

_PROFILE = ServerProfile.parse("a1111-1.10.1").with_evidence("it says so")


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def _result(verdict: Verdict, name: str = "LIST-001", **values: str) -> Result:
    return Result(requirement=load_catalogue()[name], verdict=verdict, **values)


def _events(*results: Result) -> list[Event]:
    middle: list[Event] = []
    for number, each in enumerate(results, start=1):
        middle.append(CheckStarted(each.requirement, number, len(results)))
        middle.append(CheckFinished(each, number, len(results)))
    start = RunStarted("http://x:1", _PROFILE, Mode.SAFE, Plan((), ()), 0)
    return [start, *middle, RunFinished(1.5, 0.25, _PROFILE)]


def _shown(events: list[Event], out: StringIO | None = None, **settings: object) -> str:
    out = out or StringIO()
    console = Console(out, lambda name: f"sdapi-check http://x:1 --only {name}", **settings)
    for event in events:
        console.handle(event)
    return out.getvalue()


_BAD = (
    _result(Verdict.PASS, "LIST-002"),
    _result(Verdict.FAIL, expected="a list", actual="an object"),
    _result(Verdict.WARN, "LIST-021", expected="x", actual="y"),
    _result(Verdict.SKIPPED, "LIST-026", reason="too fast"),
)


def test_a_pipe_gets_plain_lines_without_progress_or_colour() -> None:
    shown = _shown(_events(*_BAD))
    assert "\x1b" not in shown
    assert "\r" not in shown
    assert "[1/4]" not in shown


def test_a_terminal_gets_progress_and_colour() -> None:
    shown = _shown(_events(*_BAD), _Terminal())
    assert "\r\x1b[K[1/4] LIST-002 " in shown
    assert "\x1b[31m" in shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        pytest.param(0.2, ", about 1 s left ", id="a moment"),
        pytest.param(42.4, ", about 42 s left ", id="seconds"),
        pytest.param(130.0, ", about 2 min left ", id="minutes"),
    ],
)
def test_a_terminal_shows_the_time_left_and_a_pipe_does_not(seconds: float, words: str) -> None:
    start, _, *rest = _events(*_BAD)
    events = [start, CheckStarted(_BAD[0].requirement, 1, 4, seconds), *rest]
    assert f"[1/4] LIST-002{words}" in _shown(events, _Terminal())
    assert " left" not in _shown(events)


def test_no_color_is_respected_and_progress_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    shown = _shown(_events(*_BAD), _Terminal())
    assert "\x1b[31m" not in shown
    assert "[1/4]" in shown


def test_it_opens_with_the_server_its_kind_and_the_mode() -> None:
    first = _shown(_events(*_BAD)).splitlines()[0]
    assert first == "http://x:1: a1111 1.10.1, mode safe, 0 checks"


def test_a_failure_is_reported_at_once_and_in_full_at_the_end() -> None:
    shown = _shown(_events(*_BAD))
    assert "fail LIST-001: an object\n" in shown
    assert "LIST-001 (MUST): fail\n" in shown
    assert "  Replay:   sdapi-check http://x:1 --only LIST-001\n" in shown


def test_the_summary_counts_by_level_and_verdict() -> None:
    lines = _shown(_events(*_BAD)).splitlines()
    head = next(i for i, line in enumerate(lines) if "not met" in line)
    assert lines[head].split() == ["pass", "not", "met", "skipped"]
    assert lines[head + 1].split() == ["MUST", "1", "1", "0"]
    assert lines[head + 2].split() == ["SHOULD", "0", "1", "1"]


def test_the_last_line_is_the_verdict() -> None:
    last = _shown(_events(*_BAD)).splitlines()[-1]
    assert last == ("http://x:1 as a1111 1.10.1: not conformant (1 MUST failed, 1 SHOULD not met)")


def test_a_good_verdict_says_what_it_does_not_rest_on() -> None:
    results = (
        _result(Verdict.PASS),
        _result(Verdict.PASS_LOOSE, "OPT-002", reason="an alias"),
        _result(Verdict.NOT_RUN, "OPT-004", reason="mode"),
    )
    last = _shown(_events(*results)).splitlines()[-1]
    assert last.endswith("conformant (1 met loosely, 1 MUST not looked at)")


def test_what_was_not_looked_at_is_reported_when_asked() -> None:
    quiet, verbose = _shown(_events(*_BAD)), _shown(_events(*_BAD), verbose=True)
    assert "too fast" not in quiet
    assert "skipped: LIST-026, too fast" in verbose
    assert "it says so" in verbose


def test_options_left_behind_are_reported_beside_the_verdict() -> None:
    events = _events(_result(Verdict.PASS))
    events.insert(-1, OptionsNotRestored("options could not be put back: send_seed"))
    assert _shown(events).count("options could not be put back: send_seed") == 2


def test_many_mays_are_reported_in_a_line_each_and_in_full_when_asked() -> None:
    names = [r.id for r in load_catalogue() if r.level == "MAY"][:12]
    events = _events(*[_result(Verdict.INFO, name, actual="odd") for name in names])
    assert _shown(events).count("  Explain:") == 0
    assert _shown(events, verbose=True).count("  Explain:") == 12


def test_a_few_mays_are_reported_in_full() -> None:
    assert "  Explain:" in _shown(_events(_result(Verdict.INFO, "LIST-028", actual="odd")))


def test_programs_are_reported_by_what_is_to_be_expected_of_them() -> None:
    shown = _shown(_events(_result(Verdict.FAIL, "OPT-001", actual="odd")))
    assert "breaks: webuiapi, open-webui, sillytavern, " in shown
    assert "unknown: 17 programs\n" in shown


def test_nothing_is_said_of_programs_where_nothing_is_known() -> None:
    assert "programs" not in _shown(_events(_result(Verdict.PASS, "HTTP-020")))


@pytest.mark.parametrize("verdict", [Verdict.SKIPPED, Verdict.NOT_RUN])
def test_a_must_that_was_not_looked_at_is_counted_in_the_verdict(verdict: Verdict) -> None:
    must, should = result("LIST-001", verdict), result("LIST-021", verdict)
    assert verdict_details(document(must, should)) == ["1 MUST not looked at"]
    assert verdict_details(document(should)) == []


def test_a_long_sentence_is_cut_at_a_blank_after_two_lines() -> None:
    long = _result(Verdict.FAIL, expected="a list", actual="word " * 100)
    line = next(x for x in _shown(_events(long)).splitlines() if x.startswith("fail LIST-001"))
    assert line.endswith("word...")
    assert len(line) + len(" word") > 158 >= len(line)


def test_a_server_that_went_away_is_reported() -> None:
    start, *rest = _events(*_BAD)
    assert "it went away\n" in _shown([start, ServerLost("it went away"), *rest])
