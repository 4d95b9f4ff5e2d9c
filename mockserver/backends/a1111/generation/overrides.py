"""override_settings: options that hold for one generation."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.recipe import merges_tokens, token_merging_ratio
from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


_MODEL = "sd_model_checkpoint"


@raises_upstream
def _key(alias: Any) -> Any:
    """The webui looks the model up in a dict: what cannot be a key is a TypeError."""
    hash(alias)
    return alias


def _set(server: GenerationContext, p: Processing) -> None:
    """Set the overrides one by one; an unknown model is dropped."""
    options, models = server.options, server.checkpoints
    if not server.models.jobs_load_models:
        _store(server, p)
        return
    wanted = p.override_settings.get(_MODEL)
    if wanted is None or models.find(_key(wanted)) is None:
        p.override_settings.pop(_MODEL, None)
        models.reload()
    for name, value in p.override_settings.items():
        options.override(name, value)
        if name == _MODEL:
            models.reload()
    ratio = token_merging_ratio(options, p)
    if ratio != 0:
        merges_tokens(ratio)


def _store(server: GenerationContext, p: Processing) -> None:
    """Set the overrides one by one; a model's name among them changes nothing."""
    for name, value in p.override_settings.items():
        server.options.set(name, value)


@contextmanager
def overridden(server: GenerationContext, p: Processing) -> Iterator[None]:
    """Options as the generation wants them, put back afterwards.

    Only options that were stored before are put back; on a server that never saved its
    settings the others keep the override for good.

    Args:
        server: its options and models.
        p: the generation; a model that is unknown is taken out of `override_settings`.

    Raises:
        ServerError: an unknown option, a value that the webui cannot look up or compare.
    """
    stored = server.options.snapshot(p.override_settings) if p.override_settings else {}
    try:
        _set(server, p)
        if server.samplers.unknown != "404":
            p.sampler_name, p.scheduler = server.samplers.resolve(
                p.sampler_name, p.scheduler, convert_automatic=False
            )
        yield
    finally:
        if stored and p.override_settings_restore_afterwards:
            server.options.restore(stored)
