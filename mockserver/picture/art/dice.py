"""Chance that comes out the same on every machine: hashes of what was asked for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

_T = TypeVar("_T")
_WORD = 8


def _plain(value: Hashable) -> str:
    """A value as text; values that are equal have equal texts."""
    if isinstance(value, tuple):
        return f"({','.join(_plain(part) for part in value)})"
    if isinstance(value, bool | int | float) and value == value // 1:
        return repr(int(value))
    return repr(value)


class Dice:
    """Numbers drawn one after the other from a key.

    Args:
        key: what the numbers depend on.
    """

    def __init__(self, *key: Hashable) -> None:
        self._key = "\0".join(_plain(part) for part in key).encode(errors="surrogatepass")
        self._drawn = 0

    def fork(self, name: str) -> Dice:
        """Dice of their own for a part, whatever was drawn here before."""
        other = Dice()
        other._key = self._key + b"\0" + name.encode()
        return other

    def noise(self, count: int) -> bytes:
        """So many random bytes; the same ones each time."""
        return hashlib.shake_128(self._key).digest(count)

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` - 1."""
        self._drawn += 1
        text = self._key + b"\1" + str(self._drawn).encode()
        number = int.from_bytes(hashlib.blake2b(text, digest_size=_WORD).digest(), "big")
        return number * bound >> (8 * _WORD)

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, things: Sequence[_T]) -> _T:
        """One of the things."""
        return things[self.below(len(things))]

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self.below(100) < percent
