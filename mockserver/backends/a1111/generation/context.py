"""What generation needs of the server around it, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mockserver.backends.a1111.generation.samplers import Samplers
from mockserver.backends.a1111.scripts.catalogue import ScriptCatalogue
from mockserver.core.pace import Pace
from mockserver.profiles.generation import GenerationRules
from mockserver.profiles.profile import InputRules, ModelRules, OutputRules

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from mockserver.backends.a1111.checkpoints import CheckpointList
    from mockserver.backends.a1111.generation.callbacks import Callbacks
    from mockserver.backends.a1111.networks import Networks
    from mockserver.backends.a1111.options import OptionStore
    from mockserver.backends.a1111.server import Webui
    from mockserver.backends.a1111.state import TaskRegistry, TaskState
    from mockserver.backends.a1111.styles import Style
    from mockserver.core.clock import Clock
    from mockserver.core.queue import FifoLock
    from mockserver.fixtures.fixture_set import FixtureSet
    from mockserver.imaging.gallery import Gallery


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
        version: the program's version as infotexts tell it.
        pace: how long a step takes.
        styles: the prompt styles by name.
        upscalers: names of the upscalers, the first three ``None``, ``Lanczos``, ``Nearest``.
        latent_modes: names of the latent upscale modes, the default one first.
        vaes: names of the external VAE files.
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
    face_restorers: tuple[str, ...] = ()
    asked_conds: dict[str, Any] = field(default_factory=dict)
    callbacks: Callbacks | None = None

    @property
    def step_time(self) -> float:
        """Seconds that one step of a 512x512 picture takes now; 0 for no time at all."""
        return self.pace.step_time


_servers: WeakKeyDictionary[Webui, GenerationContext] = WeakKeyDictionary()


def context_of(webui: Webui) -> GenerationContext:
    """The parts of `webui`; made at the first call, kept as long as it lives."""
    found = _servers.get(webui)
    if found is None:
        found = _servers[webui] = _put_together(webui)
    return found


def forget(webui: Webui) -> None:
    """Have the parts made anew at the next call: a list or a script has changed."""
    _servers.pop(webui, None)


def _names(fixtures: FixtureSet, name: str, key: str = "name") -> tuple[str, ...]:
    """Names of a recorded list; none where the server has no such list."""
    return tuple(item[key] for item in fixtures.get(name)) if fixtures.has(name) else ()


def _samplers(webui: Webui) -> Samplers:
    fixtures, rules = webui.fixtures, webui.profile.samplers
    listed = fixtures.has("schedulers")
    return Samplers.of(
        fixtures.get("samplers"),
        fixtures.get("schedulers") if listed else rules.unlisted_schedulers,
        unknown=rules.unknown,
        named_by=rules.named_by,
        any_case=rules.any_case,
        eta_in_params=rules.eta_in_params,
        normal_after=rules.normal_after,
    )


def _scripts(webui: Webui) -> ScriptCatalogue:
    fixtures = webui.fixtures
    infos = fixtures.get("script-info") if fixtures.has("script-info") else ()
    listed = fixtures.get("scripts") if fixtures.has("scripts") else {}
    return ScriptCatalogue(listed, infos, webui.profile.generation.unlisted_scripts)


def _put_together(webui: Webui) -> GenerationContext:
    names: Callable[..., tuple[str, ...]] = _names
    fixtures = webui.fixtures
    return GenerationContext(
        options=webui.options,
        checkpoints=webui.checkpoints,
        networks=webui.networks,
        samplers=_samplers(webui),
        scripts=_scripts(webui),
        state=webui.state,
        queue=webui.queue,
        tasks=webui.tasks,
        clock=webui.clock,
        gallery=webui.gallery,
        random=webui.random,
        rules=webui.profile.generation,
        inputs=webui.profile.inputs,
        outputs=webui.profile.outputs,
        models=webui.profile.models,
        version=webui.profile.version,
        pace=webui.pace,
        styles=webui.styles,
        upscalers=names(fixtures, "upscalers"),
        latent_modes=names(fixtures, "latent-upscale-modes")
        or webui.profile.generation.unlisted_latent_modes,
        vaes=names(fixtures, "sd-vae", "model_name"),
        face_restorers=names(fixtures, "face-restorers"),
        callbacks=webui.callbacks if webui.callbacks.active else None,
    )
