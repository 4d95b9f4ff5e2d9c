"""The exchanges of a client, kept for reports."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.client.exchange import Exchange


MAX_EXCHANGES = 2000
MAX_BYTES = 256 * 1024 * 1024


class ExchangeLog:
    """The latest exchanges, bounded in number and in bytes; safe to share between threads.

    The oldest go first. A check marks its place with ``position`` and reads what came after.

    Args:
        max_exchanges: how many to keep, 2000 by default.
        max_bytes: how many bytes of bodies to keep, 256 MiB by default; the latest exchange
            is kept even if it alone is larger.
    """

    def __init__(self, max_exchanges: int = MAX_EXCHANGES, max_bytes: int = MAX_BYTES) -> None:
        self._max_exchanges = max_exchanges
        self._max_bytes = max_bytes
        self._kept: deque[Exchange] = deque()
        self._bytes = 0
        self._total = 0
        self._lock = Lock()

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange, and drop the oldest beyond the bounds."""
        with self._lock:
            self._kept.append(exchange)
            self._bytes += exchange.size
            self._total += 1
            while self._over_bounds():
                self._bytes -= self._kept.popleft().size

    def _over_bounds(self) -> bool:
        if len(self._kept) <= 1:
            return False
        return len(self._kept) > self._max_exchanges or self._bytes > self._max_bytes

    @property
    def position(self) -> int:
        """How many exchanges were ever added."""
        with self._lock:
            return self._total

    @property
    def bytes_kept(self) -> int:
        """Bytes of the bodies kept now."""
        with self._lock:
            return self._bytes

    def since(self, position: int) -> list[Exchange]:
        """The exchanges added after ``position``, oldest first, as far as they are kept."""
        with self._lock:
            wanted = min(self._total - position, len(self._kept))
            return list(self._kept)[len(self._kept) - wanted :] if wanted > 0 else []

    @property
    def last(self) -> Exchange | None:
        """The latest exchange, None before the first."""
        with self._lock:
            return self._kept[-1] if self._kept else None

    def __iter__(self) -> Iterator[Exchange]:
        """The exchanges kept now, oldest first."""
        with self._lock:
            return iter(list(self._kept))

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)
