"""A canvas of flat colours: shapes are runs of pixels, colours are numbers of a palette.

Places are given in 1024ths of the short side, from the middle, so that a composition is the
same at any size. On a tiling canvas what leaves on one side comes in on the other.

A pixel is one byte, the number of a palette entry. An entry is a colour with a share of the
background that shines through, and the background is a gradient that changes from row to row:
so two hundred entries are enough for skies, haze and glass.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import TYPE_CHECKING

from mockserver.imaging.art.noise import ONE, cos, sin, turned
from mockserver.imaging.art.palette import Colour, ramp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mockserver.imaging.art.noise import Dice


Point = tuple[int, int]
#: Palette entry: what shines through of the background (0 to 256), and 256 times red, green, blue.
Entry = tuple[int, int, int, int]

#: Length of the short side in canvas units.
UNIT = 1024
_OPAQUE = 255
_ENTRIES = 256
_FULL = 256
#: Background colours from top to bottom.
_SHADES = 128
#: Steps from which nothing is coarse, and from which no noise is left.
_SHARP, _CLEAN = 12, 16
#: Blotches of noise on the short side.
_CELLS = 48
#: Any byte to 0, 1 or 2.
_TRIFLES = bytes([level * 3 >> 8 for level in range(256)])
#: Rings of a glow, and shades of a ball.
_RINGS = 14
_LIGHTS = 14


@lru_cache(maxsize=512)
def half_widths(radius: int) -> tuple[int, ...]:
    """Half widths of a circle's rows, from the top one to the bottom one."""
    square = 4 * radius * radius
    upper = [isqrt(square - (2 * row - 1) ** 2) + 1 >> 1 for row in range(1, radius + 1)]
    return (*reversed(upper), *upper)


def _reach(radius: int) -> int:
    """Pixels on either side of a light whose distances `_squares` knows."""
    return 2 * radius + 2


