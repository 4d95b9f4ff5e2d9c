"""What a run came to in short: the mark, the words, the counts."""

from __future__ import annotations

from typing import Any

import pytest
from reports import document, failure, result

from conformance.report.document import ExitCode
from conformance.report.summary import (
    Outlook,
    Prospect,
    outcome_text,
    outlooks,
    overall,
    table_lines,
    verdict_details,
)
from conformance.requirements.client_programs import find_client
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict

_HIDDEN = [
    result(name, Verdict.SKIPPED, reason="hidden", hidden_by="a gateway")
    for name in ("LIST-001", "LIST-002", "OPT-001")
]


@pytest.mark.parametrize(
    ("results", "values", "code", "mark"),
    [
        pytest.param([result()], {}, ExitCode.CONFORMANT, "Conformant", id="met"),
        pytest.param([failure()], {}, ExitCode.NOT_CONFORMANT, "Not conformant", id="a MUST"),
        pytest.param([failure("LIST-021", Verdict.WARN)], {}, 0, "Conformant", id="a SHOULD"),
        pytest.param(
            [result(), failure("LIST-021", Verdict.WARN)],
            {"fail_on": Level.SHOULD},
            ExitCode.NOT_CONFORMANT,
            "Not conformant",
            id="a SHOULD that counts",
        ),
        pytest.param(
            [result("OPT-006", Verdict.WAIVED_BUT_PASSED)],
            {},
            ExitCode.NOT_CONFORMANT,
            "Not conformant",
            id="a waiver out of date",
        ),
        pytest.param(
            [result("QUEUE-001", Verdict.ERROR)],
            {},
            ExitCode.SUITE_FAILED,
            "No verdict",
            id="the suite failed",
        ),
        pytest.param([result()], {"stopped": "x"}, 4, "No verdict", id="writing was stopped"),
        pytest.param([result()], {"not_put_back": "x"}, 4, "No verdict", id="options are changed"),
        pytest.param([result()], {"lost": "x"}, 3, "The server went away", id="lost"),
        pytest.param([failure()], {"lost": "x"}, 1, "Not conformant", id="lost after a failure"),
        pytest.param([], {}, ExitCode.NOTHING_RAN, "Nothing looked at", id="nothing"),
        pytest.param(_HIDDEN, {}, 5, "Too little could be seen", id="hidden by a gateway"),
        pytest.param([result()], {"interrupted": "x"}, 130, "Interrupted", id="interrupted"),
        pytest.param(
            [result(), result("LIST-002", Verdict.SKIPPED)],
            {"certify": True},
            ExitCode.NOT_CONFORMANT,
            "Not conformant",
            id="not certified",
        ),
    ],
)
def test_a_run_ends_with_one_code_and_one_mark(
    results: list[Any], values: dict[str, Any], code: int, mark: str
) -> None:
    made = document(*results, **values)
    assert (made.exit_code(), overall(made).label) == (code, mark)


def test_a_run_that_stopped_writing_says_why_in_one_sentence() -> None:
    assert outcome_text(document(stopped="two servers: a and b")) == "no verdict: two servers"


def test_details_count_what_the_verdict_rests_on() -> None:
    made = document(
        failure(),
        failure("LIST-021", Verdict.WARN),
        failure("IMG-001", Verdict.WAIVED),
        result("OPT-006", Verdict.WAIVED_BUT_PASSED),
        result("OPT-002", Verdict.PASS_LOOSE),
        *(result(name, Verdict.SKIPPED) for name in ("LIST-002", "LIST-003", "LIST-004")),
        result("LIST-005", Verdict.NOT_RUN),
        certify=True,
    )
    assert verdict_details(made) == [
        "1 MUST failed",
        "1 SHOULD not met",
        "1 waived",
        "1 waived and met",
        "1 met loosely",
        "4 MUST not looked at",
        "not certified, for LIST-002, LIST-003, LIST-004 and 1 more was not looked at",
    ]


def test_a_table_has_a_column_for_each_verdict_that_occurs() -> None:
    lines = table_lines(document(failure(), result("LIST-002"), result("LIST-021")))
    assert lines[0].split() == ["pass", "not", "met"]
    assert [line.split() for line in lines[1:3]] == [["MUST", "1", "1"], ["SHOULD", "1", "0"]]


def test_a_narrow_terminal_gets_a_paragraph_for_each_level_instead_of_a_table() -> None:
    made = document(failure(), result("LIST-002"), result("LIST-021"))
    table = table_lines(made)
    assert table_lines(made, len(table[0])) == table
    lines = table_lines(made, len(table[0]) - 1)
    assert " ".join(line.strip() for line in lines).startswith(
        "MUST: 1 pass, 1 not met SHOULD: 1 pass MAY: nothing"
    )


_CLIENT = find_client("open-webui")


@pytest.mark.parametrize(
    ("values", "prospect"),
    [
        pytest.param({}, Prospect.WORKS, id="nothing is missing"),
        pytest.param({"loses": ("A",)}, Prospect.LOSS, id="a like is missing"),
        pytest.param({"not_looked_at": ("A",)}, Prospect.UNKNOWN, id="a need is unknown"),
        pytest.param(
            {"breaks_on": ("A",), "not_looked_at": ("B",), "loses": ("C",)},
            Prospect.BREAKS,
            id="a need is missing",
        ),
    ],
)
def test_what_is_missing_outweighs_what_is_unknown(
    values: dict[str, Any], prospect: Prospect
) -> None:
    assert Outlook(_CLIENT, **values).prospect is prospect


@pytest.mark.parametrize(
    ("verdict", "breaks", "unknown"),
    [
        (Verdict.PASS, False, False),
        (Verdict.PASS_LOOSE, False, False),
        (Verdict.FAIL, True, False),
        (Verdict.WAIVED, True, False),
        (Verdict.UNSUPPORTED, True, False),
        (Verdict.SKIPPED, False, True),
        (Verdict.NOT_RUN, False, True),
        (Verdict.ERROR, False, True),
    ],
)
def test_a_need_is_missing_where_it_is_not_met_or_unsupported(
    verdict: Verdict, breaks: bool, unknown: bool
) -> None:
    first, *others = _CLIENT.need_ids
    results = [result(first, verdict), *map(result, others)]
    (found,) = outlooks([_CLIENT], results)
    assert (first in found.breaks_on, first in found.not_looked_at) == (breaks, unknown)
