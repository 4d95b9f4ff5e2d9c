"""Pages of several servers: the matrix of requirements, and targets side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from conformance.report.document import ExitCode
from conformance.report.html_report import render_page
from conformance.report.redacted import shown_document
from conformance.report.summary import MARKS, PROSPECTS, outlooks, overall
from conformance.requirements.client_programs import load_clients
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.report.document import Document
    from conformance.report.summary import Outlook
    from conformance.requirements.client_programs import ClientProgram
    from conformance.requirements.requirement import Requirement
    from conformance.verdict import Result


@dataclass(frozen=True)
class Row:
    """A requirement on every server.

    Args:
        requirement: which.
        cells: the result of each server, None where it does not know the requirement.
    """

    requirement: Requirement
    cells: tuple[Result | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the servers differ in it; where nothing was found out there is no difference."""
        return len({cell.verdict for cell in self.cells if cell and _is_found_out(cell)}) > 1

    @property
    def verdicts(self) -> str:
        """The words by which the row is found: every verdict in it."""
        found = {str(cell.verdict) for cell in self.cells if cell}
        unmet = {"unmet"} if any(cell and cell.verdict.to_look_at for cell in self.cells) else set()
        return " ".join(sorted(found | unmet))


def matrix_rows(documents: Sequence[Document]) -> list[Row]:
    """Every requirement that one of the documents knows, in the order of the documents.

    Args:
        documents: one for each server.
    """
    by_id = [{result.id: result for result in document.results} for document in documents]
    names = dict.fromkeys(name for results in by_id for name in results)
    return [_row(tuple(results.get(name) for results in by_id)) for name in names]


def render_matrix(documents: Sequence[Document]) -> str:
    """The page: it loads nothing, and can be read without JavaScript.

    Args:
        documents: one for each server.

    Returns:
        One page of HTML.
    """
    shown = [shown_document(document) for document in documents]
    rows = matrix_rows(shown)
    return render_page(
        "matrix.html.j2",
        documents=shown,
        dates=[f"{each.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for each in shown],
        rows=rows,
        programs=_programs(shown),
        marks=MARKS,
        prospects=PROSPECTS,
        overall=overall,
        level_choices=[(level, level) for level in Level],
        area_choices=[(a, a) for a in dict.fromkeys(row.requirement.area for row in rows)],
        verdict_choices=[(v, m.label) for v, m in MARKS.items() if any(d.count(v) for d in shown)],
    )


def _is_found_out(result: Result) -> bool:
    return result.verdict not in {Verdict.NOT_RUN, Verdict.SKIPPED, Verdict.ERROR}


def _row(cells: tuple[Result | None, ...]) -> Row:
    known = next(cell for cell in cells if cell)
    return Row(known.requirement, cells)


def _programs(documents: Sequence[Document]) -> list[tuple[ClientProgram, list[Outlook]]]:
    columns = [outlooks(load_clients(), document.results) for document in documents]
    return [(row[0].client, list(row)) for row in zip(*columns, strict=True)]


# From bad to good, in the order in which a single run decides between them.
_WORST_FIRST = (
    ExitCode.INTERRUPTED,
    ExitCode.NOT_CONFORMANT,
    ExitCode.SUITE_FAILED,
    ExitCode.NO_TARGET,
    ExitCode.USAGE,
    ExitCode.NOTHING_RAN,
    ExitCode.CONFORMANT,
)
_VERDICTS = {
    ExitCode.CONFORMANT: "conformant",
    ExitCode.NOT_CONFORMANT: "not conformant",
    ExitCode.NO_TARGET: "not reached",
    ExitCode.USAGE: "wrong usage",
    ExitCode.SUITE_FAILED: "no verdict",
    ExitCode.NOTHING_RAN: "nothing looked at",
    ExitCode.INTERRUPTED: "interrupted",
}
_COUNTS = (
    ("pass", (Verdict.PASS, Verdict.PASS_LOOSE)),
    ("MUST not met", (Verdict.FAIL,)),
    ("SHOULD not met", (Verdict.WARN,)),
    ("waived", (Verdict.WAIVED,)),
    ("waiver out of date", (Verdict.WAIVED_BUT_PASSED,)),
    ("not run", (Verdict.NOT_RUN, Verdict.SKIPPED)),
    ("error", (Verdict.ERROR,)),
)
# They are of interest only where there are any.
_SELDOM = {"waived", "waiver out of date", "error"}


@dataclass(frozen=True)
class Outcome:
    """How judging one server ended.

    Args:
        name: of the target.
        code: what a run over it alone would have ended with.
        document: the result; None where there is none.
        reason: why there is none; empty where there is one.
    """

    name: str
    code: ExitCode
    document: Document | None = None
    reason: str = ""


def worst(outcomes: Sequence[Outcome]) -> ExitCode:
    """The exit code of all together.

    Args:
        outcomes: of all servers.
    """
    return min((o.code for o in outcomes), key=_WORST_FIRST.index, default=ExitCode.NOTHING_RAN)


def summary_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """A table with a line for each server: verdict, counts, cost, seconds; then the sum.

    Args:
        outcomes: of all servers, in order.
    """
    shown = [(n, kinds) for n, kinds in _COUNTS if n not in _SELDOM or _any(outcomes, kinds)]
    head = ["target", "verdict", *(name for name, _ in shown), "pictures", "seconds"]
    rows = [head, *(_target_row(outcome, [kinds for _, kinds in shown]) for outcome in outcomes)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = [_aligned(row, widths) for row in rows]
    for outcome in outcomes:
        lines += [f"{outcome.name}: {outcome.reason}"] if outcome.reason else []
    return [*lines, _sum(outcomes)]


def _target_row(outcome: Outcome, columns: list[tuple[Verdict, ...]]) -> list[str]:
    start = [outcome.name, _VERDICTS[outcome.code]]
    document = outcome.document
    if document is None:
        return [*start, *("-" for _ in columns), "-", "-"]
    counts = [str(sum(document.count(kind) for kind in kinds)) for kinds in columns]
    return [*start, *counts, f"{document.cost:.3f}", f"{document.seconds:.1f}"]


def _aligned(row: list[str], widths: list[int]) -> str:
    """Names to the left, numbers to the right."""
    cells = [cell.ljust(w) for cell, w in zip(row[:2], widths[:2], strict=True)]
    cells += [cell.rjust(w) for cell, w in zip(row[2:], widths[2:], strict=True)]
    return "  ".join(cells).rstrip()


def _sum(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(outcome.code for outcome in outcomes)
    parts = [f"{counts[code]} {_VERDICTS[code]}" for code in reversed(_WORST_FIRST) if counts[code]]
    cost = sum(o.document.cost for o in outcomes if o.document is not None)
    return f"{len(outcomes)} targets: {', '.join(parts)}; {cost:.3f} pictures in all"


def _any(outcomes: Sequence[Outcome], kinds: tuple[Verdict, ...]) -> bool:
    documents = [o.document for o in outcomes if o.document is not None]
    return any(document.count(kind) for document in documents for kind in kinds)
