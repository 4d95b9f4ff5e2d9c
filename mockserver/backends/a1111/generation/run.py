"""The main loop of a generation, which txt2img, img2img and all scripts use.

Each iteration goes forward through the stages: plan, sample, finish.

Source: modules/processing.py ``process_images`` and ``process_images_inner``, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation import hires
from mockserver.backends.a1111.generation.denoise import PREPARING_STEPS, step_seconds
from mockserver.backends.a1111.generation.finish import Processed, collect, finish
from mockserver.backends.a1111.generation.noise import latent_shape
from mockserver.backends.a1111.generation.pictures import (
    Picture,
    merges_tokens,
)
from mockserver.backends.a1111.generation.plan import Batch, TextEncoder
from mockserver.backends.a1111.generation.resolve import resolve, run_alwayson
from mockserver.backends.a1111.generation.sample import note_noise_schedule, sample
from mockserver.backends.a1111.generation.source import Source
from mockserver.backends.a1111.infotext import build
from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.sample import Latents

    Sampling = Callable[[Batch], Latents]


_MODEL = "sd_model_checkpoint"


@raises_upstream
def _key(alias: Any) -> Any:
    """The webui looks the model up in a dict: what cannot be a key is a TypeError."""
    hash(alias)
    return alias


def _override(server: GenerationContext, p: Processing) -> None:
    """Have options as the generation wants them; an unknown model is dropped.

    Raises:
        ServerError: an unknown option, a value that the webui cannot look up or compare.
    """
    options, models = server.options, server.checkpoints
    if not server.models.jobs_load_models:
        # A model's name among them changes nothing.
        for name, value in p.override_settings.items():
            options.set(name, value)
        return
    wanted = p.override_settings.get(_MODEL)
    if wanted is None or models.find(_key(wanted)) is None:
        p.override_settings.pop(_MODEL, None)
        models.reload()
    for name, value in p.override_settings.items():
        options.override(name, value)
        if name == _MODEL:
            models.reload()
    if p.is_img2img or options["token_merging_ratio"] != 0:
        merges_tokens(p.token_merging_ratio(options))


def process_images(
    server: GenerationContext, p: Processing, sampling: Sampling = sample
) -> Processed:
    """Make the pictures of a generation.

    Options are put back afterwards if they were stored before; on a server that never saved its
    settings the others keep the override for good.

    Args:
        server: the server.
        p: the generation; a model that is unknown is taken out of `override_settings`.
        sampling: makes the latents of a batch; a script may have a way of its own.

    Raises:
        ServerError: everything the webui fails on.
    """
    if p.s_min_uncond is None and server.rules.s_min_uncond_read == "early":
        p.s_min_uncond = server.options["s_min_uncond"]
    if server.callbacks:
        server.callbacks.before_process(p)
    stored = server.options.snapshot(p.override_settings) if p.override_settings else {}
    try:
        _override(server, p)
        if server.samplers.unknown != "404":
            p.sampler_name, p.scheduler = server.samplers.resolve(
                p.sampler_name, p.scheduler, convert_automatic=False
            )
        if server.callbacks:
            server.callbacks.begin(p)
        return _process(server, p, sampling)
    finally:
        if stored and p.override_settings_restore_afterwards:
            server.options.restore(stored)


def _process(server: GenerationContext, p: Processing, sampling: Sampling) -> Processed:
    state, source = server.state, None
    resolve(server, p)
    run_alwayson(server, p)
    encoder = TextEncoder(server, p)
    p.step_time = server.pace.step_time
    if p.step_time:
        _prepare(server, p)
    if p.is_img2img:
        source = Source.of(server, p)
    elif p.enable_hr:
        hires.set_up(server, p)
    if p.step_time:
        # Where no time passes, sampling says so early enough.
        state.count_first(p.n_iter)
    images: list[Picture] = []
    infotexts: list[str] = []
    for number in range(p.n_iter):
        p.iteration = number
        state.skipped = False
        if state.interrupted or state.stopping_generation:
            break
        if number:
            p.step_time = server.pace.step_time
        server.checkpoints.reload_for_job()
        batch = Batch(server, p, encoder, source)
        if server.callbacks:
            server.callbacks.before_process_batch(p)
        if not p.prompts:
            break
        _iterate(batch, sampling, images, infotexts)
    return finish(server, p, images, infotexts)


def _prepare(server: GenerationContext, p: Processing) -> None:
    """Let a little time pass while nobody knows yet how much there is to do."""
    if all(isinstance(size, int) for size in (p.width, p.height, p.batch_size)):
        shape = latent_shape(p.width, p.height)
        server.clock.sleep(PREPARING_STEPS * step_seconds(server, shape, p.batch_size))


def _iterate(batch: Batch, sampling: Sampling, images: list[Picture], infotexts: list[str]) -> None:
    """One iteration, whose pictures are added to those made before."""
    server, p = batch.server, batch.p
    first = server.rules.checks_infotext_before_prompts
    if p.iteration == 0 and first:
        build.check(server, p)
    batch.prepare()
    if p.iteration == 0 and not first:
        build.check(server, p)
    if p.n_iter > 1:
        server.state.job = f"Batch {p.iteration + 1} out of {p.n_iter}"
    note_noise_schedule(server, p)
    collect(batch, sampling(batch), images, infotexts)
