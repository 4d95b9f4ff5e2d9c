"""How a check, or the bench it works on, says anything but "holds".

Signal
├── Failed         the requirement does not hold
├── NotSupported   the route is absent, and this kind of server need not have it
├── NotApplicable  as this server was started, it promises nothing of the kind
├── Skip           it cannot be looked at here
└── BudgetSpent    looking at it would cost more than is allowed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange


class Signal(Exception):  # noqa: N818 - what a check says, not a fault of the suite
    """Base of what a check says by raising."""


class Failed(Signal):
    """The requirement does not hold.

    Args:
        expected: what would have met it, in a reader's words.
        actual: what was found instead.
        exchange: the request that shows it, None where several do.
    """

    def __init__(self, expected: str, actual: str, exchange: Exchange | None = None) -> None:
        super().__init__(f"expected {expected}; actual: {actual}")
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


class BudgetSpent(Signal):
    """Looking at it would cost more than is allowed; the text says how much."""


@dataclass(frozen=True)
class Loose:
    """A check returns this where the requirement is met in meaning, not to the letter.

    Args:
        reason: how it deviates.
    """

    reason: str
