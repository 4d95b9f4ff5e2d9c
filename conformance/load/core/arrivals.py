"""When users come and when they ask again: the random part of a load, from a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_MINUTE = 60.0


def thinking(random: Random, mean: float) -> float:
    """Seconds until a user asks again: exponential, so that users do not march in step.

    Args:
        random: where the number comes from.
        mean: in seconds; 0 asks again at once.
    """
    return random.expovariate(1 / mean) if mean else 0.0


def gap(random: Random, rate: float) -> float:
    """Seconds until the next user comes, of those who come independently of each other (Poisson).

    Args:
        random: where the number comes from.
        rate: users a minute, on average, above 0.
    """
    return random.expovariate(rate / _MINUTE)
