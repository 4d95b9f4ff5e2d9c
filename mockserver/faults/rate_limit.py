"""A limit of the rate: beyond so many requests a minute for a path the gateway answers 429.

As SD.Next counts by itself (``server_rate_limit``), a picture may count for several requests.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from email.utils import formatdate
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mockserver.core.json_values import json_bytes
from mockserver.faults.exchange import Answer, Asked, Hook, Next, json_answer
from mockserver.faults.kind import GENERATIONS, Kind, Site

if TYPE_CHECKING:
    from collections.abc import Mapping


_MINUTE = 60.0
_TOO_MANY = 429
_PAINTED = {f"/sdapi/v1/{name}" for name in (*GENERATIONS, "control")}


@dataclass
class _Counts:
    """What was asked for within the last minute, by path."""

    seen: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    lock: Lock = field(default_factory=Lock)

    def left(self, path: str, now: float, most: int, cost: int) -> float:
        """Seconds until the path may be asked for again; 0 where it may now, and was counted."""
        with self.lock:
            times = self.seen[path]
            while times and times[0] <= now - _MINUTE:
                times.popleft()
            if len(times) >= most:
                return times[0] + _MINUTE - now
            times.extend([now] * cost)
            return 0.0


#: A fault is built anew for every request; what it counts belongs to the server.
_COUNTS: WeakKeyDictionary[Site, _Counts] = WeakKeyDictionary()


def _rate_limit(options: Mapping[str, Any], site: Site) -> Hook:
    most, picture = int(options["per_minute"]), int(options["picture"])

    def hook(asked: Asked, following: Next) -> Answer:
        now = site.clock.now()
        cost = picture if asked.path in _PAINTED else 1
        left = _COUNTS.setdefault(site, _Counts()).left(asked.path, now, most, cost)
        if not left:
            return following(asked)
        answer = json_answer(_TOO_MANY, json_bytes({"message": "API rate limit exceeded"}))
        limits = (("RateLimit-Limit", str(most)), ("RateLimit-Remaining", "0"))
        headers = (*answer.headers, *limits, *_retry(str(options["retry_after"]), now, left))
        return Answer(answer.status, headers, answer.body)

    return hook


def _retry(form: str, now: float, left: float) -> tuple[tuple[str, str], ...]:
    """When to come back, as a gateway of this kind says it."""
    if form == "seconds":
        return (("Retry-After", str(int(left) + 1)),)
    if form == "date":
        dates = (("Date", now), ("Retry-After", now + left + 1))
        return tuple((name, formatdate(moment, usegmt=True)) for name, moment in dates)
    return ()


RATES = (
    Kind(
        "rate-limit",
        "429 beyond so many requests a minute for each path; a picture counts as five.",
        _rate_limit,
        options={"per_minute": 300, "picture": 5, "retry_after": "seconds"},
        source="SD.Next's limits, Kong's words; RFC 9110 for Retry-After: seconds, date or none",
    ),
)
