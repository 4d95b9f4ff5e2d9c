"""Journal: the last calls of a mock, and questions about them."""

from __future__ import annotations

import threading
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Any

from mockserver.journal import verification
from mockserver.journal.verification import JournalMismatch, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.journal.call import Call


__all__ = ["Journal", "JournalMismatch"]

#: Bytes that a journal takes at most.
LIMIT = 16 * 2**20


class Journal:
    """The last calls; older ones are dropped when together they grow too large.

    Args:
        limit: bytes that all calls together may take.

    Attributes:
        limit: likewise; a smaller one counts from the next call on.
        dropped: how many calls were dropped.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._calls: deque[Call] = deque()
        self._size = 0
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._listeners: list[Callable[[], None]] = []
        self.dropped = 0

    def add(self, call: Call) -> None:
        """Take a call in; one that is too large by itself is dropped at once.

        Args:
            call: a request with its answer.
        """
        size = call.size
        with self._lock:
            self._calls.append(call)
            self._size += size
            while self._calls and self._size > self.limit:
                self._size -= self._calls.popleft().size
                self.dropped += 1

    def next_number(self) -> int:
        """The number of the next call."""
        return next(self._numbers)

    def on_clear(self, listener: Callable[[], None]) -> None:
        """Have a function called whenever all calls were forgotten.

        Args:
            listener: called without arguments.
        """
        self._listeners.append(listener)

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()
            self._size = self.dropped = 0
        for listener in self._listeners:
            listener()

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
        """How many calls `calls` gives.

        Args:
            path: as for `calls`.
            method: likewise.
        """
        return len(self.calls(path, method))

    def verify(  # noqa: PLR0913 - what a call has, each by its name
        self,
        route: str,
        *,
        times: int | range | None = None,
        method: str | None = None,
        json: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> list[Call]:
        """Make sure that the mock was asked so; gives the calls.

        Args:
            route: ``txt2img``, ``GET progress``, a path or a pattern of it.
            times: exactly so often, or as often as a range holds; at least once, when left out.
            method: any, when left out.
            json: what the request's body must have: plain values, nested objects, ranges,
                compiled patterns, types, functions of the value.
            query: likewise of the query's parameters.
            headers: likewise of the headers.
            fields: further fields of the body, as in ``steps=range(20, 31)``.

        Raises:
            JournalMismatch: it was not; the text shows the nearest call field by field.
        """
        body = {**(json or {}), **fields}
        wanted = Wanted(route, method, body, query or {}, headers or {})
        return verification.verify(self.calls(), wanted, times)

    def never(self, route: str, **wanted: Any) -> None:
        """Make sure that the mock was not asked so.

        Args:
            route: as of `verify`.
            wanted: likewise.

        Raises:
            JournalMismatch: it was.
        """
        self.verify(route, times=0, **wanted)

    def verify_order(self, *steps: str | tuple[str, Mapping[str, Any]]) -> list[Call]:
        """Make sure that calls came one after the other; others may lie between them.

        Args:
            steps: routes, or pairs of a route and what the body must have.

        Returns:
            One call for each step.

        Raises:
            JournalMismatch: a step did not come after the one before it.
        """
        wanted = [
            Wanted(step) if isinstance(step, str) else Wanted(step[0], json=step[1])
            for step in steps
        ]
        return verification.verify_order(self.calls(), wanted)

    def as_json(self, path: str | None = None) -> dict[str, Any]:
        """For ``/_mock/journal``.

        Args:
            path: a path, None for all.
        """
        return {"calls": [call.as_json() for call in self.calls(path)], "dropped": self.dropped}
