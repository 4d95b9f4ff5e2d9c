"""Repeatable random numbers, and smooth fields made of them."""

from __future__ import annotations

import hashlib
import math
import struct
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence


#: A full turn.
TURN = 256
#: The sine of a quarter turn.
ONE = 1024
_TABLE = [round(math.sin(step * math.tau / TURN) * ONE) for step in range(TURN)]


def sin(angle: int) -> int:
    """Sine of an angle in 256ths of a turn, in 1024ths.

    Args:
        angle: in 256ths of a turn.
    """
    return _TABLE[angle % TURN]


def cos(angle: int) -> int:
    """Cosine of an angle in 256ths of a turn, in 1024ths.

    Args:
        angle: in 256ths of a turn.
    """
    return _TABLE[(angle + TURN // 4) % TURN]


def turned(x: int, y: int, angle: int) -> tuple[int, int]:
    """A point turned around the origin.

    Args:
        x: of the point.
        y: of the point.
        angle: in 256ths of a turn.
    """
    return (x * cos(angle) - y * sin(angle)) // ONE, (x * sin(angle) + y * cos(angle)) // ONE


_T = TypeVar("_T")
#: Numbers come in blocks: how long one is, how it is read, and bits of a number.
_BLOCK, _NUMBERS, _BITS = 512, ">64Q", 64
_WHOLE = 1000


def _plain(value: Hashable) -> str:
    """A value as text; values that are equal have equal texts."""
    if isinstance(value, tuple):
        return f"({','.join(_plain(part) for part in value)})"
    if isinstance(value, bool | int | float) and value == value // 1:
        return repr(int(value))
    return repr(value)


class Dice:
    """Numbers drawn one after the other from a key.

    Args:
        key: what the numbers depend on.
    """

    def __init__(self, *key: Hashable) -> None:
        self._key = "\0".join(_plain(part) for part in key).encode(errors="surrogatepass")
        self._drawn = self._stream()
        self._other: Dice | None = None
        self._share = 0

    def _stream(self) -> Iterator[int]:
        for block in count():
            text = self._key + b"\1" + str(block).encode()
            yield from struct.unpack(_NUMBERS, hashlib.shake_128(text).digest(_BLOCK))

    def towards(self, other: Dice, share: int) -> Dice:
        """Dice whose numbers lie between those of two dice.

        Args:
            other: dice to which the share belongs.
            share: thousandths of the way to the other's numbers.
        """
        between = Dice()
        between._key, between._other, between._share = self._key, other, share
        return between

    def fork(self, name: str) -> Dice:
        """Dice of their own for a part, whatever was drawn here before.

        Args:
            name: of the part.
        """
        part = Dice()
        part._key = self._key + b"\0" + name.encode()
        if self._other is not None:
            part._other, part._share = self._other.fork(name), self._share
        return part

    def noise(self, count: int) -> bytes:
        """So many random bytes; the same ones each time.

        Args:
            count: how many.
        """
        return hashlib.shake_128(self._key).digest(count)

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` - 1.

        Args:
            bound: 1 at least.
        """
        number = next(self._drawn)
        if self._other is not None:
            other = next(self._other._drawn)  # noqa: SLF001 - its own class
            number += (other - number) * self._share // _WHOLE
        return number * bound >> _BITS

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included.

        Args:
            low: the least number.
            high: the greatest number.
        """
        return low + self.below(high - low + 1)

    def pick(self, things: Sequence[_T]) -> _T:
        """One of the things.

        Args:
            things: one at least.
        """
        return things[self.below(len(things))]

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred.

        Args:
            percent: 0 to 100.
        """
        return self.below(100) < percent


#: The least and most crests of a wave from side to side, and its height; finer ones are lower.
_Crests = tuple[int, int, int]
#: Two waves each that sway together: the sum of a row costs by the number of pairs.
_WAVES: tuple[tuple[_Crests, _Crests], ...] = (((1, 2, 44), (3, 6, 18)), ((1, 3, 36), (2, 4, 28)))
#: Rows that are reckoned; taller fields repeat each.
_ROWS = 256
_SWAY = TURN * ONE
_SINE = [sin(angle) for angle in range(TURN)]


@lru_cache(maxsize=64)
def _wave(width: int, crests: int, height: int) -> bytes:
    """One row of a wave, twice over, so that it can be read from any place of the first half."""
    row = bytes(
        [(ONE + sin(x * TURN * crests // width)) * height // (2 * ONE) for x in range(width)]
    )
    return row + row


def waves(dice: Dice, size: tuple[int, int], finer: int = 1) -> bytes:
    """Heights of a field whose opposite sides meet, one byte a pixel.

    Args:
        dice: choose the waves.
        size: width and height in pixels.
        finer: how many times as many crests.
    """
    width, height = size
    rows = min(height, _ROWS)
    parts = [_bent(dice, width, rows, pair, finer) for pair in _WAVES]
    lines = []
    for row in range(rows):
        total = 0
        for wave, shifts in parts:
            shift = shifts[row]
            total += int.from_bytes(wave[shift : shift + width], "little")
        lines.append(total.to_bytes(width, "little"))
    return b"".join([lines[row * rows // height] for row in range(height)])


def _bent(
    dice: Dice, width: int, rows: int, pair: tuple[_Crests, _Crests], finer: int
) -> tuple[bytes, list[int]]:
    """A row of two waves twice over, and where in it each row of a field begins."""
    row, coarsest = 0, width
    for low, high, height in pair:
        crests = dice.between(low, high) * finer
        start = dice.below(width)
        wave = _wave(width, crests, 2 * height)[start : start + width]
        row += int.from_bytes(wave, "little")
        coarsest = min(coarsest, crests)
    tilt = dice.between(-2, 2) * finer
    sway, phase, turns = dice.between(20, 70), dice.below(TURN), dice.between(1, 3) * finer
    second, third = dice.below(TURN), dice.between(2, 5) * finer
    slope, swing = tilt * width, sway * width
    shifts = [
        (
            slope * row // rows
            + swing * _SINE[(phase + turns * TURN * row // rows) % TURN] // _SWAY
            + swing * _SINE[(second + third * TURN * row // rows) % TURN] // (2 * _SWAY)
        )
        // coarsest
        % width
        for row in range(rows)
    ]
    return 2 * row.to_bytes(width, "little"), shifts
