"""Program: what a KoboldCpp was started with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """Keys of ``[program]`` in a profile of this family.

    Attributes:
        sampler: what the sampler ``default`` stands for.
        largest_square: side of the largest square that is drawn, in pixels.
        waiting: how many requests may wait for their turn.
    """

    sampler: str = "euler_a"
    largest_square: int = 832
    waiting: int = 6
