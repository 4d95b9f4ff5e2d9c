"""The replay table: cases, how far they are alike, and those that may differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockserver.replay.compare import Depth
from mockserver.replay.packaged import read_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mockserver.replay.replayer import Outcome


@dataclass(frozen=True)
class Exemption:
    """One case that may differ."""

    recording: str
    case: str
    reason: str


@dataclass(frozen=True)
class Exemptions:
    """All exemptions of a file."""

    exemption: tuple[Exemption, ...] = ()
    _by_case: dict[tuple[str, str], str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_case = {(e.recording, e.case): e.reason for e in self.exemption}
        object.__setattr__(self, "_by_case", by_case)

    @classmethod
    def of(cls, several: Iterable[Exemptions]) -> Exemptions:
        """Those of several files together.

        Args:
            several: of any files.
        """
        return cls(tuple(e for file in several for e in file.exemption))

    def reason(self, recording: str, case: str) -> str | None:
        """Why `case` may differ; None when it may not.

        Args:
            recording: its name.
            case: id of a case.
        """
        return self._by_case.get((recording, case))

    def problems(self, recording: str, outcomes: Sequence[Outcome]) -> list[str]:
        """What is new: cases that differ without exemption, exemptions that no longer hold.

        Args:
            recording: its name.
            outcomes: of all its cases.
        """
        found = []
        for outcome in outcomes:
            case = outcome.case.id
            exempt = self.reason(recording, case) is not None
            if outcome.differences and not exempt:
                step, difference = outcome.differences[0]
                found.append(f"{case}, step {step}: {difference}")
            elif exempt and not outcome.differences:
                found.append(f"{case}: exempt, but it no longer differs; take the exemption out")
        ran = {outcome.case.id for outcome in outcomes}
        stale = [e for e in self.exemption if e.recording == recording and e.case not in ran]
        return found + [f"{e.case}: exempt, but there is no such case" for e in stale]


def read_exemptions(path: Path) -> Exemptions:
    """Exemptions from a TOML file with an array ``[[exemption]]``.

    Args:
        path: of the file.

    Raises:
        TableFileError: unreadable, not TOML, or a key is missing or unknown.
    """
    return Exemptions(read_tables(path, "exemption", Exemption))


@dataclass
class Row:
    """One group's counts."""

    group: str
    cases: int = 0
    status: int = 0
    shape: int = 0
    value: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one more case.

        Args:
            outcome: of one case.
        """
        self.cases += 1
        self.status += outcome.alike(Depth.STATUS)
        self.shape += outcome.alike(Depth.SHAPE)
        self.value += outcome.alike(Depth.VALUE)


def tally(outcomes: Iterable[Outcome]) -> list[Row]:
    """One row a group in order of appearance, the last one named ``all``.

    Args:
        outcomes: of all cases.
    """
    rows: dict[str, Row] = {}
    total = Row("all")
    for outcome in outcomes:
        rows.setdefault(outcome.case.group, Row(outcome.case.group)).add(outcome)
        total.add(outcome)
    return [*rows.values(), total]


def render(rows: Iterable[Row], title: str = "group") -> str:
    """The table as text, percentages of the row's own cases; `title` heads its first column.

    Args:
        rows: as `tally` gives them.
        title: of the first column.
    """
    rows = list(rows)
    width = max(14, *(len(row.group) + 2 for row in rows))
    lines = [f"{title:<{width}}{'cases':>6}{'status':>9}{'shape':>9}{'value':>9}"]
    for row in rows:
        parts = [
            100 * n / row.cases if row.cases else 0.0 for n in (row.status, row.shape, row.value)
        ]
        lines.append(f"{row.group:<{width}}{row.cases:>6}" + "".join(f"{p:>8.1f}%" for p in parts))
    return "\n".join(lines)
