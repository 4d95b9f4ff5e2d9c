"""Cases that may differ, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockserver.replay.table_file import read_tables

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
        """Those of several files together."""
        return cls(tuple(e for file in several for e in file.exemption))

    def reason(self, recording: str, case: str) -> str | None:
        """Why `case` may differ; None when it may not."""
        return self._by_case.get((recording, case))

    def problems(self, recording: str, outcomes: Sequence[Outcome]) -> list[str]:
        """What is new: cases that differ without exemption, exemptions that no longer hold."""
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
        told = [e for e in self.exemption if e.recording == recording and e.case not in ran]
        return found + [f"{e.case}: exempt, but there is no such case" for e in told]


def read_exemptions(path: Path) -> Exemptions:
    """Exemptions from a TOML file with an array ``[[exemption]]``.

    Raises:
        TableFileError: unreadable, not TOML, or a key is missing or unknown.
    """
    return Exemptions(read_tables(path, "exemption", Exemption))
