"""Options that hold for one generation: override_settings, token merging and the VAE."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mockserver.core.upstream_errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


def token_merging_ratio(options: Mapping[str, Any], p: Processing, *, hires: bool = False) -> Any:
    """The ratio that holds; 0 for none.

    An option for img2img or for the hires pass wins over the general one, except that in
    img2img an override of the general one wins over both.

    Source: modules/processing.py ``get_token_merging_ratio``.
    """
    general = options["token_merging_ratio"]
    if p.is_img2img:
        overridden = "token_merging_ratio" in p.override_settings and general
        return overridden or options["token_merging_ratio_img2img"] or general
    if hires:
        return options["token_merging_ratio_hr"] or general
    return general


@raises_upstream
def check_ratio(ratio: Any) -> bool:
    """Whether tokens are merged; the webui compares the ratio with nought."""
    return bool(ratio != 0 and ratio > 0)


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
    if models.find(_key(p.override_settings.get(_MODEL))) is None:
        p.override_settings.pop(_MODEL, None)
        models.reload()
    for name, value in p.override_settings.items():
        options.override(name, value)
        if name == _MODEL:
            models.reload()
    check_ratio(token_merging_ratio(options, p))


def _store(server: GenerationContext, p: Processing) -> None:
    """Set the overrides one by one; a model's name among them changes nothing."""
    for name, value in p.override_settings.items():
        server.options.set(name, value)


@contextmanager
def overridden(server: GenerationContext, p: Processing) -> Iterator[None]:
    """Options as the generation wants them, put back afterwards.

    Only options that were stored before are put back; on a server that never saved its
    settings the others keep the override for good.

    Raises:
        ServerError: an unknown option, a value that the webui cannot look up or compare.
    """
    stored = server.options.snapshot(p.override_settings)
    try:
        _set(server, p)
        if server.samplers.unknown != "404":
            p.sampler_name, p.scheduler = server.samplers.resolve(
                p.sampler_name, p.scheduler, convert_automatic=False
            )
        yield
    finally:
        if p.override_settings_restore_afterwards:
            server.options.restore(stored)


_SHORT = 10


def loaded_vae(server: GenerationContext) -> tuple[str, str] | tuple[None, None]:
    """File name and short hash of the VAE that the option sd_vae names.

    ``Automatic`` looks for one beside the checkpoint, ``None`` and unknown names use the
    checkpoint's own: none of them is an external one here. The hash is made of the name, as no
    list tells the file's.
    """
    name = server.options["sd_vae"]
    if name not in server.vaes:
        return None, None
    return name, hashlib.sha256(name.encode()).hexdigest()[:_SHORT]
