"""The main loop of a generation, which txt2img, img2img and all scripts use.

Each iteration goes forward through the stages: plan, sample, finish.

Source: modules/processing.py ``process_images`` and ``process_images_inner``, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.backends.a1111.generation import hires
from mockserver.backends.a1111.generation.conds import TextEncoder
from mockserver.backends.a1111.generation.denoise import PREPARING_STEPS, step_seconds
from mockserver.backends.a1111.generation.finish import Processed, collect, finish
from mockserver.backends.a1111.generation.noise import latent_shape
from mockserver.backends.a1111.generation.overrides import overridden
from mockserver.backends.a1111.generation.pictures import Picture, previews_after_batch
from mockserver.backends.a1111.generation.plan import Batch
from mockserver.backends.a1111.generation.resolve import resolve, run_alwayson
from mockserver.backends.a1111.generation.sample import decode, note_noise_schedule, sample
from mockserver.backends.a1111.generation.source import Source
from mockserver.backends.a1111.infotext import build
from mockserver.backends.a1111.state import PREPARING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.sample import Latents


if TYPE_CHECKING:
    Sampling = Callable[[Batch], Latents]


def process_images(
    server: GenerationContext, p: Processing, sampling: Sampling = sample
) -> Processed:
    """Make the pictures of a generation.

    Args:
        server: the server.
        p: the generation.
        sampling: makes the latents of a batch; a script may have a way of its own.

    Raises:
        ServerError: everything the webui fails on.
    """
    if p.s_min_uncond is None and server.rules.s_min_uncond_read == "early":
        p.s_min_uncond = server.options["s_min_uncond"]
    if server.callbacks:
        server.callbacks.before_process(p)
    with overridden(server, p):
        if server.callbacks:
            server.callbacks.begin(p)
        return _process(server, p, sampling)


def _process(server: GenerationContext, p: Processing, sampling: Sampling) -> Processed:
    resolve(server, p)
    run_alwayson(server, p)
    encoder, source = TextEncoder(server, p), None
    if server.pace.step_time:
        _prepare(server, p)
    if p.is_img2img:
        source = Source.of(server, p)
    elif p.enable_hr:
        hires.set_up(server, p)
    if server.state.job_count == PREPARING:
        server.state.count(p.n_iter)
    images: list[Picture] = []
    infotexts: list[str] = []
    for number in range(p.n_iter):
        p.iteration = number
        server.state.skipped = False
        if server.state.ends_job:
            break
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
    server, p, state = batch.server, batch.p, batch.server.state
    first = server.rules.checks_infotext_before_prompts
    if p.iteration == 0 and first:
        build.check(server, p)
    batch.prepare()
    if p.iteration == 0 and not first:
        build.check(server, p)
    if p.n_iter > 1:
        state.job = f"Batch {p.iteration + 1} out of {p.n_iter}"
    note_noise_schedule(server, p)
    latents = sampling(batch)
    decode(batch, latents)
    state.next_job(preview=previews_after_batch(server.options))
    collect(batch, latents, images, infotexts)
