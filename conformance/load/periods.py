"""Spans of time in a load test: when something was so, and for how long."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.load.samples import Sample


class Periods:
    """Moments in which something is so, as spans of time that do not overlap.

    Args:
        spans: beginnings and ends, by rising beginnings.
    """

    def __init__(self, spans: Iterable[tuple[float, float]]) -> None:
        self._spans = list(spans)
        self._starts = [start for start, _ in self._spans]
        self._before = list(accumulate((end - start for start, end in self._spans), initial=0.0))

    @property
    def seconds(self) -> float:
        """How long they last together."""
        return self._before[-1]

    def within(self, start: float, end: float) -> float:
        """Seconds of them between two moments.

        Args:
            start: the earlier moment.
            end: the later one.
        """
        return self._until(end) - self._until(start) if end > start else 0.0

    def has(self, at: float) -> bool:
        """Whether a moment is in one of them, its end included.

        Args:
            at: the moment.
        """
        number = bisect_left(self._starts, at)
        return number > 0 and at <= self._spans[number - 1][1]

    def _until(self, at: float) -> float:
        number = bisect_right(self._starts, at)
        if not number:
            return 0.0
        start, end = self._spans[number - 1]
        return self._before[number - 1] + min(at, end) - start


def crowded(samples: Iterable[Sample], start: float, end: float, least: float) -> Periods:
    """When at least so many pictures were waited for, at work or not.

    Args:
        samples: of the whole load test.
        start: from when on.
        end: until when.
        least: pictures.
    """
    changes = [(moment, by) for s in samples for moment, by in ((s.sent, 1), (s.done, -1))]
    # At one moment one picture may be there and another be asked for: nobody was missing.
    changes.sort(key=lambda change: (change[0], -change[1]))
    spans, there, since = [], 0, start
    for moment, by in [*changes, (end, 0)]:
        at = min(max(moment, start), end)
        if there >= least and at > since:
            spans.append((since, at))
        since, there = at, there + by
    return Periods(spans)
