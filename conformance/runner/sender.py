"""Requests of checks: counted, bounded in time, and remembered for the report."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from conformance.client.connection import Timeouts
from conformance.client.error_body import is_gateway_timeout
from conformance.detection.probe import READING
from conformance.errors import ConnectionFailed
from conformance.runner.budget import Meter, sampled

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.client.client import Client
    from conformance.client.exchange import Exchange


# A request started right before the deadline still gets this long, in seconds.
_LEAST = 1.0
# A check rests on few requests; a poll of a long job makes hundreds.
_MOST_TOUCHED = 50


class RequestSender:
    """Sends the requests of the check that runs now.

    Args:
        client: the way to the server.
        timeouts: for one request.
        meter: counts what is sampled, and says stop.
        clock: seconds, rising.
    """

    def __init__(
        self,
        client: Client,
        timeouts: Timeouts,
        meter: Meter | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self._timeouts = timeouts
        self._meter = meter or Meter()
        self._clock = clock
        self._deadline: float | None = None
        self._touched: list[Exchange] = []
        self._lock = Lock()

    def begin(self, seconds: float | None) -> None:
        """Start a check that may take so many seconds; None for any number."""
        self._deadline = None if seconds is None else self._clock() + seconds
        with self._lock:
            self._touched.clear()

    @property
    def touched(self) -> tuple[Exchange, ...]:
        """What the check sent or looked at, in order, the latest fifty."""
        with self._lock:
            return tuple(self._touched)

    def touch(self, exchange: Exchange) -> None:
        """Remember that the check looked at an exchange that was made before."""
        with self._lock:
            if not any(exchange is known for known in self._touched):
                self._touched.append(exchange)
                del self._touched[:-_MOST_TOUCHED]

    def send(self, method: str, path: str, **request: Any) -> Exchange:
        """Send one request; keywords as for ``Client.exchange``.

        Raises:
            BudgetSpent: it would sample more than is allowed; nothing was sent.
            ConnectionFailed: no whole answer came in the time that is left.
        """
        request.setdefault("timeout", self._time_left(method))
        with self._meter.reserved(sampled(method, path, request.get("json"))) as bill:
            exchange = self._send(method, path, request)
            bill.free = not (exchange.ok or is_gateway_timeout(exchange.status or 0))
        return exchange

    def _send(self, method: str, path: str, request: dict[str, Any]) -> Exchange:
        try:
            exchange = self.client.exchange(method, path, **request)
        except ConnectionFailed as error:
            self.touch(error.exchange)
            raise
        self.touch(exchange)
        return exchange

    def _time_left(self, method: str) -> Timeouts:
        own = self._timeouts
        if method == "GET":
            own = replace(own, read=min(own.read, READING.read))
        if self._deadline is None:
            return own
        left = max(self._deadline - self._clock(), _LEAST)
        return Timeouts(
            connect=min(own.connect, left),
            read=min(own.read, left),
            total=left if own.total is None else min(own.total, left),
        )
