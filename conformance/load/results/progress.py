"""What a load test does, while it does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

from conformance.load.core.sample import Sample

if TYPE_CHECKING:
    from conformance.load.core.plan import Plan

_WIDTH = 79


class Progress:
    """Writes a line for each stage, and on a terminal one that changes.

    Args:
        plan: of the load test.
        out: where to write.
    """

    def __init__(self, plan: Plan, out: TextIO) -> None:
        self._plan = plan
        self._out = out
        self._live = out.isatty()
        self._stage = ""
        self._pictures = 0
        self._bad = 0

    def handle(self, event: dict[str, Any]) -> None:
        """Write what an event is worth.

        Args:
            event: as JSON.
        """
        match event["event"]:
            case "listening" if self._plan.workers:
                self._line(f"workers connect to {event['host']}:{event['port']}")
            case "workers":
                self._change(f"{event['ready']} of {event['wanted']} workers are there")
            case "stage":
                number, count = event["number"] + 1, len(self._plan.stages)
                self._stage = f"stage {number} of {count}: {self._plan.of(event['load'])}"
                self._line(self._stage)
            case "report":
                samples = [Sample.from_json(sample) for sample in event["samples"]]
                self._pictures += len(samples)
                self._bad += sum(not sample.good for sample in samples)
                bad = f", {self._bad} bad" if self._bad else ""
                self._change(f"{self._stage}, {self._pictures} pictures{bad}")
            case "waiting":
                self._change(f"{event['pictures']} pictures are still under way (Ctrl-C: give up)")

    def interrupted(self) -> None:
        """Say what the first Ctrl-C does."""
        self._line("stopping: pictures under way are given up (Ctrl-C again: leave at once)")

    def end(self) -> None:
        """Leave no half line behind."""
        self._change("")

    def _line(self, text: str) -> None:
        self._change("")
        self._out.write(text + "\n")
        self._out.flush()

    def _change(self, text: str) -> None:
        if self._live:
            self._out.write("\r\x1b[K" + text[:_WIDTH])
            self._out.flush()
