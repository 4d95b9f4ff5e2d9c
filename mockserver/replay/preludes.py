"""What unrecorded cases left behind on a recorded server.

A recording holds a part of the cases that were run on its server. Where one that is missing left
something behind, a `Prelude` does the same before the case that shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockserver.fixtureset.location import fixtures_root
from mockserver.replay.table_file import read_tables


@dataclass(frozen=True)
class Prelude:
    """One request that is sent before a case, and why."""

    recording: str
    case: str
    reason: str
    method: str
    path: str
    json: Any = None


def preludes_of(recording: str) -> dict[str, list[Prelude]]:
    """Case id to what is sent before it, for a packaged recording; empty for any other.

    Source: ``fixtures/recordings/preludes.toml``.
    """
    found: dict[str, list[Prelude]] = {}
    for prelude in read_tables(
        fixtures_root() / "recordings" / "preludes.toml", "prelude", Prelude
    ):
        if prelude.recording == recording:
            found.setdefault(prelude.case, []).append(prelude)
    return found
