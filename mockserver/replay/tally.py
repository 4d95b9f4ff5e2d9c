"""The replay table: cases, and how many are alike in status, shape and value, per group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.replay.compare import Depth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.replay.replayer import Outcome


@dataclass
class Row:
    """One group's counts."""

    group: str
    cases: int = 0
    status: int = 0
    shape: int = 0
    value: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one more case."""
        self.cases += 1
        self.status += outcome.alike(Depth.STATUS)
        self.shape += outcome.alike(Depth.SHAPE)
        self.value += outcome.alike(Depth.VALUE)


def tally(outcomes: Iterable[Outcome]) -> list[Row]:
    """One row a group in order of appearance, the last one named ``all``."""
    rows: dict[str, Row] = {}
    total = Row("all")
    for outcome in outcomes:
        rows.setdefault(outcome.case.group, Row(outcome.case.group)).add(outcome)
        total.add(outcome)
    return [*rows.values(), total]


def render(rows: Iterable[Row], title: str = "group") -> str:
    """The table as text, percentages of the row's own cases; `title` heads its first column."""
    rows = list(rows)
    width = max(14, *(len(row.group) + 2 for row in rows))
    lines = [f"{title:<{width}}{'cases':>6}{'status':>9}{'shape':>9}{'value':>9}"]
    for row in rows:
        parts = [
            100 * n / row.cases if row.cases else 0.0 for n in (row.status, row.shape, row.value)
        ]
        lines.append(f"{row.group:<{width}}{row.cases:>6}" + "".join(f"{p:>8.1f}%" for p in parts))
    return "\n".join(lines)
