"""How long to wait for a server."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.errors import AddressError

# Eleven days; sockets count to some hundreds of years, and fail beyond.
LONGEST = 1e6


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait.

    Args:
        connect: for the connection, 5 by default.
        read: for the next bytes of the answer, 300 by default: a picture on a CPU takes minutes.
        total: for the whole answer; None, the default, for no further bound.
    """

    connect: float = 5.0
    read: float = 300.0
    total: float | None = None

    def __post_init__(self) -> None:
        for name in ("connect", "read", "total"):
            value = getattr(self, name)
            if value is not None and not 0 < value <= LONGEST:
                words = f"it must be above 0 seconds, and {LONGEST:.0f} at most"
                raise AddressError(f"the {name} timeout is {value:g}; {words}")
