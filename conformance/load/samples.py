"""What users did: pictures one by one, other requests by their kind, until it is reported."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Outcome(StrEnum):
    """How a request for a picture ended."""

    WHOLE = "whole"
    INTERRUPTED = "interrupted"  # by its own user
    FAILED = "failed"  # no answer, or an error
    WRONG = "wrong"  # an answer that is not the one to this request


class Seen(StrEnum):
    """How the beginning of the work on a picture is known."""

    TASK = "task"  # the server follows the request by its task id
    STAMP = "stamp"  # the job_timestamp of the progress is that of the picture
    NO = ""  # worked out from what other pictures took


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A request for a picture, or a batch of them.

    Args:
        server: which of the addresses, from 0.
        job: its kind, as ``512x512x20``.
        sent: when the request went out; seconds on the clock of the process that counts.
        done: when the whole answer was there.
        started: when the server began to work on it; None if nobody saw it.
        seen: how that is known.
        outcome: how it ended.
        problem: what was wrong, for failed and wrong ones.
        bytes: of the answer.
        pictures: that it asked for.
    """

    server: int
    job: str
    sent: float
    done: float
    started: float | None = None
    seen: Seen = Seen.NO
    outcome: Outcome = Outcome.WHOLE
    problem: str = ""
    bytes: int = 0
    pictures: int = 1

    @property
    def total(self) -> float:
        """Seconds from the request to the picture."""
        return self.done - self.sent

    @property
    def good(self) -> bool:
        """Whether the answer is right."""
        return self.outcome in {Outcome.WHOLE, Outcome.INTERRUPTED}

    @property
    def wait(self) -> float | None:
        """Seconds in the queue; None if nobody saw the beginning of the work."""
        return None if self.started is None else self.started - self.sent

    @property
    def service(self) -> float | None:
        """Seconds of work; None if nobody saw its beginning."""
        return None if self.started is None else self.done - self.started

    def to_json(self) -> dict[str, Any]:
        """The sample as JSON, to be read back by ``from_json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Sample:
        """A sample that ``to_json`` wrote.

        Args:
            value: the JSON.
        """
        outcome, seen = Outcome(value["outcome"]), Seen(value["seen"])
        return cls(**{**value, "outcome": outcome, "seen": seen})


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Requests of one kind that make no picture.

    Args:
        count: how many.
        failed: how many of them without a good answer.
        seconds: that they took, in sum.
        slowest: the longest of them, in seconds.
    """

    count: int = 0
    failed: int = 0
    seconds: float = 0.0
    slowest: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            count=self.count + other.count,
            failed=self.failed + other.failed,
            seconds=self.seconds + other.seconds,
            slowest=max(self.slowest, other.slowest),
        )

    @property
    def mean(self) -> float:
        """Seconds that one took, on average; 0 where there was none."""
        return self.seconds / self.count if self.count else 0.0


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


class Collector:
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
