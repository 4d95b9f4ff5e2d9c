"""Prompt attention: which parts of a prompt have which weight.

Source: modules/prompt_parser.py, parse_prompt_attention, at v1.10.1.
"""

from __future__ import annotations

import re

from mockserver.core.errors import ServerError

#: A round bracket multiplies by this, a square one divides by it.
_STEP = 1.1
_BREAK = re.compile(r"\s*\bBREAK\b\s*", re.DOTALL)
_PIECE = re.compile(
    r"""
    \\[()\[\]\\]?              # an escaped bracket or backslash, or a lone backslash
    | [(\[\])]
    | :\s*([+-]?[.\d]+)\s*\)   # a weight that closes a round bracket
    | [^\\()\[\]:]+
    | :
    """,
    re.VERBOSE,
)


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ServerError("ValueError", str(error)) from error


class _Parts:
    """Parts read so far, and where the brackets that are still open began."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.weights: list[float] = []
        self.open: dict[str, list[int]] = {"(": [], "[": []}

    def add(self, text: str, weight: float = 1.0) -> None:
        self.texts.append(text)
        self.weights.append(weight)

    def scale(self, start: int, factor: float) -> None:
        for place in range(start, len(self.weights)):
            self.weights[place] *= factor

    def close(self, bracket: str, factor: float) -> bool:
        if not self.open[bracket]:
            return False
        self.scale(self.open[bracket].pop(), factor)
        return True

    def text(self, text: str) -> None:
        for number, part in enumerate(_BREAK.split(text)):
            if number:
                self.add("BREAK", -1)
            self.add(part)

    def finish(self) -> None:
        for bracket, factor in (("(", _STEP), ("[", 1 / _STEP)):
            for start in self.open[bracket]:
                self.scale(start, factor)

    def merged(self) -> list[tuple[str, float]]:
        runs: list[tuple[str, float]] = []
        for text, weight in zip(self.texts, self.weights, strict=True):
            if runs and runs[-1][1] == weight:
                runs[-1] = (runs[-1][0] + text, weight)
            else:
                runs.append((text, weight))
        return runs or [("", 1.0)]


def _closes(parts: _Parts, piece: str) -> bool:
    factors = {")": ("(", _STEP), "]": ("[", 1 / _STEP)}
    return piece in factors and parts.close(*factors[piece])


def _take(parts: _Parts, piece: str, weight: str | None) -> None:
    if piece.startswith("\\"):
        parts.add(piece[1:])
    elif piece in parts.open:
        parts.open[piece].append(len(parts.texts))
    elif weight is not None and parts.open["("]:
        parts.close("(", _weight(weight))
    elif not _closes(parts, piece):
        parts.text(piece)


def parse_prompt_attention(text: str) -> list[tuple[str, float]]:
    """Parts of a prompt with their weights; neighbours of one weight are one part.

    ``(a)`` weighs 1.1, ``[a]`` 1/1.1, ``(a:1.5)`` 1.5; a backslash escapes a bracket; the word
    BREAK is a part of its own with weight -1.

    Args:
        text: a prompt, without tags.

    Raises:
        ServerError: ValueError where a weight is no number (``(a:1.2.3)``).
    """
    parts = _Parts()
    for match in _PIECE.finditer(text):
        _take(parts, match.group(0), match.group(1))
    parts.finish()
    return parts.merged()


def uses_emphasis(prompt: str) -> bool:
    """Whether any part of a prompt, BREAK aside, weighs other than 1.

    Args:
        prompt: a prompt, without tags.

    Raises:
        ServerError: as `parse_prompt_attention`.
    """
    return any(w != 1.0 and part != "BREAK" for part, w in parse_prompt_attention(prompt))
