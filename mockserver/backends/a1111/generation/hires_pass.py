"""The second pass of hires fix.

Source: modules/processing.py ``sample_hr_pass``, at v1.10.1; recorded: group t2i-hires.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation import hires, networks
from mockserver.backends.a1111.generation.pictures import previews_after_batch
from mockserver.backends.a1111.generation.processing import ActiveSampler
from mockserver.backends.a1111.generation.source import check_encodable
from mockserver.backends.a1111.scripts import alwayson
from mockserver.core.upstream_errors import raises_upstream

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.batch import Batch
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


@raises_upstream
def check_first_pass_image(text: Any) -> None:
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


def _upscale(server: GenerationContext, p: Processing, batch: Batch) -> None:
    """Bring the first pass to the second one's size, as far as that can fail."""
    width, height = p.hr_upscale_to
    if p.latent_scale_mode is None:
        _check_size(width, height)
        method = server.options["sd_vae_encode_method"]
        if method != "Full":
            p.tell("VAE Encoder", method)
        columns, rows = check_encodable(width, height)
        _condition(server, p, (rows, columns), masked=True)
        return
    rows, columns = height // hires.FACTOR, width // hires.FACTOR
    if rows < 1 or columns < 1:
        raise hires.latent_too_small(batch.shape[1:], (rows, columns))
    masked = bool(server.options["inpainting_mask_weight"] < 1)
    _condition(server, p, (rows, columns) if masked else batch.shape[1:], masked=masked)


def _condition(
    server: GenerationContext, p: Processing, size: tuple[int, int], *, masked: bool
) -> None:
    """What an inpainting model is given beside the latent.

    Args:
        server: the server; another model gets an empty picture of one point.
        p: the generation.
        size: rows and columns; those of the first pass for an unmasked picture, which then fit
            no longer (as upstream).
        masked: it is the first pass's picture, masked by the weight that the infotext tells.
    """
    p.conditioning = (1, 1)
    if server.checkpoints.current.inpainting:
        p.conditioning = size
        p.mask_conditioned = p.mask_conditioned or masked


def _recipe(p: Processing) -> dict[str, Any]:
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


def run(server: GenerationContext, p: Processing, batch: Batch) -> None:
    """Make the second pass, unless the job was interrupted in the first.

    Raises:
        ServerError: an unknown sampler, sizes that come to nothing, what sampling trips over.
    """
    if server.rules.modules and server.rules.hires_modules_needed:
        _check_modules(p.hr_additional_modules)
    if p.hr_checkpoint is None:
        server.reload()
    else:
        server.checkpoints.switch(p.hr_checkpoint)
    if server.state.interrupted:
        return
    p.is_hr_pass = True
    p.sampler = ActiveSampler(server.samplers.create(p.hr_sampler_name or p.sampler_name))
    _upscale(server, p, batch)
    server.state.next_job(preview=previews_after_batch(server.options))
    width, height = hires.latent_size(p)
    batch.shape = (batch.shape[0], height, width)
    batch.draw()
    if not p.disable_extra_networks:
        networks.activate(server, p, batch.hires_networks)
    batch.ask_hires()
    alwayson.note_hypertile_before_hires(server, p)
    batch.second_pass = _recipe(p)
    batch.sample_from_picture(p.hr_second_pass_steps or p.steps)
    p.sampler = None
    p.is_hr_pass = False
