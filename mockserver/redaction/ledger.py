"""What was redacted, and where: counted, never quoted."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a redacted text was."""

    CREDENTIAL = "credentials"
    HOST = "host names"
    ADDRESS = "network addresses"
    USER = "user names"
    PATH = "file-system paths"
    METADATA = "picture metadata"
    HEADER = "headers"
    OPAQUE = "unreadable bodies"


#: Places named for each kind; what lies beyond them is only counted.
_PLACES = 200
_ITEM = re.compile(r"/\d+(?=/|$)")


class RedactionLog:
    """Counts by kind and place."""

    def __init__(self) -> None:
        self._found: dict[Kind, Counter[str]] = {}

    def note(self, kind: Kind, place: str) -> None:
        """Count one redaction at `place` (a file, then the place inside it; items as ``*``)."""
        self._found.setdefault(kind, Counter())[_ITEM.sub("/*", place)] += 1

    def add(self, counted: dict[str, Any]) -> None:
        """Count what an earlier, interrupted recording had counted.

        Raises:
            ValueError, TypeError, AttributeError: `counted` is not from `as_json`.
        """
        for kind, entry in counted.items():
            places = self._found.setdefault(Kind(kind), Counter())
            named = {str(place): int(count) for place, count in entry["places"].items()}
            places.update(named)
            others = int(entry["count"]) - sum(named.values())
            if others:
                places["elsewhere"] += others

    def __bool__(self) -> bool:
        return bool(self._found)

    def as_json(self) -> dict[str, Any]:
        """Kind to its count and the places where most of it was."""
        return {
            kind.value: {
                "count": self._found[kind].total(),
                "places": dict(self._found[kind].most_common(_PLACES)),
            }
            for kind in Kind
            if self._found.get(kind)
        }

    def lines(self) -> list[str]:
        """One line a kind, for a terminal."""
        found = []
        for kind, entry in self.as_json().items():
            places = list(entry["places"])
            shown = ", ".join(places[:3]) + (", ..." if len(places) > 3 else "")  # noqa: PLR2004 - a line's worth
            found.append(f"{entry['count']} {kind} ({shown})")
        return found
