"""Snapshot: the state of a simulated server, taken when it starts and put back in a millisecond.

It holds, for each object of this package that the server is made of, a shallow copy of what it
is made of. What never changes (rules, fixtures, models) and what is no state (time, painted
pictures, the lock) is left out.
"""

from __future__ import annotations

import random
from collections import deque
from typing import Any

_OURS = "mockserver."
#: What never changes.
_FIXED = tuple(
    f"mockserver.{name}" for name in ("pydantic_compat", "profiles", "fixtures", "imaging")
)
#: Attributes that are no state.
_LEFT_OUT = frozenset(
    {"clock", "gallery", "queue", "fixtures", "profile", "config", "models", "pace", "callbacks"}
)
_CONTAINERS = (list, dict, set, deque)


class Snapshot:
    """The state of one object and of all it holds.

    Args:
        root: the simulated server.
    """

    def __init__(self, root: object) -> None:
        self._kept: list[tuple[Any, dict[str, Any], dict[Any, Any] | None]] = []
        self._dice: list[tuple[random.Random, Any]] = []
        self._seen: set[int] = set()
        self._keep(root)

    def restore(self) -> None:
        """Put everything back as it was."""
        for found, attributes, items in self._kept:
            if items is not None:
                dict.clear(found)
                dict.update(found, items)
            own = vars(found)
            own.clear()
            own.update({name: _copied(value) for name, value in attributes.items()})
        for dice, state in self._dice:
            dice.setstate(state)

    def _keep(self, found: Any) -> None:
        if id(found) in self._seen:
            return
        self._seen.add(id(found))
        if isinstance(found, random.Random):
            self._dice.append((found, found.getstate()))
            return
        if isinstance(found, list | tuple | deque):
            for item in found:
                self._keep(item)
            return
        home = type(found).__module__
        if not home.startswith(_OURS) or home.startswith(_FIXED) or not hasattr(found, "__dict__"):
            return
        items = dict(found) if isinstance(found, dict) else None
        attributes = {name: _copied(value) for name, value in vars(found).items()}
        self._kept.append((found, attributes, items))
        for name, value in vars(found).items():
            if name not in _LEFT_OUT:
                self._keep(value)


def _copied(value: Any) -> Any:
    """A plain container copied, so that a change of one is none of the other."""
    return value.copy() if type(value) in _CONTAINERS else value
