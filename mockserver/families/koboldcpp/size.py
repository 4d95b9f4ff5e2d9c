"""The size that is drawn for the size that was asked for.

Source: otherarch/sdcpp/sdtype_adapter.cpp, sd_fix_resolution, at v1.111; recorded: t2i-size/*,
i2i/odd-size.
"""

from __future__ import annotations

_STEP = 64
_SHORTEST, _LONGEST = 64, 8192


def _down(side: int) -> int:
    return side - side % _STEP


def _up(side: int) -> int:
    return _down(side + _STEP - 1)


def drawn_size(width: int, height: int, largest_square: int) -> tuple[int, int]:
    """Width and height in steps of 64, of at most so large an area, in like proportions.

    Args:
        width: as asked for, any integer.
        height: likewise.
        largest_square: side of the largest square that is drawn.
    """
    sides = [max(_SHORTEST, min(side, _LONGEST)) for side in (width, height)]
    long, short = _within(max(sides), min(sides), largest_square * largest_square)
    return (long, short) if sides[0] > sides[1] else (short, long)


def _within(long: int, short: int, area: int) -> tuple[int, int]:
    ratio = long / short
    long, short = _down(long), _down(short)
    if long * short <= area:
        return long, short
    scale = (area / (long * short)) ** 0.5
    long, short = int(long * scale), int(short * scale)
    if short <= _SHORTEST:
        return _down(area // _SHORTEST), _SHORTEST
    nearest = [(_down(long), _down(short))]
    raised = [(_down(long), _up(short)), (_up(long), _down(short))]
    nearest += [(wide, high) for wide, high in raised if wide * high < area]
    return min(nearest, key=lambda sides: abs(sides[0] / sides[1] - ratio))
