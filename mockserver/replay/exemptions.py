"""Cases that may differ, each with its reason, and what unrecorded cases left behind.

A recording holds a part of the cases that were run on its server. Where one that is missing
left something behind, a `Prelude` does the same before the case that shows it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.errors import MockError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mockserver.replay.replayer import Outcome


class ExemptionsError(MockError):
    """A file of exemptions cannot be used."""


@dataclass(frozen=True)
class Exemption:
    """One case that may differ."""

    recording: str
    case: str
    reason: str


@dataclass(frozen=True)
class Prelude:
    """One request that is sent before a case."""

    recording: str
    case: str
    reason: str
    method: str
    path: str
    json: Any = None


@dataclass(frozen=True)
class Exemptions:
    """All exemptions and preludes of a file."""

    exemption: tuple[Exemption, ...] = ()
    prelude: tuple[Prelude, ...] = ()
    _by_case: dict[tuple[str, str], str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_case = {(e.recording, e.case): e.reason for e in self.exemption}
        object.__setattr__(self, "_by_case", by_case)

    @classmethod
    def of(cls, several: Iterable[Exemptions]) -> Exemptions:
        """Those of several files together."""
        files = list(several)
        exemption = tuple(e for file in files for e in file.exemption)
        return cls(exemption, tuple(p for file in files for p in file.prelude))

    def reason(self, recording: str, case: str) -> str | None:
        """Why `case` may differ; None when it may not."""
        return self._by_case.get((recording, case))

    def preludes(self, recording: str) -> dict[str, list[Prelude]]:
        """Case id to what is sent before it."""
        found: dict[str, list[Prelude]] = {}
        for prelude in self.prelude:
            if prelude.recording == recording:
                found.setdefault(prelude.case, []).append(prelude)
        return found

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
    """Exemptions from a TOML file with arrays ``[[exemption]]`` and ``[[prelude]]``.

    Raises:
        ExemptionsError: unreadable, not TOML, or a key is missing or unknown.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return Exemptions(
            tuple(Exemption(**item) for item in raw.pop("exemption", [])),
            tuple(Prelude(**item) for item in raw.pop("prelude", [])),
            **raw,
        )
    except OSError as error:
        raise ExemptionsError(f"{path}: {error.strerror}; name a readable file") from error
    except (tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        raise ExemptionsError(f"{path}: {error}; mend that place") from error
