"""Listed: a simulated server whose lists are those of its fixture set, read once."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mockserver.webui.simulated import Simulated

if TYPE_CHECKING:
    from mockserver.profile import Profile
    from mockserver.webui.clock import Clock
    from mockserver.webui.config import Config

#: The lists that both programs have, by the last part of their path.
LISTS = (
    "samplers",
    "schedulers",
    "upscalers",
    "latent-upscale-modes",
    "sd-models",
    "options",
    "loras",
)


class Listed(Simulated):
    """A server that keeps no state between requests.

    Args:
        profile: its rules, or the name of a packaged profile.
        config: how it was started.
        clock: its time; the machine's by default.
    """

    def __init__(
        self, profile: Profile | str, config: Config | None = None, clock: Clock | None = None
    ) -> None:
        super().__init__(profile, config, clock)
        self._lists: dict[str, Any] = {}

    def listed(self, name: str) -> Any:
        """The answer to one of LISTS.

        Raises:
            FixtureError: the fixture set does not have it.
        """
        if name not in self._lists:
            self._lists[name] = self.fixtures.get(name)
        return self._lists[name]

    def names(self, name: str, key: str = "name") -> frozenset[str]:
        """Names in one of its lists.

        Args:
            name: of the list.
            key: what an item calls its name.
        """
        return frozenset(str(item[key]) for item in self.listed(name))

    @property
    def model(self) -> str:
        """The model's file name, as infotexts give it; "" without a model."""
        models: list[dict[str, Any]] = self.listed("sd-models")
        return PurePosixPath(models[0]["filename"]).name if models else ""
