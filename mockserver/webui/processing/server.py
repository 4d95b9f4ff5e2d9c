"""What generation needs of the server around it, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.profile.generation import GenerationRules
from mockserver.profile.profile import InputRules, ModelRules, OutputRules
from mockserver.webui.processing.callbacks import Callbacks

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from mockserver.picture.gallery import Gallery
    from mockserver.webui.checkpoints import Checkpoint, CheckpointList
    from mockserver.webui.clock import Clock
    from mockserver.webui.infotext.style_match import Style
    from mockserver.webui.networks import Networks
    from mockserver.webui.options import OptionStore
    from mockserver.webui.processing.samplers import Samplers
    from mockserver.webui.queue import FifoLock
    from mockserver.webui.scripts.catalogue import ScriptCatalogue
    from mockserver.webui.state import TaskState
    from mockserver.webui.tasks import TaskLedger


class CondCache:
    """What the text encoder was asked last, per kind of prompt.

    Asked the same again it is not run, so what it would add to the infotext is not added and
    what it would trip over is not tripped over. Kept between generations.

    Attributes:
        kept: the last question by kind: ``uc`` and ``c``, ``hr_uc`` and ``hr_c``.

    Source: modules/processing.py ``get_conds_with_caching``.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def knows(self, kinds: Sequence[str], question: Any) -> bool:
        """Whether one of `kinds` was asked this last."""
        return any(self.kept.get(kind) == question for kind in kinds)

    def keep(self, kind: str, question: Any) -> None:
        """Remember what was asked."""
        self.kept[kind] = question

    def clear(self) -> None:
        """Forget everything."""
        self.kept.clear()


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
    checkpoints: CheckpointList
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
