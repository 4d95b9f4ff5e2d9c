"""One table over several servers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conformance.report.document import Document, ExitCode
from conformance.report.matrix import Outcome, summary_lines, worst
from conformance.requirements.catalogue import load_catalogue
from conformance.verdict import Result, Verdict

_STARTED = datetime(2027, 1, 1, tzinfo=UTC)


def _outcome(name: str, *verdicts: Verdict, cost: float = 0.0) -> Outcome:
    requirements = list(load_catalogue())
    results = tuple(
        Result(requirement=requirement, verdict=verdict)
        for requirement, verdict in zip(requirements, verdicts, strict=False)
    )
    document = Document(
        url="http://h",
        profile="a1111",
        mode="safe",
        seed=0,
        started=_STARTED,
        seconds=2.25,
        cost=cost,
        results=results,
    )
    return Outcome(name, document.exit_code(), document)


def _gone(name: str = "gone") -> Outcome:
    return Outcome(name, ExitCode.NO_TARGET, reason="http://g cannot be reached")


def test_each_server_has_a_line_with_verdict_counts_cost_and_seconds() -> None:
    good = _outcome("live", Verdict.PASS, Verdict.PASS_LOOSE, Verdict.NOT_RUN, cost=0.4)
    bad = _outcome("b", Verdict.FAIL, Verdict.WARN, cost=0.1)
    assert summary_lines([good, bad, _gone()]) == [
        "target  verdict         pass  MUST not met  SHOULD not met  not run  pictures  seconds",
        "live    conformant         2             0               0        1     0.400      2.2",
        "b       not conformant     0             1               1        0     0.100      2.2",
        "gone    not reached        -             -               -        -         -        -",
        "gone: http://g cannot be reached",
        "3 targets: 1 conformant, 1 not reached, 1 not conformant; 0.500 pictures in all",
    ]


@pytest.mark.parametrize(
    ("verdict", "column"),
    [
        pytest.param(Verdict.WAIVED, "waived", id="waived"),
        pytest.param(Verdict.WAIVED_BUT_PASSED, "waiver out of date", id="out of date"),
        pytest.param(Verdict.ERROR, "error", id="an error"),
    ],
)
def test_what_is_seldom_has_a_column_where_it_happened(verdict: Verdict, column: str) -> None:
    happened = summary_lines([_outcome("a", verdict), _outcome("b", Verdict.PASS)])
    assert f"  {column}  " in happened[0]
    assert f"  {column}  " not in summary_lines([_outcome("b", Verdict.PASS)])[0]


@pytest.mark.parametrize(
    ("codes", "together"),
    [
        pytest.param([0, 0], 0, id="all good"),
        pytest.param([0, 5], 5, id="one looked at nothing"),
        pytest.param([0, 3, 5], 3, id="one was not reached"),
        pytest.param([0, 3, 4], 4, id="the suite failed on one"),
        pytest.param([0, 3, 1, 4], 1, id="one is not conformant"),
        pytest.param([], 5, id="none"),
    ],
)
def test_the_exit_code_is_the_worst(codes: list[int], together: int) -> None:
    outcomes = [Outcome("x", ExitCode(code)) for code in codes]
    assert worst(outcomes) == together
