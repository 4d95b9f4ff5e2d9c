"""Numbers on the command line."""

from __future__ import annotations

import math
from typing import Any

import click

#: Eleven days; sockets count to some hundreds of years, and fail beyond.
LONGEST = 1_000_000.0


class Number(click.FloatRange):
    """A number in a range; NaN and infinity, which Python reads, are in none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number.

        Raises:
            click.BadParameter: it is none, or out of range.
        """
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number that one can count to", param, ctx)
        return number


SECONDS = Number(0, LONGEST, min_open=True)
