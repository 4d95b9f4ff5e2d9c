"""What generation needs of the server around it, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from mockserver.profile.generation import GenerationRules
from mockserver.profile.profile import InputRules, ModelRules, OutputRules
from mockserver.webui.processing.callbacks import Callbacks
from mockserver.webui.processing.conds import CondCache

if TYPE_CHECKING:
    import random
    from collections.abc import Collection, Mapping, Sequence

    from mockserver.picture.gallery import Gallery
    from mockserver.webui.clock import Clock
    from mockserver.webui.infotext.style_match import Style
    from mockserver.webui.options import OptionStore
    from mockserver.webui.processing.samplers import Samplers
    from mockserver.webui.queue import FifoLock
    from mockserver.webui.scripts.catalogue import ScriptCatalogue
    from mockserver.webui.state import TaskState
    from mockserver.webui.tasks import TaskLedger


class Checkpoint(Protocol):
    """One model file."""

    @property
    def name(self) -> str:
        """File name with its folder below the models' own."""
        ...

    @property
    def title(self) -> str:
        """`name` with the short hash, ``a.safetensors [0123456789]``."""
        ...

    @property
    def name_for_extra(self) -> str:
        """File name without folder and suffix."""
        ...

    @property
    def model_name(self) -> str:
        """`name` without suffix, its folders joined by underscores."""
        ...

    @property
    def short_hash(self) -> str | None:
        """First ten hex digits of its SHA-256; None until it was hashed."""
        ...


class Checkpoints(Protocol):
    """The models, and the one that is loaded."""

    @property
    def current(self) -> Checkpoint:
        """The loaded one."""
        ...

    @property
    def names(self) -> list[str]:
        """Titles of all of them."""
        ...

    def find(self, alias: Any, /) -> Checkpoint | None:
        """The model of exactly that title, name, file name, stem or hash."""
        ...

    def closest(self, name: str, /) -> Checkpoint | None:
        """The model of that alias, else the first whose title contains it."""
        ...

    def reload(self) -> None:
        """Load what the option sd_model_checkpoint names, if another is loaded."""
        ...

    def switch(self, checkpoint: Any, /) -> None:
        """Load a model for a while: the option sd_model_checkpoint stays as it is."""
        ...


class Lora(Protocol):
    """One Lora file."""

    @property
    def name(self) -> str:
        """File name without extension."""
        ...

    @property
    def short_hash(self) -> str:
        """12 hex digits."""
        ...


class Embeddings(Protocol):
    """Textual inversion embeddings."""

    @property
    def loaded(self) -> Mapping[str, Any]:
        """Those the model can use, by name."""
        ...


class Networks(Protocol):
    """Extra networks."""

    @property
    def loras(self) -> Sequence[Lora]:
        """All Lora files."""
        ...

    @property
    def hypernetworks(self) -> Collection[str]:
        """Names of all hypernetworks."""
        ...

    @property
    def embeddings(self) -> Embeddings:
        """The embeddings."""
        ...

    def find_lora(self, name: str, /) -> Lora | None:
        """The Lora of that name or alias."""
        ...


@dataclass(frozen=True)
class Server:
    """The parts of the simulated webui that a generation works with.

    Attributes:
        options: the option store.
        checkpoints: the models.
        samplers: samplers and schedulers.
        scripts: scripts of both tabs.
        state: the state record.
        queue: the lock behind which generations wait.
        tasks: ids of tasks.
        clock: the time.
        networks: Lora files, hypernetworks and embeddings.
        gallery: paints pictures and keeps them.
        random: where seeds left to the server come from.
        rules: what differs by version.
        inputs: how pictures in requests are read.
        outputs: how pictures are sent.
        models: how models are kept.
        version: the program's version as infotexts tell it.
        step_time: seconds that one step of a 512x512 picture takes; 0 for no time at all.
        styles: the prompt styles by name.
        upscalers: names of the upscalers, the first three ``None``, ``Lanczos``, ``Nearest``.
        latent_modes: names of the latent upscale modes, the default one first.
        vaes: names of the external VAE files.
        face_restorers: names of the face restoration models.
        cond_cache: what the text encoder was last asked.
        callbacks: calls the scripts of extensions.
    """

    options: OptionStore
    checkpoints: Checkpoints
    samplers: Samplers
    scripts: ScriptCatalogue
    state: TaskState
    queue: FifoLock
    tasks: TaskLedger
    clock: Clock
    networks: Networks
    gallery: Gallery
    random: random.Random
    rules: GenerationRules = field(default_factory=GenerationRules)
    inputs: InputRules = field(default_factory=InputRules)
    outputs: OutputRules = field(default_factory=OutputRules)
    models: ModelRules = field(default_factory=ModelRules)
    version: str = "v1.10.1"
    step_time: float = 0.0
    styles: Mapping[str, Style] = field(default_factory=dict)
    upscalers: tuple[str, ...] = ()
    latent_modes: tuple[str, ...] = ()
    vaes: tuple[str, ...] = ()
    face_restorers: tuple[str, ...] = ()
    cond_cache: CondCache = field(default_factory=CondCache)
    callbacks: Callbacks = field(default_factory=Callbacks)

    def reload(self) -> None:
        """Load what the options name, where the version does so in a job."""
        if self.models.loaded_by_jobs:
            self.checkpoints.reload()

    def model_name(self, checkpoint: Checkpoint) -> str:
        """A model's name as infotexts tell it."""
        by_path = self.rules.model_told == "path"
        return checkpoint.model_name if by_path else checkpoint.name_for_extra
