"""How long a run will still take, told from how long it took so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.engine.plan import Plan, Planned
    from conformance.verdict import Result

# What asking for a picture takes beside sampling it, as if so many pictures had been sampled.
_ASKING = 0.004
# So many checks have to be over before anything can be told.
_ENOUGH = 3


class TimeLeft:
    """Learns from every check how fast the server is, pictures and reads apart.

    Args:
        plan: what will be looked at.
    """

    def __init__(self, plan: Plan) -> None:
        self._reads = _Pace(sum(_weight(p) for p in plan.checks if not p.cost))
        self._pictures = _Pace(sum(_weight(p) for p in plan.checks if p.cost))
        self._over = 0

    def finished(self, planned: Planned, result: Result) -> None:
        """Take a check into account that is over."""
        pace = self._pictures if planned.cost else self._reads
        pace.add(_weight(planned), result.seconds)
        self._over += 1

    @property
    def seconds(self) -> float | None:
        """Seconds that the rest will take, as far as can be told; None while nothing can."""
        if self._over < _ENOUGH:
            return None
        reads, pictures = self._reads.left, self._pictures.left
        return None if reads is None or pictures is None else reads + pictures


class _Pace:
    """Seconds for a weight.

    Args:
        weight: of everything to be done.
    """

    def __init__(self, weight: float) -> None:
        self._to_do = weight
        self._done = 0.0
        self._seconds = 0.0

    def add(self, weight: float, seconds: float) -> None:
        self._done += weight
        self._seconds += seconds

    @property
    def left(self) -> float | None:
        """Seconds for what is not done; None where nothing was done yet."""
        rest = max(self._to_do - self._done, 0.0)
        if not rest:
            return 0.0
        return self._seconds / self._done * rest if self._done else None


def _weight(planned: Planned) -> float:
    return planned.cost + _ASKING if planned.cost else 1.0
