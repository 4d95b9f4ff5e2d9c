"""Versions of a server, with the commits that releases do not name."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Commits from before the first release, in their order. 47a44c7 is of 19 November 2022.
_COMMITS = {"2022-10-27": (0, 1), "2022-10": (0, 1), "47a44c7": (0, 2)}
_NUMBERED = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?![\d.])")


@dataclass(frozen=True, order=True)
class Version:
    """A version, as far as it is known: ``1.10`` stands for every 1.10.x.

    Args:
        parts: its numbers; commits before 1.0 have a 0 in front.
    """

    parts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read ``1.10.1``, ``v1.10.1-5-gabcdef``, ``1.6`` or the name of a known commit.

        Raises:
            ValueError: none of these.
        """
        if text in _COMMITS:
            return cls(_COMMITS[text])
        match = _NUMBERED.match(text)
        if match is None:
            raise ValueError(f"{text!r} is no version; write one as 1.10.1, 1.10 or 47a44c7")
        return cls(tuple(int(part) for part in match.groups() if part is not None))

    def __str__(self) -> str:
        for name, parts in _COMMITS.items():
            if self.parts == parts:
                return name
        return ".".join(map(str, self.parts))

    def at_least(self, bound: Version) -> bool:
        """Whether this is ``bound`` or later; 1.10.1 is at least 1.10."""
        return self._cut(bound) >= bound.parts

    def at_most(self, bound: Version) -> bool:
        """Whether this is ``bound`` or earlier; 1.9.4 is at most 1.9."""
        return self._cut(bound) <= bound.parts

    def within(self, bound: Version) -> bool:
        """Whether this is a version of ``bound``; 1.10.1 is within 1.10."""
        return self._cut(bound) == bound.parts

    def _cut(self, bound: Version) -> tuple[int, ...]:
        return self.parts[: len(bound.parts)]
