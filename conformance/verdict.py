"""What a check can say, and the verdict that follows from it.

Signal
├── Failed         the requirement does not hold
├── NotSupported   the route is absent, and this kind of server need not have it
├── NotApplicable  a server that was started like this promises nothing of the kind
├── Skip           the check cannot decide on this server
├── Hidden         something in front of the server answered in its place
├── BudgetSpent    the check would sample more than the budget allows
└── WritingStopped nothing more may be written to this server
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.gateway import turned_away

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.gateway import TurnedAway
    from conformance.requirements.requirement import Requirement


class Signal(Exception):  # noqa: N818 - what a check says, not a fault of the suite
    """Base of what a check says by raising."""


class Failed(Signal):
    """The requirement does not hold.

    Args:
        expected: what would have met it, in a reader's words.
        actual: what was found instead.
        exchange: the request that shows it, None where several do.
        whoever: whether it is unmet whoever answered, the server or a gateway.
    """

    def __init__(
        self,
        expected: str,
        actual: str,
        exchange: Exchange | None = None,
        *,
        whoever: bool = False,
    ) -> None:
        super().__init__(f"expected {expected}; actual: {actual}")
        self.whoever = whoever
        self.expected = expected
        self.actual = actual
        self.exchange = exchange


class NotSupported(Signal):
    """The route is absent, and this kind of server need not have it.

    Args:
        route: method and path, as in ``GET /sdapi/v1/loras``.
        exchange: the request that shows it.
    """

    def __init__(self, route: str, exchange: Exchange | None = None) -> None:
        super().__init__(f"{route} is absent")
        self.route = route
        self.exchange = exchange


class NotApplicable(Signal):
    """As this server was started, it promises nothing of the kind; the text says why."""


class Skip(Signal):
    """It cannot be looked at here; the text says why."""


class Hidden(Signal):
    """Something in front of the server answered in its place, so that it could not be seen.

    Args:
        away: what it did with the request.
        exchange: the request that shows it.
    """

    def __init__(self, away: TurnedAway, exchange: Exchange) -> None:
        super().__init__(f"could not be seen: {exchange.method} {exchange.path}: {away}")
        self.away = away
        self.exchange = exchange


def seen(exchange: Exchange) -> Exchange:
    """An exchange whose answer is the server's own.

    Args:
        exchange: with or without an answer.

    Raises:
        Hidden: something in front of the server answered in its place.
    """
    away = turned_away(exchange)
    if away is not None:
        raise Hidden(away, exchange)
    return exchange


class BudgetSpent(Signal):
    """Looking at it would cost more than is allowed; the text says how much."""


class WritingStopped(Signal):
    """Nothing more may be written to this server; the text says why."""


@dataclass(frozen=True)
class Loose:
    """A check returns this where the requirement is met in meaning, not to the letter.

    Args:
        reason: how it deviates.
    """

    reason: str


class Verdict(StrEnum):
    """What a report says of a requirement."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    # Met in meaning, not to the letter; the reason says how.
    PASS_LOOSE = "pass-loose"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"  # a MUST not met
    WARN = "warn"  # a SHOULD not met
    INFO = "info"  # a MAY not met
    UNSUPPORTED = "unsupported"  # the route is absent, and this kind of server need not have it
    NOT_APPLICABLE = "not-applicable"  # this kind of server does not promise it
    WAIVED = "waived"  # not met, and the operator accepts that
    WAIVED_BUT_PASSED = "waived-but-passed"  # met, so the waiver is out of date
    SKIPPED = "skipped"  # could not be looked at here; the reason says why
    ERROR = "error"  # the suite itself failed
    NOT_RUN = "not-run"  # left out by mode, budget or an early end; the reason says by which

    @property
    def met(self) -> bool:
        """Whether the requirement was looked at and holds."""
        return self in {Verdict.PASS, Verdict.PASS_LOOSE, Verdict.WAIVED_BUT_PASSED}

    @property
    def unmet(self) -> bool:
        """Whether the requirement was looked at and does not hold."""
        return self in {Verdict.FAIL, Verdict.WARN, Verdict.INFO, Verdict.WAIVED}

    @property
    def to_look_at(self) -> bool:
        """Whether somebody should do something about it."""
        return self.unmet or self in {Verdict.ERROR, Verdict.WAIVED_BUT_PASSED}

    @property
    def looked_at(self) -> bool:
        """Whether anything was found out."""
        return self.met or self.unmet


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was found out about one requirement.

    Args:
        requirement: which.
        verdict: the outcome.
        expected: what would have met it; set where it was not met.
        actual: what was found instead; set where it was not met.
        reason: why the verdict is loose, skipped, unsupported, not run or an error.
        exchanges: the requests it rests on, the decisive one first.
        seconds: how long the check took.
        cost: what it sampled, in pictures of 512x512 at 20 steps.
        cause: id of the requirement below which reports show it; set as a report is made, for
            what is to be looked at.
        hidden_by: what could not be seen through, such as ``the gateway answered 413``; the
            same for all that it hid, and empty where nothing was hidden.
    """

    requirement: Requirement
    verdict: Verdict
    expected: str = ""
    actual: str = ""
    reason: str = ""
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)
    seconds: float = 0.0
    cost: float = 0.0
    cause: str = ""
    hidden_by: str = ""

    @property
    def id(self) -> str:
        """Id of the requirement."""
        return self.requirement.id


def not_run(requirement: Requirement, reason: str) -> Result:
    """The result of a requirement that nobody looked at.

    Args:
        requirement: which.
        reason: why not.
    """
    return Result(requirement=requirement, verdict=Verdict.NOT_RUN, reason=reason)
