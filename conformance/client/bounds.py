"""Bounds that no server of this API can go beyond."""

from __future__ import annotations

import math
from dataclasses import dataclass

# A latent has one cell for eight pixels a side; a smaller picture has none (recorded: width 0
# and 4 answer 500, 8x8 works).
CELL = 8
# A longer side fits no format that servers send but PNG, and no card.
LONGEST_SIDE = 16384
# What a random generator takes for a seed (recorded: 2**63 works, 2**64 answers 500).
SEEDS = (-(2**63), 2**64 - 1)


@dataclass(frozen=True)
class Bounds:
    """Numbers that are possible.

    Args:
        least: smallest number allowed.
        most: largest number allowed.
        above: numbers up to and including this one are not allowed.
        why: what lies behind the bounds, empty for the obvious.
    """

    least: float = -math.inf
    most: float = math.inf
    above: float = -math.inf
    why: str = ""

    def problem(self, value: float) -> str:
        """Why a number is out of bounds, empty if it is not."""
        if value < self.least:
            need = f"at least {_plain(self.least)}"
        elif value > self.most:
            need = f"at most {_plain(self.most)}"
        elif value <= self.above:
            need = f"above {_plain(self.above)}"
        else:
            return ""
        return f"{value} is impossible, it must be {need}" + (f" ({self.why})" if self.why else "")


def _plain(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


SIDE = Bounds(CELL, LONGEST_SIDE, why="pixels")
FROM_ONE = Bounds(least=1)
FROM_ZERO = Bounds(least=0)
POSITIVE = Bounds(above=0)
SEED = Bounds(*SEEDS, why="a seed has 64 bits")
SHARE = Bounds(0, 1)
