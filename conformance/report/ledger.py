"""The counts of a level, as the parts of one bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.catalogue import Level
from conformance.report.marks import MARKS
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import Document


@dataclass(frozen=True)
class Part:
    """A part of a bar.

    Args:
        tone: of its colour.
        words: what it counts.
        count: how many.
        start: where it begins, in per cent of the bar.
        width: in per cent of the bar.
    """

    tone: str
    words: str
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class Row:
    """A level.

    Args:
        level: which.
        total: requirements that apply to the server.
        parts: of the bar; empty where nothing applies.
    """

    level: Level
    total: int
    parts: tuple[Part, ...]


_TONES = (("good", "met"), ("bad", "failed"), ("warn", "not met"), ("info", "differ"))


def ledger(document: Document) -> list[Row]:
    """A row for each level; what does not apply to the server is left out."""
    return [_row(document, level) for level in Level]


def _tone(verdict: Verdict) -> str:
    # An error of the suite says nothing of the server, and a waiver does not unmake a pass.
    if verdict.met:
        return "good"
    return MARKS[verdict].tone if verdict.unmet else "none"


def _row(document: Document, level: Level) -> Row:
    counts = dict.fromkeys([*(tone for tone, _ in _TONES), "none"], 0)
    for verdict in Verdict:
        if verdict is not Verdict.NOT_APPLICABLE:
            counts[_tone(verdict)] += document.count(verdict, level)
    total = sum(counts.values())
    parts, start = [], 0.0
    for tone, words in (*_TONES, ("none", "not looked at")):
        if counts[tone]:
            width = 100 * counts[tone] / total
            parts.append(Part(tone, words, counts[tone], round(start, 3), round(width, 3)))
            start += width
    return Row(level, total, tuple(parts))
