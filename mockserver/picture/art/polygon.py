"""Polygons filled in whole numbers: Pillow's versions differ in where slanting lines lie."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Point = tuple[int, int]


def _crossings(outlines: Iterable[Sequence[Point]], rows: int) -> list[list[int]]:
    """Where the outlines cross the middle of each row."""
    found: list[list[int]] = [[] for _ in range(rows)]
    for outline in outlines:
        for start, end in pairwise([*outline, *outline[:1]]):
            (x, y), (to_x, to_y) = (start, end) if start[1] < end[1] else (end, start)
            run, twice = to_x - x, 2 * (to_y - y)
            for row in range(max(y, 0), min(to_y, rows)):
                found[row].append(x + run * (2 * (row - y) + 1) // twice)
    return found


def filled(outlines: Iterable[Sequence[Point]], size: tuple[int, int]) -> Image.Image:
    """A mask of mode L, white inside: where an odd number of outlines lies around a pixel.

    Args:
        outlines: corners in pixels, each outline closed by itself.
        size: of the mask.
    """
    width, height = size
    data, white = bytearray(width * height), b"\xff" * width
    for row, crossings in enumerate(_crossings(outlines, height)):
        crossings.sort()
        for place in range(0, len(crossings), 2):
            first, last = crossings[place], crossings[place + 1]
            # Comparisons, as calls of min and max would take half of the time.
            first = first if first > 0 else 0  # noqa: FURB136 - see above
            last = last if last < width else width  # noqa: FURB136 - see above
            if first < last:
                data[row * width + first : row * width + last] = white[: last - first]
    return Image.frombytes("L", size, bytes(data))
