"""What generation needs of the server around it, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.core.clock import Pace
from mockserver.profiles.generation import GenerationRules
from mockserver.profiles.profile import InputRules, ModelRules, OutputRules

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from mockserver.backends.a1111.checkpoints import CheckpointList
    from mockserver.backends.a1111.generation.callbacks import Callbacks
    from mockserver.backends.a1111.generation.samplers import Samplers
    from mockserver.backends.a1111.networks import Networks
    from mockserver.backends.a1111.options import OptionStore
    from mockserver.backends.a1111.scripts.catalogue import ScriptCatalogue
    from mockserver.backends.a1111.state import TaskRegistry, TaskState
    from mockserver.backends.a1111.styles import Style
    from mockserver.core.clock import Clock, FifoLock
    from mockserver.imaging.painted import Gallery


@dataclass(frozen=True)
class GenerationContext:
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
        version: the program's version as infotexts show it.
        pace: how long a step takes.
        styles: the prompt styles by name.
        upscalers: names of the upscalers, the first three ``None``, ``Lanczos``, ``Nearest``.
        latent_modes: names of the latent upscale modes, the default one first.
        vaes: names of the external VAE files.
        vae_hashes: short hash of those that infotexts of that server showed.
        face_restorers: names of the face restoration models.
        asked_conds: what the text encoder was asked last, by kind: ``uc`` and ``c``, ``hr_uc`` and
            ``hr_c``. Asked the same again it does not run.
        callbacks: calls the scripts of extensions; None where there are none.
    """

    options: OptionStore
    checkpoints: CheckpointList
    samplers: Samplers
    scripts: ScriptCatalogue
    state: TaskState
    queue: FifoLock
    tasks: TaskRegistry
    clock: Clock
    networks: Networks
    gallery: Gallery
    random: random.Random
    rules: GenerationRules = field(default_factory=GenerationRules)
    inputs: InputRules = field(default_factory=InputRules)
    outputs: OutputRules = field(default_factory=OutputRules)
    models: ModelRules = field(default_factory=ModelRules)
    version: str = "v1.10.1"
    pace: Pace = field(default_factory=Pace)
    styles: Mapping[str, Style] = field(default_factory=dict)
    upscalers: tuple[str, ...] = ()
    latent_modes: tuple[str, ...] = ()
    vaes: tuple[str, ...] = ()
    vae_hashes: Mapping[str, str] = field(default_factory=dict)
    face_restorers: tuple[str, ...] = ()
    asked_conds: dict[str, Any] = field(default_factory=dict)
    callbacks: Callbacks | None = None
