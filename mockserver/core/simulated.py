"""SimulatedServer: what every simulated server has, whichever program it stands for."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from mockserver.core.clock import RealClock
from mockserver.core.config import Config
from mockserver.core.pace import Pace
from mockserver.core.queue import FifoLock
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.imaging.gallery import Gallery
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

        None where nobody can tell.
        """
        return None

    def _recorded(self, mode: str) -> FixtureSet:
        """Its lists and its document, as answered in `mode`."""
        return FixtureSet.packaged(self.profile.fixtures, mode)

    def _answered(self, recorded: FixtureSet) -> FixtureSet:
        """The lists that it answers, from those that were recorded."""
        return recorded
