"""The syntax of prompts: attention, and editing while a picture is sampled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias


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


if TYPE_CHECKING:
    _Text: TypeAlias = "str | _Scheduled | _Alternate"
    _Texts: TypeAlias = tuple[_Text, ...]


_PLAIN = re.compile(r"(?:[^\\\[\]():|]|\\.)+")
_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*")
#: What stands for itself where no bracket can be closed.
_RAW = frozenset("[]():")
#: Brackets in brackets that are followed; deeper ones stand for themselves.
_DEEPEST = 60


@dataclass(frozen=True)
class _Scheduled:
    """``[before:after:when]``."""

    before: _Texts
    after: _Texts
    when: str


@dataclass(frozen=True)
class _Alternate:
    """``[a|b|c]``: each step takes the next."""

    options: tuple[_Texts, ...]


@dataclass(frozen=True)
class Timeline:
    """The steps by which a prompt's numbers count.

    Attributes:
        steps: of the first pass.
        hires_steps: of the second pass, where it is the one asked for, else None.
        old: option use_old_scheduling, by which a number below 1 is a share.
    """

    steps: int
    hires_steps: int | None = None
    old: bool = False

    @property
    def length(self) -> int:
        """Steps of the pass that is asked for."""
        return self.steps if self.hires_steps is None or self.old else self.hires_steps

    def step(self, when: str) -> int:
        """The last step at which what stands before a number still counts.

        Args:
            when: in the prompt's text: up to 1 a share of the steps, above it a step.
        """
        value = float(when)
        second = not self.old and self.hires_steps is not None
        if self.old:
            value = value * self.length if value < 1 else value
        elif "." in when:
            value = (value - second) * self.length
        else:
            value -= self.steps if second else 0
        return min(self.length, int(value))


class _Reader:
    """Reads one prompt; what a bracket turned out to be is remembered by its place."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[int, tuple[_Texts, int] | None] = {}

    def all(self) -> _Texts | None:
        """The whole prompt; None where the grammar does not take it."""
        parts: list[_Text] = []
        place = 0
        while place < len(self._text):
            found, place = self._parts(place, 0)
            parts += found
            if place < len(self._text):
                if self._text[place] not in _RAW:
                    return None
                parts.append(self._text[place])
                place += 1
        return tuple(parts)

    def _parts(self, place: int, depth: int) -> tuple[_Texts, int]:
        """What can be read from a place on, and the place behind it."""
        parts: list[_Text] = []
        while place < len(self._text):
            plain = _PLAIN.match(self._text, place)
            if plain:
                parts.append(plain.group())
                place = plain.end()
                continue
            bracket = self._bracket(place, depth)
            if bracket is None:
                break
            parts += bracket[0]
            place = bracket[1]
        return tuple(parts), place

    def _bracket(self, place: int, depth: int) -> tuple[_Texts, int] | None:
        if self._text[place] not in "[(" or depth > _DEEPEST:
            return None
        if place not in self._known:
            read = self._round if self._text[place] == "(" else self._square
            self._known[place] = read(place + 1, depth + 1)
        return self._known[place]

    def _divided(self, place: int, depth: int, sign: str) -> tuple[list[_Texts], int]:
        """Parts with a sign between them."""
        found, place = self._parts(place, depth)
        several = [found]
        while self._text[place : place + 1] == sign:
            found, place = self._parts(place + 1, depth)
            several.append(found)
        return several, place

    def _round(self, place: int, depth: int) -> tuple[_Texts, int] | None:
        several, place = self._divided(place, depth, ":")
        if self._text[place : place + 1] != ")" or len(several) > 2:  # noqa: PLR2004 - text and weight
            return None
        inside = several[0] if len(several) == 1 else (*several[0], ":", *several[1])
        return ("(", *inside, ")"), place + 1

    def _square(self, place: int, depth: int) -> tuple[_Texts, int] | None:
        start = place
        several, place = self._divided(start, depth, ":")
        if len(several) == 1:
            several, place = self._divided(start, depth, "|")
            if self._text[place : place + 1] != "]":
                return None
            if len(several) > 1:
                return (_Alternate(tuple(several)),), place + 1
            return ("[", *several[0], "]"), place + 1
        when = _NUMBER.fullmatch("".join(part for part in several[-1] if isinstance(part, str)))
        closed = self._text[place : place + 1] == "]"
        if not closed or when is None or len(several) > 3:  # noqa: PLR2004 - before, after, when
            return None
        before = several[0] if len(several) == 3 else ()  # noqa: PLR2004 - as above
        return (_Scheduled(before, several[-2], when.group(1)),), place + 1


def _steps(parts: _Texts, timeline: Timeline) -> Iterator[int]:
    """The last steps of the texts that a prompt becomes."""
    for part in parts:
        if isinstance(part, _Scheduled):
            step = timeline.step(part.when)
            if step >= 1:
                yield step
            yield from _steps((*part.before, *part.after), timeline)
        elif isinstance(part, _Alternate):
            yield from range(1, timeline.length + 1)
            for option in part.options:
                yield from _steps(option, timeline)


def _at(step: int, parts: _Texts, timeline: Timeline) -> str:
    """The text of a step."""
    found: list[str] = []
    for part in parts:
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, _Scheduled):
            early = step <= timeline.step(part.when)
            found.append(_at(step, part.before if early else part.after, timeline))
        else:
            found.append(_at(step, part.options[(step - 1) % len(part.options)], timeline))
    return "".join(found)


def texts_of(prompt: str, timeline: Timeline) -> Sequence[str]:
    """The texts that a prompt becomes, each once, in the order of their first step.

    Args:
        prompt: the prompt, or a part of it between two AND.
        timeline: the steps by which its numbers count.

    Returns:
        One text at least.
    """
    if "[" not in prompt:
        return (prompt,)
    parts = _Reader(prompt).all()
    if parts is None:
        return (prompt,)
    ends = sorted({timeline.length, *_steps(parts, timeline)})
    return tuple(dict.fromkeys(_at(step, parts, timeline) for step in ends))
