"""Journal: the last calls of a mock, and questions about them."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.journal.call import Call

#: Bytes that a journal takes at most.
LIMIT = 16 * 2**20


class JournalMismatch(AssertionError):  # noqa: N818 - an assertion of a test
    """The mock was not asked what a test says it was."""


class Journal:
    """The last calls; older ones are dropped when together they grow too large.

    Args:
        limit: bytes that all calls together may take.

    Attributes:
        dropped: how many calls were dropped.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._calls: deque[Call] = deque()
        self._size = 0
        self._lock = threading.Lock()
        self._last = 0
        self.dropped = 0

    def add(self, call: Call) -> None:
        """Take a call in; one that is too large by itself is dropped at once."""
        with self._lock:
            self._calls.append(call)
            self._size += call.size
            while self._calls and self._size > self._limit:
                self._size -= self._calls.popleft().size
                self.dropped += 1

    def next_number(self) -> int:
        """The number of the next call."""
        with self._lock:
            self._last += 1
            return self._last

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()
            self._size = self.dropped = 0

    def calls(self, path: str | None = None, method: str | None = None) -> list[Call]:
        """Calls in order.

        Args:
            path: only those of this path, without query.
            method: only those of this method.
        """
        with self._lock:
            found = list(self._calls)
        return [
            call
            for call in found
            if path in {None, call.path} and (method is None or call.method == method.upper())
        ]

    def count(self, path: str | None = None, method: str | None = None) -> int:
        """How many calls `calls` gives."""
        return len(self.calls(path, method))

    def verify(
        self,
        path: str,
        *,
        method: str | None = None,
        times: int | None = None,
        json: dict[str, Any] | None = None,
    ) -> list[Call]:
        """Make sure that the mock was asked so; gives the calls.

        Args:
            path: without query.
            method: any, when left out.
            times: exactly so often; at least once, when left out.
            json: fields that the request's body must have, with these values.

        Raises:
            JournalMismatch: it was not; the text tells what it was asked instead.
        """
        found = [call for call in self.calls(path, method) if _has(call.json, json or {})]
        if len(found) == times if times is not None else found:
            return found
        wanted = "at least once" if times is None else f"{times} times"
        asked = f"{method.upper()} {path}" if method else path
        with_body = f" with {json}" if json else ""
        lines = [f"  {call.method} {call.path} -> {call.status}" for call in self.calls()]
        were = "\n".join(["the calls were:", *lines] if lines else ["there were no calls"])
        words = f"{asked}{with_body} was asked {len(found)} times, not {wanted}; {were}"
        raise JournalMismatch(words)

    def as_json(self, path: str | None = None) -> dict[str, Any]:
        """For ``/_mock/journal``."""
        return {"calls": [call.as_json() for call in self.calls(path)], "dropped": self.dropped}


def _has(body: Any, wanted: dict[str, Any]) -> bool:
    if not wanted:
        return True
    return isinstance(body, dict) and all(
        key in body and body[key] == value for key, value in wanted.items()
    )
