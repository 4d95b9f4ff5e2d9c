"""Outlines as integers, and the runs of pixels that they enclose."""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import TYPE_CHECKING

from mockserver.imaging.art.fields import ONE, cos, sin, turned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


Point = tuple[int, int]
Run = tuple[int, int]


@lru_cache(maxsize=512)
def half_widths(radius: int) -> tuple[int, ...]:
    """Half widths of a circle's rows, from the top one to the bottom one.

    Args:
        radius: in pixels.
    """
    square = 4 * radius * radius
    upper = [isqrt(square - (2 * row - 1) ** 2) + 1 >> 1 for row in range(1, radius + 1)]
    return (*reversed(upper), *upper)


def reach(radius: int) -> int:
    """Pixels on either side of a light whose distances `_squares` knows.

    Args:
        radius: in pixels.
    """
    return 2 * radius + 2


@lru_cache(maxsize=256)
def squares(radius: int) -> bytes:
    """Squares of distances from -`reach` on, in 256ths of the radius' square; 255 at most.

    Args:
        radius: in pixels.
    """
    whole = radius * radius
    half = [min(256 * away * away // whole, 255) for away in range(reach(radius) + 1)]
    return bytes([*half[:0:-1], *half[:-1]])


@lru_cache(maxsize=64)
def ranks(count: int) -> bytes:
    """Which of so many rings each square of a distance lies in, in 256ths.

    Args:
        count: how many.
    """
    return bytes([isqrt(level * count * count >> 8) for level in range(256)])


def ellipse(at: Point, radii: tuple[int, int], angle: int = 0, corners: int = 48) -> list[Point]:
    """Corners of an ellipse.

    Args:
        at: its middle.
        radii: half of its width and height.
        angle: in 256ths of a turn.
        corners: how many.
    """
    wide, high = radii
    turns = [corner * 256 // corners for corner in range(corners)]
    points = [(wide * cos(turn) // ONE, high * sin(turn) // ONE) for turn in turns]
    if angle:
        points = [turned(x, y, angle) for x, y in points]
    return [(at[0] + x, at[1] + y) for x, y in points]


def _crossings(outlines: Iterable[Sequence[Point]], top: int, bottom: int) -> list[list[int]]:
    """Where the outlines cross the middle of each row from `top` to `bottom`."""
    found: list[list[int]] = [[] for _ in range(top, bottom)]
    for outline in outlines:
        x, y = outline[-1]
        for to_x, to_y in outline:
            if y != to_y:
                low, high = (y, to_y) if y < to_y else (to_y, y)
                run, twice = to_x - x, 2 * (to_y - y)
                for row in range(max(low, top), min(high, bottom)):
                    found[row - top].append(x + run * (2 * (row - y) + 1) // twice)
            x, y = to_x, to_y
    return found


def runs_of_rows(
    size: tuple[int, int], at: Point, halves: Sequence[int], lean: int = 0
) -> list[Run]:
    """Runs of a figure with one run a row, cut to the canvas.

    Args:
        size: of the picture.
        at: middle of the figure in pixels.
        halves: half widths of its rows from the top one on, symmetrical to the middle.
        lean: 1024ths of a pixel by which each row lies right of the one above.
    """
    width, height = size
    x, top = at[0], at[1] - len(halves) // 2
    first, last = max(-top, 0), min(len(halves), height - top)
    if first >= last:
        return []
    start, rows = (top + first) * width + x, halves[first:last]
    places: Iterable[int] = range(start, start + (last - first) * width, width)
    wide, aside = max(rows), (abs(lean) * len(halves) >> 11) + 1
    if x + wide + aside < 0 or x - wide - aside > width:
        return []
    if lean:
        skew = (2 * first - len(halves) + 1) * lean
        skews = range(skew, skew + 2 * lean * len(rows), 2 * lean)
        places = [place + (skewed >> 11) for place, skewed in zip(places, skews, strict=True)]
    if wide + aside <= x <= width - wide - aside:
        return [(place - half, place + half) for place, half in zip(places, rows, strict=True)]
    runs = []
    for line, (place, half) in enumerate(zip(places, rows, strict=True), top + first):
        left, right, row = place - half, place + half, line * width
        left = left if left > row else row  # noqa: FURB136 - calls of max would cost half
        right = right if right < row + width else row + width  # noqa: FURB136 - the same
        if left < right:
            runs.append((left, right))
    return runs


def runs_of_outlines(size: tuple[int, int], outlines: Sequence[Sequence[Point]]) -> list[Run]:
    """Runs inside polygons, cut to the canvas: where an odd number of outlines lies around.

    Args:
        size: width and height in pixels.
        outlines: points of each polygon, in canvas units.
    """
    width, height = size
    columns, rows = zip(*outlines[0], strict=True)
    top, bottom = max(min(rows), 0), min(max(rows), height)
    if top >= bottom or max(columns) <= 0 or min(columns) >= width:
        return []
    runs = []
    for row, crossed in enumerate(_crossings(outlines, top, bottom), top):
        crossed.sort()
        start = row * width
        for at in range(0, len(crossed), 2):
            first, last = crossed[at], crossed[at + 1]
            first = first if first > 0 else 0  # noqa: FURB136 - calls of max would cost half
            last = last if last < width else width  # noqa: FURB136 - the same
            if first < last:
                runs.append((start + first, start + last))
    return runs
