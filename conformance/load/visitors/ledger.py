"""What the users of one process did since it was last reported."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from conformance.load.core.sample import Sample, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Report:
    """What happened in a process since its last report.

    Args:
        samples: pictures that are there.
        tallies: other requests, by their kind.
        running: when the pictures that are waited for were asked for.
    """

    samples: tuple[Sample, ...] = ()
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    running: tuple[float, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The report as JSON, to be read back by ``from_json``."""
        return {
            "samples": [sample.to_json() for sample in self.samples],
            "tallies": {kind: asdict(tally) for kind, tally in self.tallies.items()},
            "running": list(self.running),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Report:
        """A report that ``to_json`` wrote.

        Args:
            value: the JSON.
        """
        return cls(
            tuple(Sample.from_json(sample) for sample in value["samples"]),
            {kind: Tally(**tally) for kind, tally in value["tallies"].items()},
            tuple(value["running"]),
        )


class Ledger:
    """Takes what the users of one process do; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._samples: list[Sample] = []
        self._tallies: dict[str, Tally] = {}
        self._running: dict[int, float] = {}

    def sent(self, number: int, at: float) -> None:
        """A picture was asked for.

        Args:
            number: of the request, its own.
            at: when.
        """
        with self._lock:
            self._running[number] = at

    def done(self, number: int, sample: Sample) -> None:
        """The answer is there, or there will be none.

        Args:
            number: of the request.
            sample: how it went.
        """
        with self._lock:
            self._running.pop(number, None)
            self._samples.append(sample)

    def asked(self, kind: str, seconds: float, *, good: bool) -> None:
        """Another request was answered.

        Args:
            kind: such as ``progress``.
            seconds: that it took.
            good: whether it succeeded.
        """
        tally = Tally(count=1, failed=int(not good), seconds=seconds, slowest=seconds)
        with self._lock:
            self._tallies[kind] = self._tallies.get(kind, Tally()) + tally

    def report(self) -> Report:
        """What happened since the last report."""
        with self._lock:
            found = Report(
                tuple(self._samples),
                self._tallies,
                tuple(self._running.values()),
            )
            self._samples, self._tallies = [], {}
        return found
