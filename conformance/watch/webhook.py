"""Delivers alerts to a webhook: in order, and again where it fails, while looks go on."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from conformance.errors import ConfigurationError
from conformance.watch.messages import WebhookFormat, for_webhook, format_for
from conformance.watch.store import DELIVERED, GIVEN_UP, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from conformance.watch.store import Alert


_SCHEMES = {"http", "https"}
# Seconds to wait for the connection, and for the answer's head.
_TIMEOUTS = (5.0, 10.0)
# Statuses of a request that may be taken later.
_LATER = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}
_ERRORS_OF_SERVERS = 500
_SUCCESSES = range(200, 300)


@dataclass(frozen=True)
class Webhook:
    """Where alerts go; the address is a secret, for whoever knows it may post there.

    Args:
        url: of the webhook.
        form: what it takes.
    """

    url: str = field(repr=False)
    form: WebhookFormat

    @classmethod
    def parse(cls, url: str, wanted: WebhookFormat = WebhookFormat.AUTO) -> Webhook:
        """A webhook that a request can be sent to.

        Args:
            url: as the operator wrote it.
            wanted: the format; ``auto`` to go by the host.

        Raises:
            ConfigurationError: it is no address; the message does not repeat it.
        """
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ConfigurationError("--webhook has the form https://host/path")
        return cls(url, format_for(url, wanted))

    @property
    def shown(self) -> str:
        """The address as it may be shown."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}/***"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody may see: the address, and what follows the host."""
        parts = urlsplit(self.url)
        found = (self.url, parts.path.strip("/"), parts.query, parts.password or "")
        return tuple(secret for secret in found if secret)


@dataclass(frozen=True)
class Delivery:
    """What one attempt came to.

    Args:
        alert: id of the alert.
        ok: whether the webhook took it.
        final: whether another attempt makes no sense.
        reason: why it failed, without the address.
        retry_after: seconds that the webhook asks for; 0 for none.
    """

    alert: int
    ok: bool
    final: bool = False
    reason: str = ""
    retry_after: float = 0.0


def post(webhook: Webhook, alert: Alert) -> Delivery:
    """Send an alert once; never raises.

    Args:
        webhook: where to.
        alert: what.

    Returns:
        What it came to.
    """
    body: Any = for_webhook(alert.message, webhook.form)
    try:
        with requests.post(
            webhook.url, json=body, timeout=_TIMEOUTS, allow_redirects=False, stream=True
        ) as answer:
            status, wait = answer.status_code, answer.headers.get("Retry-After", "")
    except (requests.RequestException, ValueError, OSError) as error:
        # The library's own words hold the address.
        return Delivery(alert.id, ok=False, reason=type(error).__name__)
    if status in _SUCCESSES:
        return Delivery(alert.id, ok=True)
    later = status in _LATER or status >= _ERRORS_OF_SERVERS
    seconds = float(wait) if wait.isdecimal() else 0.0
    message = f"status {status}"
    return Delivery(alert.id, ok=False, final=not later, reason=message, retry_after=seconds)


# Seconds before the second attempt, and between two at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 900.0
_GIVE_UP = timedelta(days=1)


class Outbox:
    """The alerts that are to be delivered: which is next, and when.

    Args:
        waiting: what an earlier process left, oldest first.
        clock: seconds, rising.
    """

    def __init__(self, waiting: Iterable[Alert], clock: Callable[[], float]) -> None:
        self._waiting = deque(waiting)
        self._clock = clock
        self._due = 0.0
        self._under_way = False
        self.attempts = 0
        self.failures = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def under_way(self) -> bool:
        """Whether an attempt is not over."""
        return self._under_way

    @property
    def seconds(self) -> float | None:
        """Until the next attempt; None where none is to be made, or one is under way."""
        if not self._waiting or self._under_way:
            return None
        return max(self._due - self._clock(), 0.0)

    def add(self, alert: Alert) -> None:
        """Deliver an alert after those that are waiting.

        Args:
            alert: to be delivered.
        """
        self._waiting.append(alert)

    def begin(self) -> Alert | None:
        """The alert to send now; None where there is none. ``end`` says what it came to."""
        if self.seconds != 0:
            return None
        self._under_way = True
        self.attempts += 1
        return self._waiting[0]

    def end(self, delivery: Delivery, now: datetime) -> str:
        """Take note of what an attempt came to.

        Args:
            delivery: of the alert that ``begin`` named.
            now: the time of day.

        Returns:
            ``DELIVERED``, ``PENDING`` or ``GIVEN_UP``.
        """
        self._under_way = False
        self.failures += not delivery.ok
        if delivery.ok or delivery.final or now - self._waiting[0].at > _GIVE_UP:
            self._waiting.popleft()
            self.attempts = 0
            return DELIVERED if delivery.ok else GIVEN_UP
        pause = min(_FIRST_PAUSE * 2 ** min(self.attempts - 1, 20), _LONGEST_PAUSE)
        self._due = self._clock() + max(pause, min(delivery.retry_after, _LONGEST_PAUSE))
        return PENDING
