"""Sampling: from the plan of an iteration to its latents, hires fix included.

Source: modules/processing.py, the two ``sample`` and ``sample_hr_pass``, at v1.10.1; recorded:
groups t2i-hires and i2i.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation import hires, networks, noise, sampling
from mockserver.backends.a1111.generation.conds import longest
from mockserver.backends.a1111.generation.denoise import Denoiser, step_seconds
from mockserver.backends.a1111.generation.pictures import Preview, Recipes, hashable
from mockserver.backends.a1111.generation.processing import ActiveSampler
from mockserver.backends.a1111.generation.source import check_encodable
from mockserver.backends.a1111.prompt_syntax import Timeline
from mockserver.backends.a1111.scripts import alwayson
from mockserver.core.errors import raises_upstream
from mockserver.imaging.picture_spec import PictureSpec

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.plan import Batch
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.sampling import Course
    from mockserver.backends.a1111.generation.source import Source

    Shape = tuple[int, int, int]

_ZERO_SNR = "Zero Terminal SNR"


@dataclass(frozen=True)
class Latents:
    """What sampling made of a batch.

    Attributes:
        shape: channels, height and width.
        recipes: what the pixels of its pictures depend on.
        source: what img2img started from.
        second_pass: what a hires pass changes in the pixels.
    """

    shape: Shape
    recipes: Recipes
    source: Source | None = None
    second_pass: dict[str, Any] = field(default_factory=dict)

    def spec(self, number: int) -> PictureSpec:
        """What picture `number` of the batch is painted from.

        Args:
            number: from 0.
        """
        return PictureSpec(
            self.shape[2] * noise.FACTOR,
            self.shape[1] * noise.FACTOR,
            self.recipes.picture(number, self.second_pass),
            self.source.start(number) if self.source else None,
        )


@raises_upstream
def _check_first_pass_image(text: Any) -> None:
    """A first pass picture is never decoded: the webui takes its text for a number."""
    float(text)


@raises_upstream
def _check_modules(chosen: Any) -> None:
    """Forge looks for its own word among the modules, which a request has to give."""
    _ = hires.SAME_MODULES in chosen


@raises_upstream
def _check_size(width: Any, height: Any) -> None:
    """Pillow resizes to whole numbers above nought."""
    range(width)
    range(height)
    if width <= 0 or height <= 0:
        raise ValueError("height and width must be > 0")


def _upscale(server: GenerationContext, p: Processing, shape: Shape) -> None:
    """Bring the first pass to the second one's size, as far as that can fail."""
    width, height = p.hr_upscale_to
    if p.latent_scale_mode is None:
        _check_size(width, height)
        method = server.options["sd_vae_encode_method"]
        if method != "Full":
            p.note("VAE Encoder", method)
        columns, rows = check_encodable(width, height)
        _condition(server, p, (rows, columns), masked=True)
        return
    rows, columns = height // hires.FACTOR, width // hires.FACTOR
    if rows < 1 or columns < 1:
        raise hires.latent_too_small(shape[1:], (rows, columns))
    masked = bool(server.options["inpainting_mask_weight"] < 1)
    _condition(server, p, (rows, columns) if masked else shape[1:], masked=masked)


def _condition(
    server: GenerationContext, p: Processing, size: tuple[int, int], *, masked: bool
) -> None:
    """What an inpainting model is given beside the latent.

    Args:
        server: the server; another model gets an empty picture of one point.
        p: the generation.
        size: rows and columns; those of the first pass for an unmasked picture, which then fit
            no longer (as upstream).
        masked: it is the first pass's picture, masked by the weight that the infotext says.
    """
    p.conditioning = (1, 1)
    if server.checkpoints.current.inpainting:
        p.conditioning = size
        p.mask_conditioned = p.mask_conditioned or masked


def _second_recipe(p: Processing) -> dict[str, Any]:
    """What the second pass changes in the pixels."""
    return {
        "hires": p.latent_scale_mode or p.hr_upscaler,
        "hires_denoising": p.denoising_strength,
        "hires_cfg": None if p.hr_cfg == 1.0 else p.hr_cfg,
        "hires_steps": p.hr_second_pass_steps or None,
        "hires_sampler": p.hr_sampler_name,
        "hires_scheduler": p.hr_scheduler,
        "hires_checkpoint": hires.short_title(p.hr_checkpoint) if p.hr_checkpoint else None,
        "hires_prompt": tuple(p.hr_prompts),
        "hires_negative_prompt": tuple(p.hr_negative_prompts),
    }


@raises_upstream
def _positive(value: Any) -> bool:
    return bool(value > 0)


def sample(batch: Batch) -> Latents:
    """The latents of one iteration, ready to become pixels.

    Args:
        batch: the iteration; its prompts are encoded.

    Raises:
        ServerError: what sampling fails on.
    """
    p, options = batch.p, batch.server.options
    delta = options["eta_noise_seed_delta"]
    if p.is_img2img:
        noise.draw(p, batch.shape, delta)
        if p.initial_noise_multiplier != 1.0:
            p.note("Noise multiplier", p.initial_noise_multiplier)
        return from_picture(batch)
    if p.firstpass_image is not None and p.enable_hr:
        _check_first_pass_image(p.firstpass_image)
    sampler = batch.server.samplers.create(p.sampler_name)
    p.sampler = ActiveSampler(sampler)
    noise.draw(p, batch.shape, delta)
    if batch.server.checkpoints.current.inpainting:
        p.conditioning, p.mask_conditioned = batch.shape[1:], True
    course = sampling.course(batch.server, p, sampler, p.steps)
    if options["sgm_noise_multiplier"] and not sampler.by_timesteps:
        p.note("SGM noise multiplier", True)
    made = _denoise(batch, batch.shape, course)
    latents = Latents(batch.shape, Recipes(batch.server, p, course, made, batch.networks))
    return _second_pass(batch, latents) if p.enable_hr else latents


