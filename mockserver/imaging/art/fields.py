"""Wavy fields: heights that rise and fall smoothly, for marble, mist and nebulae."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mockserver.imaging.art.dice import ONE, TURN, sin

if TYPE_CHECKING:
    from mockserver.imaging.art.dice import Dice


#: Crests that a wave may have from side to side; finer ones are lower.
_CRESTS = ((1, 2), (1, 3), (2, 4), (3, 6))
_HEIGHTS = (44, 36, 28, 18)
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
    parts = []
    for (low, high), crest in zip(_CRESTS, _HEIGHTS, strict=True):
        crests = dice.between(low, high) * finer
        tilt = dice.between(-2, 2) * finer
        sway, phase, turns = dice.between(20, 70), dice.below(TURN), dice.between(1, 3) * finer
        second, third = dice.below(TURN), dice.between(2, 5) * finer
        wave, start = _wave(width, crests, 2 * crest), dice.below(width)
        slope, swing = tilt * width, sway * width
        bends = [
            slope * row // rows
            + swing * _SINE[(phase + turns * TURN * row // rows) % TURN] // _SWAY
            + swing * _SINE[(second + third * TURN * row // rows) % TURN] // (2 * _SWAY)
            for row in range(rows)
        ]
        shifts = [(start + bend // crests) % width for bend in bends]
        parts.append((wave, shifts))
    lines = []
    for row in range(rows):
        total = 0
        for wave, shifts in parts:
            shift = shifts[row]
            total += int.from_bytes(wave[shift : shift + width], "little")
        lines.append(total.to_bytes(width, "little"))
    return b"".join([lines[row * rows // height] for row in range(height)])
