"""What generation needs of the server around it, and the places at which scripts act.

The names of these are those of the webui's own script callbacks. Without extensions nobody acts.
Source: modules/scripts.py ``Script``.
"""

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
    from mockserver.backends.a1111.generation.samplers import Samplers
    from mockserver.backends.a1111.networks import Networks
    from mockserver.backends.a1111.options import OptionStore
    from mockserver.backends.a1111.scripts.catalogue import ScriptCatalogue
    from mockserver.backends.a1111.state import TaskRegistry, TaskState
    from mockserver.backends.a1111.styles import Style
    from mockserver.core.clock import Clock, FifoLock
    from mockserver.imaging.painted import Gallery


class Callbacks:
    """Nobody listens; `mockserver.extensions` has the one that calls scripts.

    Every `p` is the Processing of the running generation.

    Attributes:
        active: whether anybody listens.
    """

    active = False

    def begin(self, p: object) -> None:
        """Before anything of a job is set up; an error here is the answer to the request.

        Args:
            p: the generation, its fields as the request has them.
        """

    def before_process(self, p: object) -> None:
        """Before the options are overridden.

        Args:
            p: the generation.
        """

    def process(self, p: object) -> None:
        """Prompts and seeds are known; nothing is sampled yet.

        Args:
            p: the generation; `all_prompts` and `all_seeds` may be changed.
        """

    def before_process_batch(self, p: object) -> None:
        """The prompts and seeds of one iteration are known, tags still in them.

        Args:
            p: the generation; `prompts` and `seeds` are those of the iteration.
        """

    def process_batch(self, p: object) -> None:
        """The tags are out of the prompts of one iteration.

        Args:
            p: the generation; `prompts` may be changed.
        """

    def before_every_sampling(self, p: object) -> None:
        """One sampling run begins: the first pass, or the hires pass.

        Args:
            p: the generation; `is_hr_pass` says which pass it is.
        """

    def sample(self, p: object) -> None:
        """The sampler begins; an error here is the answer to the request.

        Args:
            p: the generation.
        """

    def postprocess_image(self, p: object, picture: object, number: int) -> object:
        """Picture `number` of the iteration was made; gives it, or what stands for it.

        Args:
            p: the generation.
            picture: the picture.
            number: its place in the iteration, from 0.
        """
        del p, number
        return picture

    def postprocess(self, p: object, processed: object) -> None:
        """All pictures and grids were made.

        Args:
            p: the generation.
            processed: what came of it; its pictures may be changed.
        """

    def infotext_pasted(self, parsed: dict[str, object]) -> None:
        """An infotext was parsed for png-info; its values may be changed.

        Args:
            parsed: values of the infotext by key.
        """

    def paste(self, tab: str, parsed: Mapping[str, object]) -> dict[str, dict[int, object]]:
        """Arguments of scripts that the request's ``infotext`` says: title, number, value.

        Args:
            tab: ``txt2img`` or ``img2img``.
            parsed: values of the infotext by key.
        """
        del tab, parsed
        return {}

    def run(self, p: object, entry: object, arguments: tuple[object, ...]) -> object:
        """What the selected script of an extension makes; None where no extension has it.

        Args:
            p: the generation.
            entry: the script that the request selects.
            arguments: its arguments, as many as the request gave.
        """
        del p, entry, arguments
        return None


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
