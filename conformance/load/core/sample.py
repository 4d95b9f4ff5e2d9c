"""One picture that a user asked for, as it went."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


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
    """A request for a picture.

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
