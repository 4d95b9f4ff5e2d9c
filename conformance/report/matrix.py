"""Requirements by servers, as one page of HTML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from conformance.report.html_report import render_page
from conformance.report.outlook import outlooks
from conformance.report.redacted import shown_document
from conformance.report.summary import MARKS, PROSPECTS, overall
from conformance.requirements.client_programs import load_clients
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.report.document import Document
    from conformance.report.outlook import Outlook
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
        return len({cell.verdict for cell in self.cells if cell and _told(cell)}) > 1

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
        verdict_choices=[(v, m.words) for v, m in MARKS.items() if any(d.count(v) for d in shown)],
    )


def _told(result: Result) -> bool:
    return result.verdict not in {Verdict.NOT_RUN, Verdict.SKIPPED, Verdict.ERROR}


def _row(cells: tuple[Result | None, ...]) -> Row:
    known = next(cell for cell in cells if cell)
    return Row(known.requirement, cells)


def _programs(documents: Sequence[Document]) -> list[tuple[ClientProgram, list[Outlook]]]:
    columns = [outlooks(load_clients(), document.results) for document in documents]
    return [(row[0].client, list(row)) for row in zip(*columns, strict=True)]
