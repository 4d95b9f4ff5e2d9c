"""How long to wait for a server, and the ways in which a connection fails."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.errors import (
    AddressError,
    CertificateError,
    ConnectionBroken,
    ConnectionFailed,
    TimedOut,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from conformance.exchange import Exchange


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
                message = f"it must be above 0 seconds, and {LONGEST:.0f} at most"
                raise AddressError(f"the {name} timeout is {value:g}; {message}")


class Turn:
    """Whose turn it is to send: anybody's, at any time, unless workers take turns."""

    def __enter__(self) -> None:
        """Wait for the turn."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let others send."""

    def keep(self) -> None:
        """Keep the turn until the check of this thread is over."""

    @property
    def alone(self) -> bool:
        """Whether no other check of the run can send anything now."""
        return True

    @property
    def waited(self) -> float:
        """Seconds for which this thread waited for its turn so far."""
        return 0.0


@dataclass(frozen=True)
class Pace:
    """How often to look, and for how long.

    Args:
        interval: seconds between two looks.
        limit: seconds after which to give up.
        sleep: waits for seconds; replaced in tests.
        clock: seconds, rising; replaced in tests.
    """

    interval: float = 1.0
    limit: float = 300.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def ticks(self) -> Iterator[float]:
        """Seconds since the start: at once, and after each interval within the limit."""
        started = self.clock()
        while True:
            passed = self.clock() - started
            yield passed
            if passed + self.interval > self.limit:
                return
            self.sleep(self.interval)


Kinds = tuple[type[BaseException], ...]
Outcome = tuple[type[ConnectionFailed], str]

_NOTHING_THERE = (
    "cannot be reached: nothing accepts connections there; "
    "is the webui running, and was it started with --api?"
)

_NO_SUCH_NAME = "cannot be found: its name has no address; check the spelling"
# Words of OpenSSL, from the particular to the general.
_TLS = (
    (
        r"wrong.version.number|unknown protocol|record layer",
        "does not speak TLS on that port; use http:// instead of https://",
    ),
    (
        r"NO_CERTIFICATE_OR_CRL_FOUND",
        "cannot be verified: the authority's file holds no certificate",
    ),
    (
        r"hostname mismatch|address mismatch|doesn't match",
        "shows a certificate for another name; use that name, or do not verify",
    ),
    (
        r"has expired|not yet valid",
        "shows a certificate that is not valid today; have it renewed, or check this clock",
    ),
    (
        r"certificate",
        "shows a certificate that is not trusted; name its authority's file, or do not verify",
    ),
)
# More than any batch of pictures: an answer beyond it has no end.
LARGEST_BODY = 512 * 1024 * 1024


class TooSlow(Exception):  # noqa: N818 - sorted into an error class like those of requests
    """The whole answer took longer than the total timeout; raised while reading it."""


class TooLarge(Exception):  # noqa: N818 - the same
    """The answer does not end; raised while reading it."""


def outcome_of(error: Exception, timeouts: Timeouts) -> Outcome:
    """Sort a failure of requests or urllib3 into an error class and a sentence about it.

    Args:
        error: of requests or urllib3.
        timeouts: that applied to the request.
    """
    causes = tuple(_causes(error))
    for kinds, cls, sentence in _rules(timeouts):
        if any(isinstance(cause, kinds) for cause in causes):
            return cls, sentence
    return _by_text(error)


def failure(outcome: Outcome, exchange: Exchange, base: str) -> ConnectionFailed:
    """The error to raise: the sentence, with the address in front.

    Args:
        outcome: the class and the sentence.
        exchange: with ``error`` set.
        base: address of the server, without credentials.
    """
    cls, sentence = outcome
    # A gateway or a watchdog that gives up is known by the roundness of its figure.
    tail = f" (after {exchange.elapsed:.1f} s)" if cls is ConnectionBroken else ""
    return cls(f"{base} {sentence}{tail}", exchange)


def _rules(timeouts: Timeouts) -> list[tuple[Kinds, type[ConnectionFailed], str]]:
    """From the particular to the general: the first that fits is taken."""
    # Whoever reads the options of a command needs timeouts, and requests loads slowly.
    from requests import exceptions  # noqa: PLC0415
    from urllib3 import exceptions as pool  # noqa: PLC0415

    return [
        (
            (exceptions.ConnectTimeout,),
            TimedOut,
            f"did not accept a connection within {timeouts.connect:g} s",
        ),
        (
            (exceptions.ReadTimeout, pool.ReadTimeoutError),
            TimedOut,
            f"sent nothing for {timeouts.read:g} s; allow more time, or ask for less",
        ),
        ((TooLarge,), ConnectionBroken, f"sent more than {LARGEST_BODY >> 20} MiB"),
        ((TooSlow,), TimedOut, f"had not answered in full after {timeouts.total or 0:g} s"),
        (
            (exceptions.ProxyError,),
            Unreachable,
            "cannot be reached through the proxy; check the proxy's address, or go without it",
        ),
        (
            (exceptions.ContentDecodingError,),
            ConnectionBroken,
            "sent a body that is not in the encoding its headers name",
        ),
        (
            (exceptions.ChunkedEncodingError,),
            ConnectionBroken,
            "closed the connection in the middle of its answer",
        ),
        ((pool.NameResolutionError, pool.LocationParseError), Unreachable, _NO_SUCH_NAME),
        (
            (pool.NewConnectionError,),
            Unreachable,
            _NOTHING_THERE,
        ),
    ]


def _by_text(error: Exception) -> Outcome:
    from requests.exceptions import SSLError  # noqa: PLC0415 - loaded by now
    from urllib3.exceptions import ProtocolError  # noqa: PLC0415 - the same

    if isinstance(error, SSLError):
        return CertificateError, _tls(str(error))
    if any(isinstance(cause, ProtocolError) for cause in _causes(error)):
        return ConnectionBroken, "closed the connection without an answer"
    return Unreachable, f"cannot be reached ({type(error).__name__})"


def _tls(text: str) -> str:
    for pattern, sentence in _TLS:
        if re.search(pattern, text, re.IGNORECASE):
            return sentence
    return "cannot agree on TLS with this client"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything wrapped in it, outermost first."""
    queue: list[BaseException] = [error]
    seen: set[int] = set()
    while queue:
        current = queue.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = [current.__cause__, current.__context__, getattr(current, "reason", None)]
        queue += [item for item in (*inner, *current.args) if isinstance(item, BaseException)]
