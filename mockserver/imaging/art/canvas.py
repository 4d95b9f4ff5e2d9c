"""A canvas: shapes upon a plane of flat colours.

Places are given in 1024ths of the short side, from the middle, so that a composition is the
same at any size. On a tiling canvas what leaves on one side comes in on the other.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from mockserver.imaging.art.fields import ONE, cos, sin
from mockserver.imaging.art.outlines import half_widths, ranks, runs_of_outlines, runs_of_rows
from mockserver.imaging.art.palette import Colour, ramp
from mockserver.imaging.art.plane import OPAQUE, Plane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mockserver.imaging.art.outlines import Point


#: Length of the short side in canvas units.
UNIT = 1024
#: Rings of a glow, and shades of a ball.
_RINGS = 14
_LIGHTS = 14


class Canvas(Plane):
    """A picture in the making.

    Args:
        size: width and height in pixels.
        tiling: whether opposite sides are to meet.
        tone: what becomes of each colour that is laid on the canvas.

    Attributes:
        right: half of the width, in canvas units.
        bottom: half of the height, in canvas units.
    """

    def __init__(
        self,
        size: tuple[int, int],
        *,
        tiling: bool = False,
        tone: Callable[[Colour], Colour] = lambda colour: colour,
    ) -> None:
        super().__init__(size, tone)
        self.tiling = tiling
        self._short = min(size)
        self.right = size[0] * UNIT // (2 * self._short)
        self.bottom = size[1] * UNIT // (2 * self._short)

    def pixels(self, units: int) -> int:
        """A length in pixels.

        Args:
            units: a length in canvas units, of which the shorter edge has 1024.
        """
        return units * self._short // UNIT

    def place(self, point: Point) -> Point:
        """A place in pixels.

        Args:
            point: x and y in canvas units.
        """
        scale = 2 * self._short
        x = (point[0] * scale // UNIT + 1) // 2 + self.size[0] // 2
        return x, (point[1] * scale // UNIT + 1) // 2 + self.size[1] // 2

    def _repeats(self, at: Point, radii: Point) -> list[Point]:
        """Where else a shape within a box is, on a canvas whose sides meet.

        Args:
            at: middle of the box in pixels.
            radii: half of its width and height.
        """
        if not self.tiling:
            return [(0, 0)]
        (x, y), (wide, high), (width, height) = at, radii, self.size
        across = [n * width for n in (-1, 0, 1) if -wide <= x + n * width <= width + wide]
        along = [n * height for n in (-1, 0, 1) if -high <= y + n * height <= height + high]
        return [(dx, dy) for dx in across for dy in along]

    def shape(
        self,
        points: Sequence[Point],
        colour: Colour,
        opacity: int = OPAQUE,
        hole: Sequence[Point] = (),
    ) -> None:
        """Fill a polygon, but for a hole in it.

        Args:
            points: its corners.
            colour: of the filling.
            opacity: 0 to 255.
            hole: corners of the hole.
        """
        lines = [[self.place(point) for point in line] for line in (points, hole) if line]
        across, along = zip(*lines[0], strict=True)
        radii = max(across) - min(across), max(along) - min(along)
        for dx, dy in self._repeats(lines[0][0], radii):
            moved = [[(x + dx, y + dy) for x, y in line] for line in lines]
            self.fill(runs_of_outlines(self.size, moved), colour, opacity)

    def profile(self, foot: Point, halves: Sequence[int], colour: Colour) -> None:
        """Fill a figure that is the same on both sides of its middle.

        Args:
            foot: its lowest place.
            halves: half widths of its rows in pixels, from the top one to the lowest.
            colour: of the filling.
        """
        x, y = self.place(foot)
        self.lay_rows((x, y - len(halves) // 2), halves, self.ink(colour))

    def ground(self, line: Sequence[Point], colour: Colour) -> None:
        """Fill all that lies below a line, which goes from the left side to the right one.

        Args:
            line: y of the line at each column, in pixels.
            colour: red, green and blue, 0 to 255.
        """
        width, height = self.size
        points = [self.place(point) for point in line]
        lowest = min(max(y for _, y in points), height)
        points += [(points[-1][0], lowest), (points[0][0], lowest)]
        self.lay(runs_of_outlines(self.size, [points]), self.ink(colour))
        first = max(lowest, 0) * width
        self._view[first:] = bytes((self.ink(colour),)) * (width * height - first)

    def bar(self, box: tuple[int, int, int, int], colour: Colour) -> None:
        """Fill an upright rectangle: left, top, right, bottom.

        Args:
            box: left, top, right and bottom in canvas units.
            colour: red, green and blue, 0 to 255.
        """
        left, top = self.place(box[:2])
        right, bottom = self.place(box[2:])
        width, height = self.size
        left, right = max(left, 0), min(max(right, left + 1), width)
        if left >= right:
            return
        rows = range(max(top, 0) * width, min(max(bottom, top + 1), height) * width, width)
        self.lay([(row + left, row + right) for row in rows], self.ink(colour))

    def disc(self, at: Point, radius: int, colour: Colour, opacity: int = OPAQUE) -> None:
        """Fill a circle.

        Args:
            at: its middle.
            radius: in canvas units.
            colour: of the filling.
            opacity: 0 to 255.
        """
        self.oval(at, (radius, radius), colour, opacity)

    def _oval(self, radii: tuple[int, int], angle: int) -> tuple[Sequence[int], int]:
        """Half widths of the rows of an ellipse, and how far each lies right of the one above."""
        wide, high = max(self.pixels(radii[0]), 1), max(self.pixels(radii[1]), 1)
        lean = 0
        if angle:
            across, along = cos(angle), sin(angle)
            square = ((wide * along) ** 2 + (high * across) ** 2) >> 20
            tall = max(isqrt(square), 1)
            lean = (wide * wide - high * high) * across * along // (ONE * tall * tall)
            wide, high = max(wide * high // tall, 1), tall
        halves: Sequence[int] = half_widths(high)
        if wide != high:
            halves = [half * wide // high for half in halves]
        return halves, lean

    def oval(
        self,
        at: Point,
        radii: tuple[int, int],
        colour: Colour,
        opacity: int = OPAQUE,
        angle: int = 0,
    ) -> None:
        """Fill an ellipse.

        Args:
            at: its middle.
            radii: half of its width and height, in canvas units.
            colour: of the filling.
            opacity: 0 to 255.
            angle: by which it is turned, in 256ths of a turn.
        """
        halves, lean = self._oval(radii, angle)
        x, y = self.place(at)
        around = max(halves, default=0) + (abs(lean) * len(halves) >> 10) + 1
        for dx, dy in self._repeats((x, y), (around, len(halves))):
            middle = x + dx, y + dy
            if lean or opacity < OPAQUE or not self.lay_even(middle, halves, self.ink(colour)):
                self.fill(runs_of_rows(self.size, middle, halves, lean), colour, opacity)

    def glow(self, at: Point, radius: int, colour: Colour, opacity: int = OPAQUE) -> None:
        """Light that fades from a point to `radius` away from it, upon the bare background.

        Args:
            at: where it is brightest.
            radius: in canvas units.
            colour: of the light.
            opacity: in the middle, 0 to 255.
        """
        shares = [opacity * (_RINGS - ring) // _RINGS for ring in range(1, _RINGS + 1)]
        inks = [self.ink(colour, share) for share in shares]
        numbers = ranks(_RINGS).translate(_padded(inks))
        size, (x, y) = max(self.pixels(radius), 1), self.place(at)
        for dx, dy in self._repeats((x, y), (size, size)):
            runs = runs_of_rows(self.size, (x + dx, y + dy), half_widths(size))
            self.shade(runs, (x + dx, y + dy), size, numbers)

    def sphere(self, at: Point, radius: int, stops: Sequence[Colour]) -> None:
        """A ball, lit from the upper left.

        Args:
            at: its middle.
            radius: in canvas units.
            stops: colours from the first in the light to the last in the shade.
        """
        size, (x, y) = max(self.pixels(radius), 1), self.place(at)
        lights = min(_LIGHTS, max(size // 2, 2))
        inks = [self.ink(colour) for colour in ramp(stops, lights)]
        numbers = ranks(lights).translate(_padded(inks))
        aside = size * 38 // 100
        for dx, dy in self._repeats((x, y), (size, size)):
            light = (x + dx - aside, y + dy - aside)
            runs = runs_of_rows(self.size, (x + dx, y + dy), half_widths(size))
            self.shade(runs, light, size * 150 // 100, numbers)


def _padded(numbers: Sequence[int]) -> bytes:
    """A table for `bytes.translate`."""
    return bytes(numbers) + bytes(256 - len(numbers))
