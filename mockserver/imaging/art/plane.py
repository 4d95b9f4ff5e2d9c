"""A plane of flat colours: pixels are numbers of a palette, and are coloured in the end.

A pixel is one byte, the number of a palette entry. An entry is a colour with a share of the
background that shines through, and the background is a gradient that changes from row to row:
so two hundred entries are enough for skies, haze and glass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.imaging.art.outlines import reach, runs_of_rows, squares
from mockserver.imaging.art.palette import Colour, ramp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mockserver.imaging.art.fields import Dice
    from mockserver.imaging.art.outlines import Point, Run


#: Palette entry: what shines through of the background (0 to 256), and 256 times red, green, blue.
Entry = tuple[int, int, int, int]

OPAQUE = 255
_ENTRIES = 256
_FULL = 256
#: Background colours from top to bottom.
_SHADES = 64
#: Steps from which nothing is coarse, and from which no noise is left.
_SHARP, _CLEAN = 12, 16
#: Blotches of noise on the short side.
_CELLS = 48
#: Any byte to 0, 1 or 2.
_TRIFLES = bytes([level * 3 >> 8 for level in range(256)])


class Plane:
    """The pixels of a picture in the making.

    Args:
        size: width and height in pixels.
        tone: what becomes of each colour that is laid on the plane.
    """

    def __init__(self, size: tuple[int, int], tone: Callable[[Colour], Colour]) -> None:
        self.size = size
        self._tone = tone
        self._plane = bytearray(size[0] * size[1])
        # A view takes bytes as they are; a bytearray would copy them first.
        self._view = memoryview(self._plane)
        self._background: tuple[Colour, ...] = ((0, 0, 0),)
        self._entries: dict[Entry, int] = {(_FULL, 0, 0, 0): 0}
        self._inks: dict[tuple[Colour, int], int] = {}

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

    def ink(self, colour: Colour, opacity: int = OPAQUE) -> int:
        """Number of a colour upon the bare background.

        Args:
            colour: before toning.
            opacity: 0 to 255.
        """
        number = self._inks.get((colour, opacity))
        if number is None:
            share = opacity * _FULL // OPAQUE
            number = self._number(self._over((_FULL, 0, 0, 0), self._tone(colour), share))
            self._inks[colour, opacity] = number
        return number

    def gradient(self, stops: Sequence[Colour]) -> None:
        """Set the background, from top to bottom.

        Args:
            stops: colours, two at least.
        """
        self._background = tuple(self._tone(stop) for stop in stops)

    def fill(self, runs: list[Run], colour: Colour, opacity: int) -> None:
        """Colour runs of the plane, each from one place to another.

        Args:
            runs: start and end of each, in pixels counted from the first of the plane.
            colour: red, green and blue, 0 to 255.
            opacity: 0 to 255.
        """
        if opacity >= OPAQUE:
            self.lay(runs, self.ink(colour))
        else:
            self._glaze(runs, self._tone(colour), opacity * _FULL // OPAQUE)

    def lay(self, runs: Iterable[Run], number: int) -> None:
        """Give runs of the plane a palette entry.

        Args:
            runs: first and last place (excluded) of each.
            number: of the entry.
        """
        view, full = self._view, bytes((number,)) * self.size[0]
        for first, last in runs:
            view[first:last] = full[: last - first]

    def lay_rows(self, at: Point, halves: Sequence[int], number: int) -> None:
        """Give a figure with one run a row a palette entry.

        Args:
            at: its middle in pixels.
            halves: half widths of its rows from the top one on.
            number: of the entry.
        """
        width, height = self.size
        (x, top), wide = (at[0], at[1] - len(halves) // 2), max(halves, default=0)
        if x < wide or x + wide > width or top < 0 or top + len(halves) > height:
            self.lay(runs_of_rows(self.size, at, halves), number)
            return
        view, full, place = self._view, bytes((number,)) * (2 * wide), top * width + x
        for half in halves:
            view[place - half : place + half] = full[: half + half]
            place += width

    def lay_even(self, at: Point, halves: Sequence[int], number: int) -> bool:
        """Give a figure that is the same above and below its middle a palette entry.

        Args:
            at: its middle in pixels.
            halves: half widths of its rows from the top one on, an even number of them.
            number: of the entry.

        Returns:
            Whether that was done: only where the whole figure lies on the plane.
        """
        width, height = self.size
        (x, y), rows = at, len(halves) // 2
        wide = halves[rows - 1]
        if x < wide or x + wide > width or y < rows or y + rows > height:
            return False
        view, full = self._view, bytes((number,)) * (2 * wide)
        upper = (y - rows) * width + x
        lower = (y + rows - 1) * width + x
        for half in halves[:rows]:
            piece = full[: half + half]
            view[upper - half : upper + half] = view[lower - half : lower + half] = piece
            upper += width
            lower -= width
        return True

    def _glaze(self, runs: list[Run], colour: Colour, share: int) -> None:
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

    def shade(self, runs: list[Run], light: Point, radius: int, numbers: bytes) -> None:
        """Colour runs by their distance from a light.

        Args:
            runs: one a row.
            light: its place in pixels.
            radius: distance of the last colour, in pixels.
            numbers: palette entries at the square of the distance, in 256ths of the radius'.
        """
        width, view = self.size[0], self._view
        known, far = squares(radius), reach(radius)
        levels = numbers + numbers[-1:] * _ENTRIES
        for first, last in runs:
            row = first // width
            start = first - row * width - light[0] + far
            below = known[far + row - light[1]]
            line = known[start : start + last - first]
            view[first:last] = line.translate(levels[below : below + _ENTRIES])

    def contours(self, heights: bytes, colours: Sequence[tuple[Colour, int]]) -> None:
        """Cover the canvas with bands of colour along the heights of a field.

        Args:
            heights: one byte a pixel, as `fields.waves` makes them.
            colours: colour and opacity of each band, from the lowest to the highest.
        """
        numbers = [self.ink(colour, opacity) for colour, opacity in colours]
        levels = bytes([numbers[height * len(numbers) >> 8] for height in range(256)])
        self._plane[:] = heights.translate(levels)

    def stripes(self, left: int, rows: range, numbers: bytes) -> None:
        """Give rows the same entries from a column on.

        Args:
            left: the column, in pixels.
            rows: in pixels.
            numbers: entries, one a pixel.
        """
        width, height = self.size
        numbers, left = numbers[max(-left, 0) : max(width - left, 0)], max(left, 0)
        view, length = self._view, len(numbers)
        for row in rows:
            if 0 <= row < height:
                view[row * width + left : row * width + left + length] = numbers

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
        cell = max(min(self.size) // _CELLS, 1)
        across, left = -(-width // cell), _CLEAN - steps
        noisy = 256 * left**3 // _CLEAN**3
        random = dice.noise(2 * across * -(-height // cell))
        numbers = len(self._entries)
        masks = bytes([0 if level < noisy else OPAQUE for level in range(256)])
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

    def bands(self, dice: Dice) -> Iterator[bytearray]:
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
            yield out

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
                        min(one[channel + 1] + (_FULL - one[0]) * more, _FULL * OPAQUE)
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