def note_noise_schedule(server: GenerationContext, p: Processing) -> None:
    """Add what options change of the model's own schedule.

    Args:
        server: its options.
        p: the generation.

    Source: modules/sd_models.py ``apply_alpha_schedule_override``.
    """
    downcast = server.options["use_downcasted_alpha_bar"]
    if downcast:
        p.note("Downcast alphas_cumprod", downcast)
    if server.options["sd_noise_schedule"] == _ZERO_SNR:
        p.note("Noise Schedule", _ZERO_SNR)


def from_picture(batch: Batch) -> Latents:
    """The sampling run of img2img.

    Args:
        batch: the iteration; it has a `source`.

    Raises:
        ServerError: what sampling fails on.
    """
    course, made = _from_picture(batch, batch.shape, None)
    recipes = Recipes(batch.server, batch.p, course, made, batch.networks)
    return Latents(batch.shape, recipes, batch.source)


def _from_picture(batch: Batch, shape: Shape, steps: Any) -> tuple[Course, int]:
    """Sample from a picture, in `steps` steps of a hires pass; gives how many were made."""
    server, p = batch.server, batch.p
    sampler = p.sampler.sampler if p.sampler else server.samplers.create(p.sampler_name)
    course = sampling.image_course(server, p, sampler, steps)
    extra = server.options["img2img_extra_noise"]
    if extra != 0 and _positive(extra):
        p.note("Extra noise", extra)
    return course, _denoise(batch, shape, course)


def _denoise(batch: Batch, shape: Shape, course: Course) -> int:
    """Make the steps of a sampling run; gives how many were made."""
    server, p = batch.server, batch.p
    if server.callbacks:
        server.callbacks.before_every_sampling(p)
        server.callbacks.sample(p)
    active = sampling.initialise(server, p, course.sampler)
    sampling.check_sampler(server, course, p.seeds, active.eta)
    preview = Preview(server, p, shape)
    seconds = step_seconds(server, shape, len(p.seeds)) if p.step_time else 0.0
    made = Denoiser(server, p, course, shape, batch.ask_again).run(preview.make, seconds)
    if made == course.steps:
        sampling.check_history(course)
    if server.options["pad_cond_uncond_v0"] or server.options["pad_cond_uncond"]:
        _note_padding(server, p)
    return made


def _note_padding(server: GenerationContext, p: Processing) -> None:
    """Prompts of different length are padded to the same, if an option says so."""
    options = server.options
    prompts, negative, hires_steps = p.prompts, p.negative_prompts, None
    if p.is_hr_pass:
        prompts, negative = p.hr_prompts, p.hr_negative_prompts
        hires_steps = p.hr_second_pass_steps or p.steps
    timeline = Timeline(p.firstpass_steps, hires_steps, bool(options["use_old_scheduling"]))
    if longest(prompts, timeline, composable=True) != longest(negative, timeline):
        p.note("Pad conds v0" if options["pad_cond_uncond_v0"] else "Pad conds", True)


def _second_pass(batch: Batch, first: Latents) -> Latents:
    """The hires pass, unless the job was interrupted in the first one.

    Raises:
        ServerError: an unknown sampler, sizes that come to nothing, what sampling fails on.
    """
    server, p = batch.server, batch.p
    if server.rules.modules and server.rules.hires_modules_needed:
        _check_modules(p.hr_additional_modules)
    if p.hr_checkpoint is not None:
        server.checkpoints.switch(p.hr_checkpoint)
    else:
        server.checkpoints.reload_for_job()
    if server.state.interrupted:
        return first
    effects = dict(p.effects)
    p.is_hr_pass = True
    p.sampler = ActiveSampler(server.samplers.create(p.hr_sampler_name or p.sampler_name))
    _upscale(server, p, first.shape)
    server.state.next_job(preview=batch.previews)
    width, height = hires.latent_size(p)
    shape = first.shape[0], height, width
    noise.draw(p, shape, server.options["eta_noise_seed_delta"])
    if not p.disable_extra_networks:
        networks.activate(server, p, batch.hires_networks)
    batch.ask_hires()
    alwayson.note_hypertile_before_hires(server, p)
    changed = _second_recipe(p)
    course, made = _from_picture(batch, shape, p.hr_second_pass_steps or p.steps)
    if made < course.steps:
        changed["hires_ended_after"] = made
    # What the second pass notes changes no first pass of a later iteration.
    noted = (item for item in p.effects.items() if item not in effects.items())
    changed |= {f"hires {label}": hashable(value) for label, value in noted}
    p.effects, p.sampler, p.is_hr_pass = effects, None, False
    return replace(first, shape=shape, second_pass=changed)
