"""Waits where a server, or what is in front of it, asks for a request to come later.

A 429 is about how fast we ask and a 503 with Retry-After about the moment, so that neither is a
verdict on the server. They are waited for, within a limit for the whole run, and reported once.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

from conformance.detection.probe import API
from conformance.errors import ConnectionFailed, Unreachable
from conformance.gateway import Obstacle, limits_rate, turned_away
from conformance.runner.budget import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.client.client import Client
    from conformance.exchange import Exchange


#: What a gateway answers with that finds no server.
DEAD = {Obstacle.UNAVAILABLE, Obstacle.CUT}
#: Seconds that a run may wait altogether.
LIMIT = 600.0
# Where nobody says how long: doubled from try to try, up to half of a minute's window.
_FIRST, _LONGEST = 1.0, 30.0
_LEAST = 0.5
# Seconds, and tries, after which a single request is not asked for again.
_PATIENCE, _MOST_TRIES = 180.0, 20
# A gateway that reaches nobody may do so at once, or not for hours: two short waits find out.
_SHORT_TRIES = 2
# What may be over at once, where the answer came within so many seconds.
_SHORT_LIVED = {Obstacle.UNAVAILABLE, Obstacle.TIMED_OUT, Obstacle.SIGN_IN, Obstacle.CHALLENGE}
_QUICK = 5.0
# Seconds until a server that seems gone is asked a second time.
_SECOND_LOOK = 5.0
# Statuses that ask to come later.
_ASKING = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
# Times above this are moments, not seconds to wait.
_EPOCH = 1_000_000_000.0


def seconds_asked(exchange: Exchange) -> float | None:
    """How long an answer asks to wait, by its headers; None where it names no time.

    Args:
        exchange: with an answer.

    Source: RFC 9110, 10.2.3, for Retry-After; RateLimit-Reset and X-RateLimit-Reset are what
    gateways send that have no Retry-After.
    """
    for name in ("retry-after", "ratelimit-reset", "x-ratelimit-reset"):
        value = exchange.header(name)
        found = _seconds(value.strip(), exchange) if value else None
        if found is not None:
            return max(found, _LEAST)
    return None


def _seconds(value: str, exchange: Exchange) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return _until(value, _moment(exchange.header("date")) or datetime.now(UTC))
    if not math.isfinite(number):
        return None
    if number > _EPOCH:
        now = _moment(exchange.header("date")) or datetime.now(UTC)
        return number - now.timestamp()
    return number


def _until(value: str, now: datetime) -> float | None:
    then = _moment(value)
    return None if then is None else (then - now).total_seconds()


def _moment(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def is_gone(error: Exception) -> bool:
    """Whether nothing answers any more, be it behind a gateway that says so.

    Args:
        error: of a request.
    """
    exchange = getattr(error, "exchange", None)
    away = None if exchange is None else turned_away(exchange)
    return isinstance(error, Unreachable) or (away is not None and away.obstacle in DEAD)


def may_be_gone(exchanges: Iterable[Exchange]) -> bool:
    """Whether an answer did not come, or came from a gateway that finds no server.

    Args:
        exchanges: of a check.
    """
    found = ((exchange, turned_away(exchange)) for exchange in exchanges)
    return any(e.status is None or (away and away.obstacle in DEAD) for e, away in found)


def how_it_went(client: Client, sleep: Callable[[float], None]) -> str:
    """How the server does not answer any more; empty while it does, be it late.

    Args:
        client: how to reach it.
        sleep: waits so many seconds.
    """
    away = None
    for pause in (0.0, _SECOND_LOOK):
        if pause:
            sleep(pause)
        try:
            exchange = client.exchange("GET", f"{API}/samplers")
        except Unreachable as error:
            return str(error)
        except ConnectionFailed:
            return ""
        away = turned_away(exchange)
        if away is None or away.obstacle not in DEAD:
            return ""
    return str(away)


class Retries:
    """Decides whether to ask again, waits before it, and remembers how long.

    Args:
        limit: seconds that may be waited altogether; 0 not to wait.
        clock: how time passes.
    """

    def __init__(self, limit: float = LIMIT, clock: Clock | None = None) -> None:
        self.limit = limit
        self.waited = 0.0
        self.say: Callable[[str], None] = lambda _: None
        self._clock = clock or Clock()
        self._asked: Counter[tuple[int, str]] = Counter()
        self._given_up: set[str] = set()
        # Routes that were given up since something was answered.
        self._vain = 0
        self._lock = Lock()

    def wanted(self, exchange: Exchange, tries: int) -> bool:
        """Wait as long as an answer asks for; whether to send the request again.

        Args:
            exchange: request and answer.
            tries: how often it was sent so far.
        """
        seconds, route = _wait_for(exchange, tries), _route(exchange)
        if seconds is None:
            self._vain = 0
            return False
        with self._lock:
            first = not self._asked
            if exchange.status in _ASKING:
                self._asked[exchange.status or 0, route] += 1
            if tries > _MOST_TRIES or (tries - 1) * seconds > _PATIENCE:
                # Waiting as asked does not help; it would not help the next request either.
                self._vain += route not in self._given_up
                self._given_up.add(route)
            if self._vain > 1 or self.waited + seconds > self.limit:
                # Nothing is let through, or nothing is left to wait.
                self._given_up.add(route)
            if route in self._given_up:
                return False
            self.waited += seconds
        if first and self._asked:
            self.say(
                f"{route} answered {exchange.status} and asks to come later: the run "
                f"waits as it asks, {self.limit:g} s at most (--retry-limit)"
            )
        self._clock.sleep(seconds)
        return True

    @property
    def summary(self) -> str:
        """How often was waited for what, and how long; empty where nobody asked for it."""
        if not self._asked:
            return ""
        kinds = Counter[int]()
        for (status, _), count in self._asked.items():
            kinds[status] += count
        statuses = " and ".join(f"{status} {count} times" for status, count in kinds.most_common())
        routes = Counter[str]()
        for (_, route), count in self._asked.items():
            routes[route] += count
        most = ", ".join(route for route, _ in routes.most_common(3))
        more = f" and {len(routes) - 3} more" if len(routes) > 3 else ""  # noqa: PLR2004 - as above
        end = f"; {len(self._given_up)} routes were given up" if self._given_up else ""
        return (
            f"the server or its gateway answered {statuses} and asked to come later, at {most}"
            f"{more}; {self.waited:.0f} s of {self.limit:g} s were waited{end}"
        )

    @property
    def short(self) -> str:
        """The same in a few words."""
        return (
            f"{sum(self._asked.values())} requests were to come later, {self.waited:.0f} s waited"
        )


def _wait_for(exchange: Exchange, tries: int) -> float | None:
    """Seconds to wait before the request goes out again; None where nobody asks for it."""
    full = exchange.status == HTTPStatus.SERVICE_UNAVAILABLE
    limited = limits_rate(exchange)
    asked = seconds_asked(exchange) if full or limited else None
    if asked is not None:
        return asked
    if limited:
        return min(_FIRST * 2.0 ** (tries - 1), _LONGEST)
    # What a POST that was not answered did to the server is not tried out.
    harmless = exchange.method == "GET" or exchange.path.endswith("/options")
    if tries > _SHORT_TRIES or exchange.elapsed > _QUICK or not (full or harmless):
        return None
    away = turned_away(exchange)
    return _FIRST * tries if away is not None and away.obstacle in _SHORT_LIVED else None


def _route(exchange: Exchange) -> str:
    return f"{exchange.method} {exchange.path.partition('?')[0]}"


class RateLimit:
    """Keeps a distance between requests, whichever thread sends them.

    Args:
        per_second: requests a second at most; None for no limit.
        clock: seconds, rising.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        per_second: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._lock = Lock()

    @property
    def is_set(self) -> bool:
        """Whether there is a limit."""
        return bool(self._gap)

    def wait(self, _outgoing: object = None) -> None:
        """Wait until the next request may go out; which one it is does not matter."""
        if not self._gap:
            return
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            self._sleep(turn - now)
