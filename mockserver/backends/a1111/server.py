"""Webui: one simulated server, from its options to its queue."""

from __future__ import annotations

import marshal
import random
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.checkpoints import CheckpointList
from mockserver.backends.a1111.frozen_settings import FrozenSettings
from mockserver.backends.a1111.generation.context import Callbacks, GenerationContext
from mockserver.backends.a1111.generation.samplers import Samplers
from mockserver.backends.a1111.networks import EmbeddingList, Networks
from mockserver.backends.a1111.options import ForgeOptions, OptionStore
from mockserver.backends.a1111.scripts.catalogue import ScriptCatalogue
from mockserver.backends.a1111.state import TaskRegistry, TaskState
from mockserver.backends.a1111.stored_options import (
    PLAIN,
    check_place,
    fresh_options,
    options_behind,
    read_state,
    saved_options,
    write_state,
)
from mockserver.backends.a1111.styles import Style
from mockserver.backends.a1111.world import StyleRows, World
from mockserver.core.simulated import DEFAULT_PROFILE, SimulatedServer
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import is_packaged, load_profile
from mockserver.pydantic_compat.models import Models

if TYPE_CHECKING:
    from collections.abc import Collection

    from mockserver.core.clock import Clock
    from mockserver.core.config import Config
    from mockserver.profiles.profile import Profile
    from mockserver.pydantic_compat.models import Model


#: Options whose change loads a model, behind the queue. Source: modules/initialize_util.py.
_RELOADING = ("sd_model_checkpoint",)
#: Flags that a start has under the same name.
_FLAGS = (
    *("freeze_settings", "freeze_settings_in_sections", "freeze_specific_settings"),
    *("disable_all_extensions", "disable_extra_extensions", "no_hashing"),
)


@lru_cache(maxsize=16)
def shared_models(fixtures: str, mode: str, profile: str) -> Models:
    """Models of a packaged set's document as a packaged profile declares them.

    Args:
        fixtures: name of the packaged set.
        mode: how the server was started, ``nowebui`` or empty.
        profile: its name.
    """
    lists = FixtureSet.packaged(fixtures, mode)
    return Models(lists.get("openapi"), load_profile(profile).requests, lists.spare_document)


def _saved(fixtures: FixtureSet, profile: Profile, *, nowebui: bool) -> dict[str, Any]:
    """Options as a server with its web UI saved them."""
    stored: dict[str, Any] = {}
    read = options_behind if fixtures.is_recorded else saved_options
    # A server that was recorded with --nowebui did not show the web UI's own options.
    for known in (fixtures.base, fixtures) if nowebui else (fixtures,):
        if known is not None:
            document, spare = known.get("openapi"), known.spare_document
            model = Models(document, profile.requests, spare).get("Options")
            stored |= read(model, known.get("options"), profile.options)
    return stored


@lru_cache(maxsize=16)
def _packed_saved(profile: str, *, nowebui: bool) -> bytes:
    """What `_saved` gives for a packaged profile; each server unpacks its own."""
    known = load_profile(profile)
    return marshal.dumps(_saved(FixtureSet.packaged(known.fixtures), known, nowebui=nowebui))


