"""SdNext: one simulated server, from its options to its queue, and what differs by version."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.options import MODEL_OPTION, OptionStore
from mockserver.backends.a1111.state import TaskState
from mockserver.backends.a1111.stored_options import read_state, saved_options, write_state
from mockserver.backends.a1111.styles import Style
from mockserver.backends.cpp_common.server import program_of
from mockserver.backends.sdnext.options import StoredOptions
from mockserver.core.errors import ProfileError
from mockserver.core.simulated import DEFAULT_PROFILE, SimulatedServer
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import is_packaged, load_profile
from mockserver.pydantic_compat.models import Models

if TYPE_CHECKING:
    from mockserver.core.clock import Clock
    from mockserver.core.config import Config
    from mockserver.profiles.profile import Profile


@dataclass(frozen=True)
class Program:
    """Keys of ``[program]`` in a profile of this family.

    Attributes:
        scheduler: class of the scheduler that the model brings with it, which infotexts name;
            "" for a version whose infotexts name no schedulers.
        undrawn: samplers whose steps fail with the recorded model: the answer has no picture.
        templates: whether infotexts show the prompts as they were sent, and prompts lose blanks
            around them and braces within.
        rounds_up: whether img2img resizes an odd picture to the next multiples of 8, which the
            infotext names, instead of the last ones, which it doesn't.
        draws_anything: whether img2img draws with no steps and no denoising strength.
        strict_seed: whether null for a seed is an error.
        optional_texts: whether null passes for a negative prompt and a hires upscaler.
        lenient_uris: whether half a data URI is taken for base64.
        comments: whether png-info reads what ComfyUI and InvokeAI leave in a picture, and names
            neither its size nor its mode.
        html_info: whether extras have a text for ``html_info``; without one they fail.
        names_progress: whether progress begins with an ``id``.
        lists_refreshed: whether refresh-loras answers with the LoRAs.
        broken_scripts: scripts that fail whatever they are given.
        compares_sizes: whether resize mode and scale are only named for a picture of another
            size, and the scale only where it is not 1.
        finite: whether an answer with NaN or an infinity is an error; else they become null.
        nameless_guidance: guidance up to this one is not named.
    """

    scheduler: str = ""
    undrawn: tuple[str, ...] = ()
    templates: bool = False
    rounds_up: bool = False
    draws_anything: bool = False
    strict_seed: bool = False
    optional_texts: bool = False
    lenient_uris: bool = False
    comments: bool = False
    html_info: bool = True
    names_progress: bool = False
    lists_refreshed: bool = False
    broken_scripts: tuple[str, ...] = ()
    compares_sizes: bool = False
    finite: bool = True
    nameless_guidance: int = 1


_MODELS_OWN = "Default"
_NAMES_MODEL = "add_model_name_to_info"
#: The answer of GET options after a first start.
_ALL = "options-fresh"


def _read(fixtures: FixtureSet, profile: Profile) -> tuple[dict[str, Any], Models]:
    document: dict[str, Any] = fixtures.get("openapi")
    return document, Models(document, profile.requests, fixtures.spare_document)


@lru_cache(maxsize=8)
def _shared(fixtures: str, mode: str, profile: str) -> tuple[dict[str, Any], Models]:
    """The document of a packaged set and its models, shared by all servers of a profile."""
    return _read(FixtureSet.packaged(fixtures, mode), load_profile(profile))


class SdNext(SimulatedServer):
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
        document: its OpenAPI document; it says which routes there are. It must not be changed.
        app_id: gradio's number of this start, beyond what JavaScript's numbers hold.
    """

    def __init__(
        self,
        profile: Profile | str = DEFAULT_PROFILE,
        config: Config | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(profile, config, clock)
        self._lists: dict[str, Any] = {}
        self.document, self.models = self._documented()
        self.options = self._option_store()
        rows = self._rows("prompt-styles")
        self.styles = {row["name"]: Style.of(row) for row in rows}
        self.state = TaskState(self.clock)
        self.app_id = random.getrandbits(64)
        self._loaded: dict[str, Any] = next(iter(self._rows("sd-models")), {})

    def _documented(self) -> tuple[dict[str, Any], Models]:
        if is_packaged(self.profile):
            return _shared(self.profile.fixtures, self.fixtures.mode, self.profile.name)
        return _read(self.fixtures, self.profile)

    @cached_property
    def program(self) -> Program:
        """What its version does otherwise than others."""
        return program_of(self.profile, Program)

    def _rows(self, name: str) -> list[dict[str, Any]]:
        """A list of objects; empty where the server has no such list."""
        found = self.listed(name) if self.fixtures.has(name) else []
        return found if isinstance(found, list) else []

    def listed(self, name: str) -> Any:
        """The recorded list called `name`, read once; it must not be changed.

        Args:
            name: of the list, as the fixtures call it.
        """
        if name not in self._lists:
            self._lists[name] = self.fixtures.get(name)
        return self._lists[name]

    def loaded_model(self) -> dict[str, Any]:
        """The loaded checkpoint, as sd-models lists it; empty where there is none at all.

        An option that names none of them leaves the loaded one where it is. Recorded:
        options/model-missing.
        """
        wanted = self.options[MODEL_OPTION]
        for row in self._rows("sd-models"):
            if wanted in (row["title"], row["model_name"], row["filename"]):
                self._loaded = row
        return self._loaded

    @property
    def names_model(self) -> bool:
        """Whether infotexts name the model; older versions have no such option."""
        if isinstance(self.options, StoredOptions) or _NAMES_MODEL in self.options.names:
            return self.options[_NAMES_MODEL] in (None, True)
        return True

    @property
    def sampler_names(self) -> list[str]:
        """Names of the samplers that a request may name: those listed, and the model's own."""
        return [*(row["name"] for row in self._rows("samplers")), _MODELS_OWN]

    def _option_store(self) -> OptionStore | StoredOptions:
        schemas = self.document.get("components", {}).get("schemas", {})
        if "Options" not in schemas:
            return self._stored_options()
        if self.config.fresh:
            text = f"profile {self.profile.name}: nobody recorded the first start of such a server"
            raise ProfileError(f"{text}; leave 'fresh' out")
        model = self.models.get("Options")
        rules, file = self.profile.options, self.config.state_file
        stored = read_state(file) if file else None
        if stored is None:
            stored = saved_options(model, self.fixtures.get("options"), rules)
        if file is None:
            return OptionStore(model, rules, stored)
        return OptionStore(model, rules, stored, lambda values: write_state(file, values))

    def _stored_options(self) -> StoredOptions:
        """Options of a version whose document does not declare them.

        The answer of a first start shows all of them; where it was not recorded, only those are
        known that the server showed.
        """
        shown = self.fixtures.get("options") if self.fixtures.has("options") else {}
        known = self.fixtures.get(_ALL) if self.fixtures.has(_ALL) else shown
        file = self.config.state_file
        stored = read_state(file) if file else None
        if stored is None:
            stored = known if self.config.fresh else shown
        if file is None:
            return StoredOptions(known, stored)
        return StoredOptions(known, stored, lambda values: write_state(file, values))
