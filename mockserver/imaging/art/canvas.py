"""A canvas: shapes, gradients and fields laid upon each other, in whole numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PIL import Image

from mockserver.imaging.art.noise import ONE, TURN, cloud, cos, sin, turned
from mockserver.imaging.art.palette import Colour, flat, ramp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mockserver.imaging.art.noise import Dice


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


#: Length of the short side.
UNIT = 1024
#: Edges are drawn so many times finer and then averaged.
_FINER = 3
#: On canvases from this size on only twice as fine.
_LARGE = 512
_CORNERS = 48
#: Levels of the light on a ball, from the brightest place to the rim.
_LIT = 150


def ellipse(
    at: Point, radii: tuple[int, int], angle: int = 0, corners: int = _CORNERS
) -> list[Point]:
    """Corners of an ellipse; `angle` in 256ths of a turn."""
    wide, high = radii
    turns = [corner * TURN // corners for corner in range(corners)]
    points = [(wide * cos(turn) // ONE, high * sin(turn) // ONE) for turn in turns]
    if angle:
        points = [turned(x, y, angle) for x, y in points]
    return [(at[0] + x, at[1] + y) for x, y in points]


class Canvas:
    """A picture in the making.

    Args:
        size: in pixels.
        tiling: opposite sides are to meet.

    Attributes:
        image: RGB.
        right: half of the width, in canvas units.
        bottom: half of the height, in canvas units.
    """

    def __init__(self, size: tuple[int, int], *, tiling: bool = False) -> None:
        self.size = size
        self.tiling = tiling
        self.image = Image.new("RGB", size)
        self._short = min(size)
        self._finer = _FINER if max(size) < _LARGE else 2
        self.right = size[0] * UNIT // (2 * self._short)
        self.bottom = size[1] * UNIT // (2 * self._short)

    def _pixels(self, point: Point, finer: int) -> tuple[int, int]:
        """Place in pixels, `finer` times as fine."""
        scale = 2 * self._short * finer
        x = (point[0] * scale // UNIT + 1) // 2 + self.size[0] * finer // 2
        return x, (point[1] * scale // UNIT + 1) // 2 + self.size[1] * finer // 2

    def cells(self, count: int) -> tuple[int, int]:
        """Cells of a lattice with `count` cells on the short side."""
        return tuple(max(1, side * count // self._short) for side in self.size)  # type: ignore[return-value]

    def field(self, dice: Dice, count: int, octaves: int = 3) -> Image.Image:
        """Clouds with `count` cells on the short side, as large as the canvas."""
        return cloud(dice, self.size, self.cells(count), octaves)

    def gradient(self, stops: Sequence[Colour]) -> None:
        """Fill the canvas from top to bottom."""
        column = Image.frombytes("RGB", (1, self.size[1]), flat(ramp(stops, self.size[1])))
        self.image.paste(column.resize(self.size, Image.Resampling.NEAREST), (0, 0))

    def colour(
        self, field: Image.Image, stops: Sequence[Colour], mask: Image.Image | None = None
    ) -> None:
        """Lay a grey field on the canvas, dark as the first stop, bright as the last."""
        coloured = field.copy()
        coloured.putpalette(flat(ramp(stops)))
        self.image.paste(coloured.convert("RGB"), (0, 0), mask)

    def veil(self, colour: Colour, mask: Image.Image) -> None:
        """Lay one colour on the canvas where the mask is bright."""
        self.image.paste(colour, (0, 0, *self.size), mask)

    def shape(
        self,
        points: Sequence[Point],
        colour: Colour,
        opacity: int = 255,
        hole: Sequence[Point] = (),
    ) -> None:
        """Fill a polygon, but for a hole in it."""
        for dx, dy in self._repeats():
            outer, inner = ([(x + dx, y + dy) for x, y in line] for line in (points, hole))
            mask, at = self._mask(outer, inner)
            if mask is not None:
                if opacity < 255:  # noqa: PLR2004 - the highest value of a byte
                    mask = mask.point([level * opacity // 255 for level in range(256)])
                self.image.paste(colour, (*at, at[0] + mask.width, at[1] + mask.height), mask)

    def _repeats(self) -> list[Point]:
        if not self.tiling:
            return [(0, 0)]
        return [(x * 2 * self.right, y * 2 * self.bottom) for x in (-1, 0, 1) for y in (-1, 0, 1)]

    def _mask(
        self, points: Sequence[Point], hole: Sequence[Point] = ()
    ) -> tuple[Image.Image | None, Point]:
        """Coverage of a polygon within its bounds, and where that lies on the canvas."""
        finer = self._finer
        fine = [self._pixels(point, finer) for point in points]
        left = max(min(x for x, _ in fine) // finer, 0)
        top = max(min(y for _, y in fine) // finer, 0)
        right = min(max(x for x, _ in fine) // finer + 1, self.size[0])
        bottom = min(max(y for _, y in fine) // finer + 1, self.size[1])
        if left >= right or top >= bottom:
            return None, (0, 0)
        outlines = [
            [(x - left * finer, y - top * finer) for x, y in line]
            for line in (fine, [self._pixels(point, finer) for point in hole])
        ]
        size = (right - left) * finer, (bottom - top) * finer
        return filled(outlines, size).reduce(finer), (left, top)

    def bar(self, box: tuple[int, int, int, int], colour: Colour) -> None:
        """Fill an upright rectangle: left, top, right, bottom."""
        left, top = self._pixels(box[:2], 1)
        right, bottom = self._pixels(box[2:], 1)
        self.image.paste(colour, (left, top, max(right, left + 1), max(bottom, top + 1)))

    def disc(self, at: Point, radius: int, colour: Colour, opacity: int = 255) -> None:
        """Fill a circle."""
        corners = _CORNERS if radius > UNIT // 64 else _CORNERS // 4
        self.shape(ellipse(at, (radius, radius), corners=corners), colour, opacity)

    def glow(self, at: Point, radius: int, colour: Colour, opacity: int = 255) -> None:
        """Light that fades from a point to `radius` away from it."""
        side = max(2 * radius * self._short // UNIT, 2)
        # The gradient reaches full brightness at 180/256 of half its side.
        levels = [max(0, 180 - level) * opacity // 180 for level in range(256)]
        mask = Image.radial_gradient("L").point(levels).resize((side, side))
        for dx, dy in self._repeats():
            x, y = self._pixels((at[0] + dx, at[1] + dy), 1)
            box = (x - side // 2, y - side // 2)
            self.image.paste(colour, (*box, box[0] + side, box[1] + side), mask)

    def sphere(self, at: Point, radius: int, stops: Sequence[Colour]) -> None:
        """A ball, lit from the upper left, from the first stop in the light to the last."""
        side = max(2 * radius * self._short // UNIT, 4)
        light = Image.radial_gradient("L").resize((2 * side, 2 * side), Image.Resampling.BILINEAR)
        for dx, dy in self._repeats():
            mask, (left, top) = self._mask(ellipse((at[0] + dx, at[1] + dy), (radius, radius)))
            if mask is None:
                continue
            x, y = self._pixels((at[0] + dx, at[1] + dy), 1)
            # The light falls on a third of the way from the upper left corner.
            first = side * 2 // 3 + left - (x - side // 2), side * 2 // 3 + top - (y - side // 2)
            shade = light.crop((*first, first[0] + mask.width, first[1] + mask.height))
            shade.putpalette(flat(ramp(stops, _LIT) + [stops[-1]] * (256 - _LIT)))
            self.image.paste(shade.convert("RGB"), (left, top), mask)
