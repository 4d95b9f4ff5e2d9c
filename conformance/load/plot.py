"""Plots as SVG, drawn from numbers alone; colours come from the style of the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDTH, _HEIGHT = 420, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 12, 42
_TICKS = 5
# Letters of a label that a pixel has room for, about.
_LETTER = 6.6


@dataclass(frozen=True)
class Line:
    """A line through points.

    Args:
        name: what it shows.
        tone: of its colour: ``info``, ``good``, ``warn`` or ``bad``.
        points: x and y, by rising x.
    """

    name: str
    tone: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Mark:
    """A line across the plot, with a word.

    Args:
        name: what it shows.
        at: its place.
        upright: whether it is at an x; else at a y.
    """

    name: str
    at: float
    upright: bool = False


@dataclass(frozen=True)
class Plot:
    """Lines over one horizontal axis; both axes begin at 0.

    Args:
        title: what a reader who sees no picture hears.
        across: what the horizontal axis counts.
        lines: at least one.
        marks: lines across.
    """

    title: str
    across: str
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...] = ()

    @property
    def svg(self) -> Markup:
        """The plot, ready for a page."""
        box, title = f"0 0 {_WIDTH} {_HEIGHT}", escape(self.title)
        parts = [
            f'<svg class="plot" viewBox="{box}" role="img" aria-label="{title}">',
            *self._grid(),
            *self._marks(),
            *(part for line in self.lines for part in self._line(line)),
            "</svg>",
        ]
        # Every text in it was escaped above.
        return Markup("\n".join(parts))  # noqa: S704

    @property
    def _tops(self) -> tuple[float, float]:
        """The ends of both axes."""
        xs = [x for line in self.lines for x, _ in line.points]
        ys = [y for line in self.lines for _, y in line.points]
        ys += [mark.at for mark in self.marks if not mark.upright]
        return _end(max(xs, default=1)), _end(max(ys, default=1) * 1.05)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        right, top = self._tops
        across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        return round(_LEFT + x / right * across, 1), round(_HEIGHT - _BOTTOM - y / top * up, 1)

    def _grid(self) -> Iterator[str]:
        right, top = self._tops
        for value in _steps(top):
            x, y = self._place(0, value)
            yield f'<line class="grid" x1="{x}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}"/>'
            yield f'<text class="tick" x="{x - 8}" y="{y + 4}" text-anchor="end">{value:g}</text>'
        for value in _steps(right):
            x, y = self._place(value, 0)
            yield f'<text class="tick" x="{x}" y="{y + 18}" text-anchor="middle">{value:g}</text>'
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        yield (
            f'<text class="axis" x="{middle}" y="{_HEIGHT - 6}" text-anchor="middle">'
            f"{escape(self.across)}</text>"
        )

    def _marks(self) -> Iterator[str]:
        right, top = self._tops
        for mark in self.marks:
            if mark.at > (right if mark.upright else top):
                continue
            name = escape(mark.name)
            if mark.upright:
                x, low = self._place(mark.at, 0)
                yield f'<line class="mark" x1="{x}" y1="{_TOP}" x2="{x}" y2="{low}"/>'
                fits = x + len(mark.name) * _LETTER < _WIDTH - _RIGHT
                side, shift = ("start", 6) if fits else ("end", -6)
                yield (
                    f'<text class="mark" x="{x + shift}" y="{low - 8}" text-anchor="{side}">'
                    f"{name}</text>"
                )
            else:
                x, y = self._place(0, mark.at)
                yield f'<line class="mark" x1="{x}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}"/>'
                yield f'<text class="mark" x="{x + 6}" y="{y - 5}">{name}</text>'

    def _line(self, line: Line) -> Iterator[str]:
        places = [self._place(x, y) for x, y in line.points]
        path = " ".join(f"{x},{y}" for x, y in places)
        yield f'<polyline class="{line.tone}" points="{path}"/>'
        for (x, y), (across, up) in zip(places, line.points, strict=True):
            note = escape(f"{line.name}: {up:.3g} at {across:g} {self.across}")
            dot = f'<circle class="{line.tone}" cx="{x}" cy="{y}" r="4">'
            yield f"{dot}<title>{note}</title></circle>"


def _end(highest: float) -> float:
    """The end of an axis: the next step above the highest value."""
    if highest <= 0:
        return 1.0
    step = _step(highest)
    return math.ceil(round(highest / step, 9)) * step


def _steps(end: float) -> Sequence[float]:
    step = _step(end)
    return [number * step for number in range(round(end / step) + 1)]


def _step(end: float) -> float:
    """A round number: 1, 2 or 5 times a power of ten, some five of which make up an axis."""
    rough = end / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= rough * 0.999)
