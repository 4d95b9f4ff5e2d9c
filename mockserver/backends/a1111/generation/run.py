"""The main loop of a generation, which txt2img, img2img and all scripts use.

Source: modules/processing.py ``process_images`` and ``process_images_inner``, at v1.10.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockserver.backends.a1111.generation import hires, hires_pass, prompts
from mockserver.backends.a1111.generation.batch import Batch
from mockserver.backends.a1111.generation.conds import TextEncoder
from mockserver.backends.a1111.generation.denoise import PREPARING_STEPS, step_seconds
from mockserver.backends.a1111.generation.noise import latent_shape
from mockserver.backends.a1111.generation.overrides import loaded_vae, overridden
from mockserver.backends.a1111.generation.pictures import Picture, previews_after_batch, with_grid
from mockserver.backends.a1111.generation.processed import Processed
from mockserver.backends.a1111.generation.source import Source
from mockserver.backends.a1111.infotext import build
from mockserver.backends.a1111.infotext.build import Subject
from mockserver.backends.a1111.scripts import alwayson
from mockserver.backends.a1111.state import PREPARING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


_NO_CHECKPOINT = (None, "", "None", "none")
_ZERO_SNR = "Zero Terminal SNR"


def process_images(
    server: GenerationContext, p: Processing, sample: Callable[[Batch], None] | None = None
) -> Processed:
    """Make the pictures of a generation.

    Args:
        server: the server.
        p: the generation.
        sample: makes the latents of a batch in a script's own way.

    Raises:
        ServerError: everything the webui trips over on the way.
    """
    if p.s_min_uncond is None and server.rules.s_min_uncond_read == "early":
        p.s_min_uncond = server.options["s_min_uncond"]
    server.callbacks.before_process(p)
    with overridden(server, p):
        server.callbacks.begin(p)
        return _process(server, p, sample)


@dataclass
class _Job:
    """A generation in the making.

    Attributes:
        server: the server.
        p: the generation.
        encoder: asks the text encoder.
        source: what img2img starts from.
        sample: a script's own way to make the latents of a batch.
        images: pictures made so far.
        infotexts: their infotexts.
    """

    server: GenerationContext
    p: Processing
    encoder: TextEncoder
    source: Source | None = None
    sample: Callable[[Batch], None] | None = None
    images: list[Picture] = field(default_factory=list)
    infotexts: list[str] = field(default_factory=list)


def _process(
    server: GenerationContext, p: Processing, sample: Callable[[Batch], None] | None
) -> Processed:
    _set_up(server, p)
    job = _Job(server, p, TextEncoder(server, p), sample=sample)
    _run_alwayson(server, p)
    _prepare(server, p)
    if p.is_img2img:
        job.source = Source.of(server, p)
    elif p.enable_hr:
        hires.set_up(server, p)
    if server.state.job_count == PREPARING:
        server.state.job_count = p.n_iter
    for number in range(p.n_iter):
        if not _iterate(job, number):
            break
    if not job.infotexts:
        job.infotexts.append(build.build(server, p, Subject.first_of(p)))
    return _finish(job)


def _finish(job: _Job) -> Processed:
    """The grid, and the result of the whole."""
    server, p, infotexts = job.server, job.p, job.infotexts
    grids = with_grid(server, p, job.images, infotexts)
    processed = Processed(
        server,
        p,
        job.images,
        p.all_seeds[0],
        infotexts[0],
        subseed=p.all_subseeds[0],
        index_of_first_image=grids,
        infotexts=infotexts,
    )
    server.callbacks.postprocess(p, processed)
    return processed


def _set_up(server: GenerationContext, p: Processing) -> None:
    """Fill in what the request leaves open, and one prompt and seed a picture."""
    options = server.options
    prompts.check_prompt(p.prompt)
    seed = prompts.fixed_seed(p.seed, server.random)
    subseed = prompts.fixed_seed(p.subseed, server.random)
    if server.rules.null_means_option:
        _ask_options(server, p)
    _choose_refiner(server, p)
    current = server.checkpoints.current
    p.sd_model_name, p.sd_model_hash = server.model_name(current), current.short_hash
    p.sd_vae_name, p.sd_vae_hash = loaded_vae(server)
    if p.s_min_uncond is None:
        p.s_min_uncond = options["s_min_uncond"]
    p.effects = {}
    prompts.set_up_prompts(server, p)
    prompts.set_up_seeds(p, seed, subseed)


def _ask_options(server: GenerationContext, p: Processing) -> None:
    """What the request leaves to the options."""
    if p.restore_faces is None:
        p.restore_faces = server.options["face_restoration"]
    if p.tiling is None:
        p.tiling = server.options["tiling"]


def _prepare(server: GenerationContext, p: Processing) -> None:
    """Let a little time pass while nobody knows yet how much there is to do."""
    sizes = (p.width, p.height, p.batch_size)
    if server.step_time and all(isinstance(size, int) for size in sizes):
        shape = latent_shape(p.width, p.height)
        server.clock.sleep(PREPARING_STEPS * step_seconds(server, shape, p.batch_size))


def _choose_refiner(server: GenerationContext, p: Processing) -> None:
    p.refiner = None
    if p.refiner_checkpoint in _NO_CHECKPOINT:
        return
    p.refiner = server.checkpoints.closest(p.refiner_checkpoint)
    if p.refiner is None:
        raise hires.missing_checkpoint(p.refiner_checkpoint)


def _run_alwayson(server: GenerationContext, p: Processing) -> None:
    """What the always-on scripts do before processing starts."""
    if server.options["enable_prompt_comments"]:
        prompts.strip_all_comments(p, server.rules.comments)
    alwayson.note_hypertile(server, p)
    alwayson.note_soft_inpainting(p)
    server.callbacks.process(p)


def _iterate(job: _Job, number: int) -> bool:
    """One iteration; False where the job ends before it."""
    server, p = job.server, job.p
    state = server.state
    p.iteration = number
    state.skipped = False
    if state.ends_job:
        return False
    server.reload()
    batch = Batch(server, p, job.encoder, job.source)
    server.callbacks.before_process_batch(p)
    if not p.prompts:
        return False
    first = server.rules.checks_infotext_before_prompts
    if number == 0 and first:
        build.check(server, p)
    batch.prepare()
    batch.encode()
    if number == 0 and not first:
        build.check(server, p)
    if p.n_iter > 1:
        state.job = f"Batch {number + 1} out of {p.n_iter}"
    _note_noise_schedule(server, p)
    _sample(job, batch)
    batch.decode()
    state.next_job(preview=previews_after_batch(server.options))
    _collect(job, batch)
    return True


def _sample(job: _Job, batch: Batch) -> None:
    """The latents of one iteration."""
    server, p = job.server, job.p
    if job.sample is not None:
        job.sample(batch)
    elif p.is_img2img:
        batch.draw()
        if p.initial_noise_multiplier != 1.0:
            p.tell("Noise multiplier", p.initial_noise_multiplier)
        batch.sample_from_picture()
    else:
        if p.firstpass_image is not None and p.enable_hr:
            hires_pass.check_first_pass_image(p.firstpass_image)
        batch.sample_from_noise()
        if p.enable_hr:
            hires_pass.run(server, p, batch)
    method = server.options["sd_vae_decode_method"]
    if method != "Full" and not p.enable_hr:
        p.tell("VAE Decoder", method)


def _note_noise_schedule(server: GenerationContext, p: Processing) -> None:
    """Source: modules/sd_models.py ``apply_alpha_schedule_override``."""
    options = server.options
    downcast = options["use_downcasted_alpha_bar"]
    if downcast:
        p.tell("Downcast alphas_cumprod", downcast)
    if options["sd_noise_schedule"] == _ZERO_SNR:
        p.tell("Noise Schedule", _ZERO_SNR)


def _finished(server: GenerationContext, p: Processing, made: Picture, number: int) -> Picture:
    """A picture as scripts leave it."""
    found = server.callbacks.postprocess_image(p, made, number)
    return found if isinstance(found, Picture) else made


def _collect(job: _Job, batch: Batch) -> None:
    """The pictures of one iteration with their infotexts, masks behind them."""
    server, p = job.server, job.p
    with_text = server.options["enable_pnginfo"]
    for number, made in enumerate(batch.pictures()):
        picture = _finished(server, p, made, number)
        text = build.build(server, p, Subject.in_batch(p, number))
        job.infotexts.append(text)
        picture.text = text if with_text else None
        job.images.append(picture)
        if job.source is not None:
            job.images += job.source.masks(server, number, picture)