class Webui(SimulatedServer):
    """One simulated server.

    Args:
        profile: its rules, or the name of a packaged profile.
        config: how it was started.
        clock: its time; the machine's by default.

    Attributes:
        models: models of its request bodies and answers.
        options: what is stored.
        checkpoints: the models it has, and the loaded one.
        networks: Loras, hypernetworks, embeddings.
        styles: prompt styles by name.
        state: what it is doing.
        tasks: ids of waiting, running and finished tasks.
        callbacks: calls the scripts of extensions.
        changed_lists: lists that are no longer as they were recorded.
        machine: the files on the simulated machine.
        app_id: gradio's number of this start, beyond what JavaScript's numbers hold.
    """

    def __init__(
        self,
        profile: Profile | str = DEFAULT_PROFILE,
        config: Config | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(profile, config, clock)
        self.callbacks = Callbacks()
        self.models = self._request_models()
        self.options = self._option_store()
        self.options.frozen = FrozenSettings.of(
            self.config, self.fixtures.get("cmd-flags"), self.options.names
        )
        self.checkpoints = CheckpointList(
            self.fixtures.get("sd-models"),
            self.options,
            self._list("model-hashes", {}),
            self.profile.models,
            hashing=not self.config.no_hashing,
        )
        self.checkpoints.reload()
        self.networks = self._networks()
        self.styles = {row["name"]: Style.of(row) for row in self._styles()}
        self.state = TaskState(self.clock)
        self.tasks = TaskRegistry()
        self.app_id = random.getrandbits(64)
        self.changed_lists: dict[str, Any] = {}
        styles = StyleRows(lambda: self.styles, self._show_styles)
        self.machine = World(self.checkpoints, self.networks, styles)
        if isinstance(self.options, ForgeOptions):
            self.options.checkpoint = self.checkpoints.closest
        else:
            for name in _RELOADING:
                self.options.on_change(name, self._reload_in_turn)

    @property
    def world(self) -> tuple[Any, ...]:
        """Options, models and all other lists that change while it runs."""
        networks, embeddings = self.networks, self.networks.embeddings.loaded
        return (
            self.options.revision,
            self.checkpoints.revision,
            (networks.loras, len(networks.loras)),
            (networks.hypernetworks, len(networks.hypernetworks)),
            (embeddings, len(embeddings)),
            (self.styles, len(self.styles)),
        )

    @property
    def documented_paths(self) -> Collection[str]:
        """Paths of its document."""
        return self.models.paths

    @property
    def own_paths(self) -> set[str]:
        """Paths of its document, without those of extensions."""
        return set(self.documented_paths)

    @cached_property
    def flags(self) -> dict[str, Any]:
        """The answer of cmd-flags: the recorded flags with those of this start."""
        flags = dict(self.fixtures.get("cmd-flags"))
        for name in _FLAGS:
            if name in flags:
                flags[name] = getattr(self.config, name) or flags[name]
        if self.config.cors_origins:
            flags["cors_allow_origins"] = ",".join(self.config.cors_origins)
        if self.config.cors_regex:
            flags["cors_allow_origins_regex"] = self.config.cors_regex
        if "api_server_stop" in flags:
            flags["api_server_stop"] = self.config.api_server_stop
        if self.config.auth:
            flags["api_auth"] = ",".join(f"{user}:{word}" for user, word in self.config.auth)
        return flags

    @cached_property
    def option_labels(self) -> dict[str, str]:
        """What the settings page calls each option; "" for its pseudo options."""
        schema = self.fixtures.get("openapi")["components"]["schemas"]["Options"]
        return {k: part.get("description", "") for k, part in schema["properties"].items()}

    @cached_property
    def context(self) -> GenerationContext:
        """What generations work with; made when it is first asked for, until `forget_context`."""
        return GenerationContext(
            options=self.options,
            checkpoints=self.checkpoints,
            networks=self.networks,
            samplers=self._samplers(),
            scripts=self._scripts(),
            state=self.state,
            queue=self.queue,
            tasks=self.tasks,
            clock=self.clock,
            gallery=self.gallery,
            random=self.random,
            rules=self.profile.generation,
            inputs=self.profile.inputs,
            outputs=self.profile.outputs,
            models=self.profile.models,
            version=self.profile.version,
            pace=self.pace,
            styles=self.styles,
            upscalers=self._names("upscalers"),
            latent_modes=self._names("latent-upscale-modes")
            or self.profile.generation.unlisted_latent_modes,
            vaes=self._names("sd-vae", "model_name"),
            vae_hashes=self.network_hashes("vaes"),
            face_restorers=self._names("face-restorers"),
            callbacks=self.callbacks if self.callbacks.active else None,
        )

    def forget_context(self) -> None:
        """Have generations see lists that have changed."""
        self.__dict__.pop("context", None)

    def _show_styles(self, styles: dict[str, Style]) -> None:
        self.styles = styles
        self.changed_lists["prompt-styles"] = [
            {"name": s.name, "prompt": s.prompt, "negative_prompt": s.negative_prompt}
            for s in styles.values()
        ]
        self.forget_context()

    def _names(self, name: str, key: str = "name") -> tuple[str, ...]:
        """Names of a recorded list; none where the server has no such list."""
        return tuple(item[key] for item in self.listed(name))

    def _samplers(self) -> Samplers:
        rules = self.profile.samplers
        schedulers = self._list("schedulers", rules.unlisted_schedulers)
        return Samplers.of(
            self.fixtures.get("samplers"),
            schedulers,
            unknown=rules.unknown,
            named_by=rules.named_by,
            any_case=rules.any_case,
            eta_in_params=rules.eta_in_params,
            normal_after=rules.normal_after,
        )

    def _scripts(self) -> ScriptCatalogue:
        unlisted = self.profile.generation.unlisted_scripts
        listed, infos = self._list("scripts", {}), self._list("script-info", ())
        return ScriptCatalogue(listed, infos, unlisted)

    def knows_model(self, name: Any) -> bool:
        """Whether `name` is exactly one of a checkpoint's names.

        Args:
            name: any JSON value.
        """
        return self.checkpoints.find(name) is not None

    def _request_models(self) -> Models:
        """The models of its document, shared by all servers of a packaged profile and mode."""
        profile = self.profile
        if is_packaged(profile):
            return shared_models(profile.fixtures, self.fixtures.mode, profile.name)
        lists = self.fixtures
        return Models(lists.get("openapi"), profile.requests, lists.spare_document)

    def _reload_in_turn(self) -> None:
        with self.queue:
            self.checkpoints.reload()

    def _option_store(self) -> OptionStore:
        model, answered = self._models_of_options()
        rules, file = self.profile.options, self.config.state_file
        if file:
            check_place(file)
        stored = read_state(file) if file else None
        if stored is None and self.config.fresh:
            stored = self._list("options-stored", None) or fresh_options(
                model, self.fixtures.get("options"), rules
            )
        elif stored is None:
            stored = self._saved_with_web_ui()
        parts: dict[str, Any] = {
            # A recorded server may lack options of extensions that it was started without.
            "lacking": PLAIN if self._lacks_options else None,
            "answered": answered,
            "unlisted": self._list("options-unlisted", {}),
        }
        if file is not None:
            parts["save"] = partial(write_state, file)
        if not rules.own_setters:
            return OptionStore(model, rules, stored, **parts)
        modules = {item["model_name"]: item["filename"] for item in self.listed("sd-modules")}
        documented = self.profile.requests.documented
        return ForgeOptions(documented, modules, model, rules, stored, **parts)

    @property
    def _lacks_options(self) -> bool:
        """Whether code may read options that it does not have."""
        config = self.config
        disabled = config.disable_all_extensions or bool(config.disabled_extensions)
        return self.fixtures.is_recorded or not self.profile.options.complete or disabled

    def _models_of_options(self) -> tuple[Model, Model | None]:
        """The model of all options, and that of GET's answer where it lacks some."""
        return self.models.get("Options"), None

    def _saved_with_web_ui(self) -> dict[str, Any]:
        """What "Apply settings" once saved: options of the web UI alone are among it.

        With ``--nowebui`` they are stored but no options; code that reads them works on a
        saved server and fails on a fresh one.
        """
        fixtures, profile = self._recorded(""), self.profile
        if fixtures.has("options-stored"):
            return dict(fixtures.get("options-stored"))
        nowebui = self.config.nowebui
        if not is_packaged(profile) or self.config.extensions:
            return _saved(fixtures, profile, nowebui=nowebui)
        return marshal.loads(_packed_saved(profile.name, nowebui=nowebui))  # type: ignore[no-any-return]  # noqa: S302 - what this process wrote

    def listed(self, name: str) -> list[dict[str, Any]]:
        """A recorded list of items; empty where the version has no such list.

        Args:
            name: of the fixture set (``samplers``).
        """
        found: list[dict[str, Any]] = self._list(name, [])
        return found

    def _list(self, name: str, absent: Any) -> Any:
        """A recorded list, or what stands for it where the version has no such list."""
        return self.fixtures.get(name) if self.fixtures.has(name) else absent

    def network_hashes(self, kind: str) -> dict[str, str]:
        """Short hashes that infotexts of a recorded server showed.

        Args:
            kind: ``loras``, ``embeddings`` or ``vaes``.

        Returns:
            Hash by name; empty where nobody recorded them.
        """
        found: dict[str, str] = self._list("network-hashes", {}).get(kind, {})
        return found

    def _styles(self) -> list[dict[str, Any]]:
        """The styles file; one version's list of it lacks the negative prompts."""
        listed: list[dict[str, Any]] = self.fixtures.get("prompt-styles")
        return list(self._list("styles-file", listed))

    def _networks(self) -> Networks:
        flags = self.fixtures.get("cmd-flags")
        listed = self._list("embeddings", {"loaded": {}, "skipped": {}})
        folder, hashes = flags["embeddings_dir"], self.network_hashes("embeddings")
        embeddings = EmbeddingList(listed, folder, hashes)
        loras = self._list("loras", [])
        hypernetworks = self.fixtures.get("hypernetworks")
        folder, hashes = flags["hypernetwork_dir"], self.network_hashes("loras")
        return Networks(loras, hypernetworks, embeddings, folder, hashes)
