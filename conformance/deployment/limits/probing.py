"""Measures limits gently: bodies that nothing is made of, and a few cheap reads at once."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Barrier
from typing import TYPE_CHECKING

from conformance.client.connection import Timeouts
from conformance.detection.probe import API
from conformance.detection.routes import offered_routes
from conformance.errors import ConnectionFailed
from conformance.gateway import turned_away

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


MIB = 1 << 20
#: Sizes that are tried one after the other, until one is refused.
SIZES = tuple(count * MIB for count in (1, 2, 4, 8, 16))
#: Reads at once that are tried one after the other.
COUNTS = (4, 8, 16)
# Routes that take a JSON object and refuse an array, those first that would do least.
_TAKE_BODIES = (f"{API}/png-info", f"{API}/extra-single-image", f"{API}/txt2img")
_UPLOAD = Timeouts(connect=10.0, read=60.0, total=120.0)
_SHORT = Timeouts(connect=10.0, read=30.0, total=60.0)
# A link on which a body takes longer, in seconds, is not loaded with twice as much.
_SLOW = 5.0
_CHEAP = f"{API}/samplers"
# Seconds in which what counts requests a second forgets the last ones.
_PAUSE = 1.0
_TOO_LARGE = 413
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Upload:
    """What became of one large body.

    Args:
        size: of the body, in bytes.
        refusal: how it was refused, in a sentence; empty where it was taken.
        exchange: the request without its body, and the answer; None where none came.
        seconds: that it took.
    """

    size: int
    refusal: str = ""
    exchange: Exchange | None = field(default=None, repr=False)
    seconds: float = 0.0


def body_route(context: CheckContext) -> str | None:
    """A route that takes bodies and, by the server's own document, refuses an array; or None.

    Args:
        context: of the server.
    """
    routes = offered_routes(context.target.probe, context.profile)
    askable = {route.path for route in routes if route.method == "POST" and not route.unasked}
    return next((path for path in _TAKE_BODIES if path in askable), None)


def refused_anyway(context: CheckContext, path: str) -> str:
    """Why nothing can be found out about bodies: how a small one ends; empty where it is taken.

    Args:
        context: of the server.
        path: what ``body_route`` returned.
    """
    small = _post(context, path, b"[1]")
    if isinstance(small, ConnectionFailed):
        return "a small body has no answer either"
    away = turned_away(small)
    return "" if away is None else f"a small body is refused too: {away}"


def upload(context: CheckContext, path: str, size: int) -> Upload:
    """Send a JSON array with blanks after it, which is refused unread, and see what refuses it.

    Args:
        context: of the server.
        path: what ``body_route`` returned.
        size: of the body, in bytes.
    """
    sent = _uploaded(context, path, size)
    # What fails now and then is no limit; a 413 is one.
    once_more = sent.refusal and (sent.exchange is None or sent.exchange.status != _TOO_LARGE)
    return _uploaded(context, path, size) if once_more else sent


def _uploaded(context: CheckContext, path: str, size: int) -> Upload:
    large = _post(context, path, b"[1]".ljust(size))
    if isinstance(large, ConnectionFailed):
        shown = replace(large.exchange, request_body=None)
        return Upload(size, "the connection is closed", shown, large.exchange.elapsed)
    shown = replace(large, request_body=None)
    refused = turned_away(large) is not None or not _like_a_small_one(context, path, large)
    return Upload(size, f"it is answered {large.status}" if refused else "", shown, large.elapsed)


def _like_a_small_one(context: CheckContext, path: str, large: Exchange) -> bool:
    small = _post(context, path, b"[1]")
    unknown = isinstance(small, ConnectionFailed) or turned_away(small) is not None
    return unknown or (not isinstance(small, ConnectionFailed) and small.status == large.status)


def _post(context: CheckContext, path: str, body: bytes) -> Exchange | ConnectionFailed:
    try:
        return context.client.exchange(
            "POST", path, data=body, headers=_JSON, timeout=_UPLOAD, patient=False
        )
    except ConnectionFailed as error:
        return error


def uploads(context: CheckContext, path: str, sizes: Iterable[int] = SIZES) -> list[Upload]:
    """Bodies of growing size, until one is refused or the link turns out to be slow.

    Args:
        context: of the server.
        path: what ``body_route`` returned.
        sizes: in bytes, rising.
    """
    made: list[Upload] = []
    for size in sizes:
        made.append(upload(context, path, size))
        if made[-1].refusal or made[-1].seconds > _SLOW:
            break
    return made


@dataclass(frozen=True)
class Burst:
    """Some cheap reads, sent at once.

    Args:
        count: how many.
        answered: how many were served.
        refusals: how the others ended -> how many.
        slowest: seconds of the slowest that was served.
        exchange: one that was not served; None where all were.
    """

    count: int
    answered: int
    refusals: Counter[str]
    slowest: float
    exchange: Exchange | None = field(default=None, repr=False)

    @property
    def endings(self) -> str:
        """How those ended that were not served, as ``6 answered 429 (Retry-After 30)``."""
        return ", ".join(f"{count} {how}" for how, count in self.refusals.most_common())


def unreadable_anyway(context: CheckContext) -> str:
    """Why nothing can be found out about reads at once; empty where one alone is served.

    Args:
        context: of the server.
    """
    rate = context.settings.rate
    if rate is not None and rate.is_set:
        return "--rate keeps requests apart"
    try:
        alone = context.client.exchange("GET", _CHEAP, timeout=_SHORT)
    except ConnectionFailed as error:
        alone = error.exchange
    return "" if alone.ok else f"one alone {_how(alone)}"


def burst(context: CheckContext, count: int, sleep: Callable[[float], None] = time.sleep) -> Burst:
    """Read the list of samplers so many times at once; once more where not all are served.

    Args:
        context: of the server.
        count: how many times.
        sleep: waits between the two.

    Returns:
        The burst of which more were served: what fails now and then is no limit.
    """
    first = _read_at_once(context, count)
    if not first.refusals:
        return first
    sleep(_PAUSE)
    return max(first, _read_at_once(context, count), key=lambda each: each.answered)


def _read_at_once(context: CheckContext, count: int) -> Burst:
    start = Barrier(count)

    def read() -> Exchange:
        """The answer to a cheap read that goes out with all others, or what it ended in."""
        start.wait()
        try:
            return context.client.exchange("GET", _CHEAP, timeout=_SHORT, patient=False)
        except ConnectionFailed as error:
            return error.exchange

    with ThreadPoolExecutor(count) as pool:
        came = [future.result() for future in [pool.submit(read) for _ in range(count)]]
    served = [exchange for exchange in came if exchange.ok]
    others = [exchange for exchange in came if not exchange.ok]
    return Burst(
        count=count,
        answered=len(served),
        refusals=Counter(map(_how, others)),
        slowest=max((exchange.elapsed for exchange in served), default=0.0),
        exchange=others[0] if others else None,
    )


def _how(exchange: Exchange) -> str:
    if exchange.status is None:
        return "had no answer"
    later = exchange.header("retry-after")
    return f"answered {exchange.status}" + (f" (Retry-After {later})" if later else "")


def bursts(
    context: CheckContext,
    counts: Iterable[int] = COUNTS,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Burst]:
    """Bursts of growing size, until one is not served whole.

    Args:
        context: of the server.
        counts: how many reads each, rising.
        sleep: waits between two of them.
    """
    made: list[Burst] = []
    for count in counts:
        if made:
            sleep(_PAUSE)
        made.append(burst(context, count, sleep))
        if made[-1].refusals:
            break
    return made


@dataclass(frozen=True)
class Longest:
    """The requests of a run that took longest.

    Args:
        answered: the longest that was answered; None before any was.
        cut_off: the shortest that a gateway gave up on; None where none did.
    """

    answered: Exchange | None
    cut_off: Exchange | None


_GIVEN_UP = {504, 522, 524}


def longest(context: CheckContext) -> Longest:
    """The longest requests so far, among those that are still remembered; nothing is asked.

    Args:
        context: of the run.
    """
    known = [exchange for exchange in context.client.log if exchange.status is not None]
    served = [exchange for exchange in known if exchange.ok]
    given_up = [exchange for exchange in known if exchange.status in _GIVEN_UP]
    return Longest(
        max(served, key=lambda each: each.elapsed, default=None),
        min(given_up, key=lambda each: each.elapsed, default=None),
    )
