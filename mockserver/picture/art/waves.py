"""Sine and cosine in whole numbers."""

from __future__ import annotations

import math

#: A full turn.
TURN = 256
#: The sine of a quarter turn.
ONE = 1024
_TABLE = [round(math.sin(step * math.tau / TURN) * ONE) for step in range(TURN)]


def sin(angle: int) -> int:
    """Sine of an angle in 256ths of a turn, in 1024ths."""
    return _TABLE[angle % TURN]


def cos(angle: int) -> int:
    """Cosine of an angle in 256ths of a turn, in 1024ths."""
    return _TABLE[(angle + TURN // 4) % TURN]


def turned(x: int, y: int, angle: int) -> tuple[int, int]:
    """A point turned around the origin."""
    return (x * cos(angle) - y * sin(angle)) // ONE, (x * sin(angle) + y * cos(angle)) // ONE
