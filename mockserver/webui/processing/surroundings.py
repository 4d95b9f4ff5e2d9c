"""The parts of a simulated webui that generations work with, put together once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from mockserver.webui.processing.samplers import Samplers
from mockserver.webui.processing.server import Server
from mockserver.webui.scripts.catalogue import ScriptCatalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.fixtureset.fixture_set import FixtureSet
    from mockserver.webui.server import Webui

_servers: WeakKeyDictionary[Webui, Server] = WeakKeyDictionary()


def server_of(webui: Webui) -> Server:
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


def _put_together(webui: Webui) -> Server:
    names: Callable[..., tuple[str, ...]] = _names
    fixtures = webui.fixtures
    return Server(
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
        step_time=webui.config.step_time,
        styles=webui.styles,
        upscalers=names(fixtures, "upscalers"),
        latent_modes=names(fixtures, "latent-upscale-modes")
        or webui.profile.generation.unlisted_latent_modes,
        vaes=names(fixtures, "sd-vae", "model_name"),
        face_restorers=names(fixtures, "face-restorers"),
        callbacks=webui.callbacks,
    )
