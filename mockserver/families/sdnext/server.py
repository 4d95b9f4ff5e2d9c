"""SdNext: one simulated server, from its options to its queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.validation import Models
from mockserver.webui.infotext.style_match import Style
from mockserver.webui.options import MODEL_OPTION, OptionStore, saved_options
from mockserver.webui.simulated import DEFAULT_PROFILE, Simulated
from mockserver.webui.state import TaskState
from mockserver.webui.state_file import read_state, write_state

if TYPE_CHECKING:
    from mockserver.profile import Profile
    from mockserver.webui.clock import Clock
    from mockserver.webui.config import Config


class SdNext(Simulated):
    """One simulated SD.Next.

    Args:
        profile: its rules, or the name of a packaged profile.
        config: how it was started.
        clock: its time; the machine's by default.

    Attributes:
        models: models of its request bodies and answers.
        options: what is stored.
        styles: prompt styles by name.
        state: what it is doing.
    """

    def __init__(
        self,
        profile: Profile | str = DEFAULT_PROFILE,
        config: Config | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(profile, config, clock)
        self.models = Models(self.fixtures.get("openapi"), self.profile.requests)
        self.options = self._option_store()
        rows = self.fixtures.get("prompt-styles")
        self.styles = {row["name"]: Style.of(row) for row in rows}
        self.state = TaskState(self.clock)
        self._lists: dict[str, Any] = {}
        self._loaded: dict[str, Any] = next(iter(self.listed("sd-models")), {})

    def listed(self, name: str) -> Any:
        """The recorded list called `name`, read once; it must not be changed."""
        if name not in self._lists:
            self._lists[name] = self.fixtures.get(name)
        return self._lists[name]

    def loaded_model(self) -> dict[str, Any]:
        """The loaded checkpoint, as sd-models lists it; empty where there is none at all.

        An option that names none of them leaves the loaded one where it is. Recorded:
        options/model-missing.
        """
        wanted = self.options[MODEL_OPTION]
        for row in self.listed("sd-models"):
            if wanted in (row["title"], row["model_name"], row["filename"]):
                self._loaded = row
        return self._loaded

    @property
    def sampler_names(self) -> list[str]:
        """Names of the samplers, as listed."""
        return [row["name"] for row in self.listed("samplers")]

    def _option_store(self) -> OptionStore:
        model = self.models.get("Options")
        rules, file = self.profile.options, self.config.state_file
        stored = read_state(file) if file else None
        if stored is None:
            stored = saved_options(model, self.fixtures.get("options"), rules)
        if file is None:
            return OptionStore(model, rules, stored)
        return OptionStore(model, rules, stored, lambda values: write_state(file, values))