@lru_cache(maxsize=256)
def _squares(radius: int) -> bytes:
    """Squares of distances from -`_reach` on, in 256ths of the radius' square; 255 at most."""
    whole, reach = radius * radius, _reach(radius)
    half = [min(256 * distance * distance // whole, 255) for distance in range(reach + 1)]
    return bytes([*half[:0:-1], *half[:-1]])


@lru_cache(maxsize=64)
def _ranks(count: int) -> bytes:
    """Which of so many rings each square of a distance lies in, in 256ths."""
    return bytes([isqrt(level * count * count >> 8) for level in range(_ENTRIES)])


def _distance(one: Entry, other: Entry) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def _padded(numbers: Sequence[int]) -> bytes:
    """A table for `bytes.translate`."""
    return bytes(numbers) + bytes(_ENTRIES - len(numbers))


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


class Canvas:
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
        self.size = size
        self.tiling = tiling
        self._tone = tone
        self._short = min(size)
        self.right = size[0] * UNIT // (2 * self._short)
        self.bottom = size[1] * UNIT // (2 * self._short)
        self._plane = bytearray(size[0] * size[1])
        self._background: tuple[Colour, ...] = ((0, 0, 0),)
        self._entries: dict[Entry, int] = {(_FULL, 0, 0, 0): 0}

    # -- colours

    def _number(self, entry: Entry) -> int:
        """Number of a palette entry; of the nearest one where the palette is full."""
        known = self._entries
        number = known.get(entry)
        if number is not None:
            return number
        if len(known) < _ENTRIES:
            known[entry] = len(known)
            return known[entry]
        return known[
            min(known, key=lambda one: sum(abs(a - b) for a, b in zip(one, entry, strict=True)))
        ]

    def _over(self, below: Entry, colour: Colour, share: int) -> Entry:
        """A colour laid over an entry, with `share` of 256."""
        rest = _FULL - share
        through, red, green, blue = below
        return (
            through * rest >> 8,
            colour[0] * share + (red * rest >> 8),
            colour[1] * share + (green * rest >> 8),
            colour[2] * share + (blue * rest >> 8),
        )

    def ink(self, colour: Colour, opacity: int = _OPAQUE) -> int:
        """Number of a colour upon the bare background.

        Args:
            colour: before toning.
            opacity: 0 to 255.
        """
        share = opacity * _FULL // _OPAQUE
        return self._number(self._over((_FULL, 0, 0, 0), self._tone(colour), share))

    def gradient(self, stops: Sequence[Colour]) -> None:
        """Set the background, from top to bottom."""
        self._background = tuple(self._tone(stop) for stop in stops)

    # -- runs

    def pixels(self, units: int) -> int:
        """A length in pixels."""
        return units * self._short // UNIT

    def place(self, point: Point) -> Point:
        """A place in pixels."""
        scale = 2 * self._short
        x = (point[0] * scale // UNIT + 1) // 2 + self.size[0] // 2
        return x, (point[1] * scale // UNIT + 1) // 2 + self.size[1] // 2

    def _repeats(self) -> list[Point]:
        if not self.tiling:
            return [(0, 0)]
        width, height = self.size
        return [(x * width, y * height) for x in (-1, 0, 1) for y in (-1, 0, 1)]

    def _fill(self, runs: list[Point], colour: Colour, opacity: int) -> None:
        """Colour runs of the plane, each from one place to another."""
        if opacity >= _OPAQUE:
            self.lay(runs, self.ink(colour))
        else:
            self._glaze(runs, self._tone(colour), opacity * _FULL // _OPAQUE)

    def lay(self, runs: Iterable[Point], number: int) -> None:
        """Give runs of the plane a palette entry.

        Args:
            runs: first and last place (excluded) of each.
            number: of the entry.
        """
        plane, full = self._plane, bytes((number,)) * self.size[0]
        for first, last in runs:
            plane[first:last] = full[: last - first]

    def _glaze(self, runs: list[Point], colour: Colour, share: int) -> None:
        """Lay a see-through colour on runs."""
        plane = self._plane
        seen = b"".join([plane[first:last] for first, last in runs])
        table = bytearray(range(_ENTRIES))
        if not seen:
            return
        for entry, number in list(self._entries.items()):
            if number in seen:
                table[number] = self._number(self._over(entry, colour, share))
        for first, last in runs:
            plane[first:last] = plane[first:last].translate(table)

    def _runs_of_rows(self, at: Point, halves: Sequence[int], lean: int = 0) -> list[Point]:
        """Runs of a figure with one run a row, cut to the canvas.

        Args:
            at: middle of the figure in pixels.
            halves: half widths of its rows from the top one on, symmetrical to the middle.
            lean: 1024ths of a pixel by which each row lies right of the one above.
        """
        width, height = self.size
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

    def _runs(self, outlines: list[list[Point]]) -> list[Point]:
        """Runs inside polygons, cut to the canvas: where an odd number of outlines lies around."""
        width, height = self.size
        rows = [y for _, y in outlines[0]]
        top, bottom = max(min(rows), 0), min(max(rows), height)
        if top >= bottom:
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

    # -- shapes

    def shape(
        self,
        points: Sequence[Point],
        colour: Colour,
        opacity: int = _OPAQUE,
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
        for dx, dy in self._repeats():
            moved = [[(x + dx, y + dy) for x, y in line] for line in lines]
            self._fill(self._runs(moved), colour, opacity)

    def profile(self, foot: Point, halves: Sequence[int], colour: Colour) -> None:
        """Fill a figure that is the same on both sides of its middle.

        Args:
            foot: its lowest place.
            halves: half widths of its rows in pixels, from the top one to the lowest.
            colour: of the filling.
        """
        x, y = self.place(foot)
        self.lay(self._runs_of_rows((x, y - len(halves) // 2), halves), self.ink(colour))

    def ground(self, line: Sequence[Point], colour: Colour) -> None:
        """Fill all that lies below a line, which goes from the left side to the right one."""
        width, height = self.size
        points = [self.place(point) for point in line]
        lowest = min(max(y for _, y in points), height)
        points += [(points[-1][0], lowest), (points[0][0], lowest)]
        self.lay(self._runs([points]), self.ink(colour))
        first = max(lowest, 0) * width
        self._plane[first:] = bytes((self.ink(colour),)) * (width * height - first)

    def stripes(self, left: int, rows: range, numbers: bytes) -> None:
        """Give rows the same entries from a column on.

        Args:
            left: the column, in pixels.
            rows: in pixels.
            numbers: entries, one a pixel.
        """
        width, height = self.size
        numbers, left = numbers[max(-left, 0) : max(width - left, 0)], max(left, 0)
        plane, length = self._plane, len(numbers)
        for row in rows:
            if 0 <= row < height:
                plane[row * width + left : row * width + left + length] = numbers

    def bar(self, box: tuple[int, int, int, int], colour: Colour) -> None:
        """Fill an upright rectangle: left, top, right, bottom."""
        left, top = self.place(box[:2])
        right, bottom = self.place(box[2:])
        width, height = self.size
        left, right = max(left, 0), min(max(right, left + 1), width)
        if left >= right:
            return
        rows = range(max(top, 0) * width, min(max(bottom, top + 1), height) * width, width)
        self.lay([(row + left, row + right) for row in rows], self.ink(colour))

    def disc(self, at: Point, radius: int, colour: Colour, opacity: int = _OPAQUE) -> None:
        """Fill a circle.

        Args:
            at: its middle.
            radius: in canvas units.
            colour: of the filling.
            opacity: 0 to 255.
        """
        self.oval(at, (radius, radius), colour, opacity)

    def _oval_runs(
        self, at: Point, radii: tuple[int, int], angle: int = 0
    ) -> Iterable[list[Point]]:
        """Runs of an ellipse, once for each repeat of a tiling canvas."""
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
        x, y = self.place(at)
        for dx, dy in self._repeats():
            yield self._runs_of_rows((x + dx, y + dy), halves, lean)

    def oval(
        self,
        at: Point,
        radii: tuple[int, int],
        colour: Colour,
        opacity: int = _OPAQUE,
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
        for runs in self._oval_runs(at, radii, angle):
            self._fill(runs, colour, opacity)

    def _shaded(self, runs: list[Point], light: Point, radius: int, numbers: bytes) -> None:
        """Colour runs by their distance from a light.

        Args:
            runs: one a row.
            light: its place in pixels.
            radius: distance of the last colour, in pixels.
            numbers: palette entries at the square of the distance, in 256ths of the radius'.
        """
        width, plane = self.size[0], self._plane
        squares, reach = _squares(radius), _reach(radius)
        levels = numbers + numbers[-1:] * _ENTRIES
        for first, last in runs:
            row = first // width
            start = first - row * width - light[0] + reach
            below = squares[reach + row - light[1]]
            line = squares[start : start + last - first]
            plane[first:last] = line.translate(levels[below : below + _ENTRIES])

    def glow(self, at: Point, radius: int, colour: Colour, opacity: int = _OPAQUE) -> None:
        """Light that fades from a point to `radius` away from it, upon the bare background.

        Args:
            at: where it is brightest.
            radius: in canvas units.
            colour: of the light.
            opacity: in the middle, 0 to 255.
        """
        shares = [opacity * (_RINGS - ring) // _RINGS for ring in range(1, _RINGS + 1)]
        inks = [self.ink(colour, share) for share in shares]
        numbers = _ranks(_RINGS).translate(_padded(inks))
        size, (x, y) = max(self.pixels(radius), 1), self.place(at)
        for dx, dy in self._repeats():
            runs = self._runs_of_rows((x + dx, y + dy), half_widths(size))
            self._shaded(runs, (x + dx, y + dy), size, numbers)

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
        numbers = _ranks(lights).translate(_padded(inks))
        aside = size * 38 // 100
        for dx, dy in self._repeats():
            light = (x + dx - aside, y + dy - aside)
            runs = self._runs_of_rows((x + dx, y + dy), half_widths(size))
            self._shaded(runs, light, size * 150 // 100, numbers)

    # -- the whole

    def contours(self, heights: bytes, colours: Sequence[tuple[Colour, int]]) -> None:
        """Cover the canvas with bands of colour along the heights of a field.

        Args:
            heights: one byte a pixel, as `fields.waves` makes them.
            colours: colour and opacity of each band, from the lowest to the highest.
        """
        numbers = [self.ink(colour, opacity) for colour, opacity in colours]
        levels = bytes([numbers[height * len(numbers) >> 8] for height in range(256)])
        self._plane[:] = heights.translate(levels)

    def unfinish(self, dice: Dice, steps: int) -> None:
        """Leave the picture coarse and noisy, as few sampling steps do.

        Args:
            dice: choose the noise.
            steps: made; from 16 on the picture is finished.
        """
        if steps >= _CLEAN:
            return
        width, height = self.size
        coarse = 1 + max(_SHARP - steps, 0) // 3
        cell = max(self._short // _CELLS, 1)
        across, left = -(-width // cell), _CLEAN - steps
        noisy = 256 * left**3 // _CLEAN**3
        random = dice.noise(2 * across * -(-height // cell))
        numbers = len(self._entries)
        masks = bytes([0 if level < noisy else _OPAQUE for level in range(256)])
        specks = bytes([level * numbers >> 8 for level in range(256)])
        plane = self._plane
        for band, top in enumerate(range(0, height, cell)):
            at = 2 * across * band
            keep = _stretched(random[at : at + across].translate(masks), cell, width)
            other = _stretched(random[at + across : at + 2 * across].translate(specks), cell, width)
            for row in range(top, min(top + cell, height)):
                first, last = row * width, (row + 1) * width
                if row % coarse and row > top:
                    plane[first:last] = plane[first - width : first]
                    continue
                line = _stretched(bytes(plane[first:last:coarse]), coarse, width)
                kept, mask = int.from_bytes(line, "little"), int.from_bytes(keep, "little")
                noise = int.from_bytes(other, "little")
                plane[first:last] = (noise ^ (kept ^ noise) & mask).to_bytes(width, "little")

    def bands(self, dice: Dice) -> Iterator[bytes]:
        """The picture's pixels, some rows at a time: red, green and blue of each.

        Args:
            dice: change each colour by a trifle, so that other dice never give the same picture.
        """
        width, height = self.size
        through, inks = self._lanes(dice)
        count = min(_SHADES, height)
        plane, length = self._plane, 2 * len(self._entries)
        pad = bytes(_ENTRIES - len(self._entries))
        for band, shade in enumerate(ramp(self._background, count)):
            part = plane[band * height // count * width : (band + 1) * height // count * width]
            out = bytearray(3 * len(part))
            for channel in range(3):
                table = (through * shade[channel] + inks[channel]).to_bytes(length, "little")
                out[channel::3] = part.translate(table[1::2] + pad)
            yield bytes(out)

    def _lanes(self, dice: Dice) -> tuple[int, list[int]]:
        """Shares of the background and red, green, blue of all entries, side by side."""
        entries = list(self._entries)
        trifles = dice.fork("trifle").noise(3 * len(entries)).translate(_TRIFLES)
        inks = []
        for channel in range(3):
            own = trifles[channel::3]
            inks.append(
                _side_by_side(
                    [
                        min(one[channel + 1] + (_FULL - one[0]) * more, _FULL * _OPAQUE)
                        for one, more in zip(entries, own, strict=True)
                    ]
                )
            )
        return _side_by_side([one[0] for one in entries]), inks


def _stretched(row: bytes, times: int, width: int) -> bytes:
    """A row with each byte repeated, cut to a width."""
    if times == 1:
        return row
    wide = bytearray(len(row) * times)
    for place in range(times):
        wide[place::times] = row
    return bytes(wide[:width])


def _side_by_side(values: Sequence[int]) -> int:
    """16-bit values in one number, to be reckoned with at once."""
    return int.from_bytes(b"".join([value.to_bytes(2, "little") for value in values]), "little")
