"""What every simulated server is, and how its state at the start is brought back."""

from __future__ import annotations

import random
from collections import deque
from typing import TYPE_CHECKING, Any

from mockserver.core.clock import FifoLock, Pace, RealClock
from mockserver.core.config import Config
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.imaging.painted import Gallery
from mockserver.profiles.loader import load_profile

if TYPE_CHECKING:
    from mockserver.core.clock import Clock
    from mockserver.profiles.profile import Profile


DEFAULT_PROFILE = "a1111-1.10.1"


class SimulatedServer:
    """One simulated server, of any family.

    Args:
        profile: its rules, or the name of a packaged profile.
        config: how it was started.
        clock: its time; the machine's by default.

    Attributes:
        profile: its rules.
        config: how it was started.
        clock: its time.
        pace: how long its steps take.
        fixtures: its lists and its document, as answered in its mode.
        gallery: pictures that were painted.
        queue: the lock behind which generations wait.
        random: where seeds left to the server come from.
    """

    def __init__(
        self,
        profile: Profile | str = DEFAULT_PROFILE,
        config: Config | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.profile = load_profile(profile) if isinstance(profile, str) else profile
        self.config = config or Config()
        self.clock = clock or RealClock()
        self.pace = Pace(self.config.step_time)
        mode = "nowebui" if self.config.nowebui else "fresh" if self.config.fresh else ""
        self.fixtures = self._answered(self._recorded(mode))
        self.gallery = Gallery()
        self.queue = FifoLock()
        self.random = random.Random(self.config.seed)  # noqa: S311 - seeds of pictures

    @property
    def world(self) -> tuple[Any, ...] | None:
        """What answers depend on beside the request: while it stays equal, so do they.

        None where nobody knows.
        """
        return None

    def _recorded(self, mode: str) -> FixtureSet:
        """Its lists and its document, as answered in `mode`."""
        return FixtureSet.packaged(self.profile.fixtures, mode)

    def _answered(self, recorded: FixtureSet) -> FixtureSet:
        """The lists that it answers, from those that were recorded."""
        return recorded


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
