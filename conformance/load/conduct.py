"""Leads a load test through its ramp, whoever makes the load."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from conformance.load.ramp import Ramp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.load.plan import Budget, Plan
    from conformance.load.samples import Report

# Seconds between two looks, and for the next of the running pictures once they are given up.
_TICK = 0.1
_GRACE = 10.0
# Seconds for all of them, as where a balancer lets nobody interrupt a picture.
_PATIENCE = 60.0


class Source(Protocol):
    """What makes the load."""

    def load(self, amount: float) -> None:
        """Have so many users, or arrivals a minute.

        Args:
            amount: users, or arrivals a minute.
        """

    def reports(self) -> Sequence[Report]:
        """What happened since the last time, by process."""

    def close(self) -> None:
        """Let nobody ask for a further picture."""

    @property
    def running(self) -> Sequence[float]:
        """When the pictures that are waited for were asked for."""

    def leave(self) -> None:
        """Give up the pictures that are being made."""

    @property
    def lost(self) -> str:
        """Why no more load can be made, in a sentence; empty as long as it can."""


@dataclass(frozen=True)
class Tools:
    """What a conductor works with.

    Args:
        clock: seconds, rising, on which the samples are.
        sleep: waits for seconds.
        emit: gets every event, as JSON.
        stopped: whether the user asked to stop.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    emit: Callable[[dict[str, Any]], None]
    stopped: Callable[[], bool]


@dataclass
class Conductor:
    """Leads a load test.

    Args:
        plan: what is to be done.
        source: what makes the load.
        budget: what pays for it.
        tools: clock and the like.
        patience: seconds to wait for the last pictures.
    """

    plan: Plan
    source: Source
    budget: Budget
    tools: Tools
    patience: float = 300.0
    _ramp: Ramp = field(init=False)

    def __post_init__(self) -> None:
        self._ramp = Ramp(self.plan)

    def run(self) -> None:
        """Go through the ramp to its end, and wait for the unfinished pictures."""
        self._next()
        while not self._ramp.ended:
            self.tools.sleep(_TICK)
            self._collect()
            self._tracker()
        self.budget.close()
        self.source.close()
        self._drain()
        last = self._ramp.stages[-1]
        self.tools.emit(
            {
                "event": "end",
                "at": last.end,
                "reason": self._ramp.reason,
                "breached": self._ramp.breached,
                "spent": self.budget.spent,
                "unfinished": len(self.source.running),
                "lost": bool(self.source.lost),
            },
        )

    def _next(self) -> None:
        stage = self._ramp.begin(self.tools.clock())
        self.tools.emit(
            {"event": "stage", "number": stage.number, "load": stage.load, "at": stage.start},
        )
        self.source.load(stage.load)

    def _tracker(self) -> None:
        now = self.tools.clock()
        if self.tools.stopped():
            self._ramp.stop(now, "it was interrupted")
        elif self.source.lost:
            self._ramp.stop(now, self.source.lost)
        elif self._ramp.step(now, self.source.running, used_up=self.budget.used_up):
            self._next()

    def _collect(self) -> None:
        for report in self.source.reports():
            self._ramp.add(report.samples)
            if report.samples or report.tallies:
                spent = self.budget.spent
                self.tools.emit({"event": "report", "spent": spent, **report.to_json()})

    def _drain(self) -> None:
        """Wait for the last pictures; a user who stops gives them up."""
        end = self.tools.clock() + self.patience
        left, running, last = False, 0, end
        self._collect()
        while self.source.running and self.tools.clock() < end and not self.source.lost:
            if self.tools.stopped() and not left:
                self.source.leave()
                left, running, last = True, 0, self.tools.clock() + _PATIENCE
            if left and len(self.source.running) != running:
                # One after the other ends; where none does, the server hangs.
                running = len(self.source.running)
                end = min(self.tools.clock() + _GRACE, last)
            self.tools.emit({"event": "waiting", "pictures": len(self.source.running)})
            self.tools.sleep(_TICK)
            self._collect()
        self._collect()
