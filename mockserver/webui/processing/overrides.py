"""override_settings: options that hold for one generation.

Source: modules/processing.py ``process_images``, at v1.10.1; recorded: group t2i-override of
the saved and the fresh server.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mockserver.webui.hazards import hazard
from mockserver.webui.processing.merging import check_ratio, token_merging_ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.webui.processing.processing import Processing
    from mockserver.webui.processing.server import Server

_MODEL = "sd_model_checkpoint"


@hazard
def _key(alias: Any) -> Any:
    """The webui looks the model up in a dict: what cannot be a key is a TypeError."""
    hash(alias)
    return alias


def _set(server: Server, p: Processing) -> None:
    """Set the overrides one by one; an unknown model is dropped."""
    options, models = server.options, server.checkpoints
    if not server.models.loaded_by_jobs:
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


def _store(server: Server, p: Processing) -> None:
    """Set the overrides one by one; a model's name among them changes nothing."""
    for name, value in p.override_settings.items():
        server.options.set(name, value)


@contextmanager
def overridden(server: Server, p: Processing) -> Iterator[None]:
    """Options as the generation wants them, put back afterwards.

    Only options that were stored before are put back; on a server that never saved its
    settings the others keep the override for good.

    Raises:
        Crash: an unknown option, a value that the webui cannot look up or compare.
    """
    stored = server.options.snapshot(p.override_settings)
    try:
        _set(server, p)
        if server.samplers.unknown == "first":
            p.sampler_name, p.scheduler = server.samplers.resolve(
                p.sampler_name, p.scheduler, convert_automatic=False
            )
        yield
    finally:
        if p.override_settings_restore_afterwards:
            server.options.restore(stored)
