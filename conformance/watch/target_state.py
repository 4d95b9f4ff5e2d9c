"""What is known of a watched server: looks at it, and the state that they leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.report.document import Document, ExitCode
from conformance.watch.snapshot import Difference, Snapshot, differences

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.requirements.requirement import Level


class Outcome(StrEnum):
    """How one look at a server ended."""

    CONFORMANT = "conformant"
    NOT_CONFORMANT = "not conformant"
    DOWN = "down"  # it does not answer, refuses the credentials, or is no sdapi
    BUSY = "busy"  # it works for somebody else, and was left alone
    FAILED = "suite failed"  # the suite itself, or one of its checks
    NOTHING = "nothing looked at"


class Availability(StrEnum):
    """Whether a server answers."""

    UNKNOWN = "unknown"
    UP = "up"
    DOWN = "down"


class Grade(StrEnum):
    """What was last found out about the requirements of a server."""

    UNKNOWN = "unknown"
    CONFORMANT = "conformant"
    NOT_CONFORMANT = "not conformant"


class Status(StrEnum):
    """A server in one word, for pages and messages."""

    UNKNOWN = "not judged yet"
    CONFORMANT = "conformant"
    NOT_CONFORMANT = "not conformant"
    DOWN = "down"


_BY_CODE = {
    ExitCode.CONFORMANT: Outcome.CONFORMANT,
    ExitCode.NOT_CONFORMANT: Outcome.NOT_CONFORMANT,
    ExitCode.NO_TARGET: Outcome.DOWN,
    ExitCode.NOTHING_RAN: Outcome.NOTHING,
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at a server.

    Args:
        at: when it began.
        outcome: how it ended.
        code: what a run that ended like this exits with.
        seconds: how long it took.
        document: what was found out; None where nothing was.
        snapshot: what the server offered; None where that was not read.
        reason: why there is no verdict, without secrets; empty where there is one.
    """

    at: datetime
    outcome: Outcome
    code: ExitCode
    seconds: float = 0.0
    document: Document | None = None
    snapshot: Snapshot | None = None
    reason: str = ""


def outcome_of(document: Document, fail_on: Level | None = None) -> Outcome:
    """How a run ended that was carried out.

    Args:
        document: of the run.
        fail_on: the least binding level whose failure counts; the document's own by default.
    """
    if document.lost:
        return Outcome.DOWN
    return _BY_CODE.get(document.exit_code(fail_on), Outcome.FAILED)


_NO_COUNTS: dict[str, int] = {}


@dataclass(frozen=True, kw_only=True)
class TargetState:
    """What all looks so far left.

    Args:
        availability: whether it answers.
        grade: of the last look that found one out.
        troubled: whether the last look ended with a failure of the suite.
        since: when the status became what it is; None before the first look.
        looked: when it was last looked at.
        judged: when requirements were last looked at.
        outcome: of the last look.
        reason: why the last look found no verdict.
        document: the last verdict on each requirement, without evidence.
        good: the snapshot when it was last conformant; None if it never was.
        good_at: when that was.
        seen: the last snapshot that was reported.
        looks: outcome -> how many looks ended so.
        alerts: kind of change -> how many there were.
        pictures: what all looks sampled, in pictures of 512x512 at 20 steps.
        seconds: how long the last look took.
    """

    availability: Availability = Availability.UNKNOWN
    grade: Grade = Grade.UNKNOWN
    troubled: bool = False
    since: datetime | None = None
    looked: datetime | None = None
    judged: datetime | None = None
    outcome: Outcome | None = None
    reason: str = ""
    document: Document | None = None
    good: Snapshot | None = None
    good_at: datetime | None = None
    seen: Snapshot | None = None
    looks: Mapping[str, int] = field(default_factory=lambda: _NO_COUNTS)
    alerts: Mapping[str, int] = field(default_factory=lambda: _NO_COUNTS)
    pictures: float = 0.0
    seconds: float = 0.0

    @property
    def status(self) -> Status:
        """In one word; a server that does not answer is down, whatever it was before."""
        if self.availability is Availability.DOWN:
            return Status.DOWN
        return _STATUS[self.grade]

    @property
    def reference(self) -> Snapshot | None:
        """What drift is measured against: the last good state, or else what was seen first."""
        return self.good if self.good is not None else self.seen

    @property
    def drift(self) -> tuple[Difference, ...]:
        """In what the server differs now from its last good state."""
        if self.good is None or self.seen is None:
            return ()
        return differences(self.good, self.seen)


_STATUS = {
    Grade.UNKNOWN: Status.UNKNOWN,
    Grade.CONFORMANT: Status.CONFORMANT,
    Grade.NOT_CONFORMANT: Status.NOT_CONFORMANT,
}
