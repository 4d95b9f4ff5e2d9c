"""Base64 of a file whose largest part is ready: only what is new is encoded.

Base64 turns three bytes into four characters, so a part can be encoded ahead if it is known
where in those threes it begins. There are three such places; each is encoded once, when it is
first asked for.
"""

from __future__ import annotations

from base64 import b64encode
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_THREE = 3


def _nothing() -> None:
    """Nobody counts what is held."""


class Body:
    """Bytes that stand in many files behind ever new heads.

    Args:
        data: the bytes.
    """

    __slots__ = ("_grew", "_lock", "_ready", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._grew: Callable[[], None] = _nothing
        self._ready: dict[int, str] = {}
        self._lock = Lock()

    def on_growth(self, grew: Callable[[], None]) -> None:
        """Call a function whenever more is held."""
        self._grew = grew

    @property
    def held(self) -> int:
        """Bytes of memory held: the data and what is encoded of it."""
        return len(self.data) + sum(map(len, self._ready.values()))

    def _from(self, start: int) -> str:
        """Base64 of the whole threes of the data after its first `start` bytes."""
        ready = self._ready.get(start)
        if ready is None:
            with self._lock:
                ready = b64encode(memoryview(self.data)[start : self._end(start)]).decode("ascii")
                self._ready = {**self._ready, start: ready}
            self._grew()
        return ready

    def _end(self, start: int) -> int:
        return len(self.data) - (len(self.data) - start) % _THREE

    def between(self, head: bytes, tail: bytes = b"") -> str:
        """Base64 of `head`, the data and `tail`, one behind the other."""
        start = -len(head) % _THREE
        if len(self.data) < start + _THREE:
            return b64encode(head + self.data + tail).decode("ascii")
        first = b64encode(head + self.data[:start]).decode("ascii")
        last = b64encode(self.data[self._end(start) :] + tail).decode("ascii")
        return first + self._from(start) + last
