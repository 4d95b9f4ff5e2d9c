"""Hires fix: what the second pass uses, and the size it comes to.

Source: modules/processing.py ``StableDiffusionProcessingTxt2Img``, at v1.10.1; recorded:
group t2i-hires, t2i-field/enable_hr-*.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.infotext.grammar import PerPicture
from mockserver.backends.a1111.state import PREPARING
from mockserver.core.errors import ServerError, raises_upstream

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


SAME_CHECKPOINT = "Use same checkpoint"
SAME_MODULES = "Use same choices"
#: Pixels of a latent's side.
FACTOR = 8
#: The area and the steps in which old hires fix chose its first pass.
_OLD_AREA = 512 * 512
_OLD_STEP = 64


def missing_checkpoint(name: Any) -> ServerError:
    """What a hires pass or a refiner answers to an unknown checkpoint.

    Args:
        name: as the request has it.
    """
    return ServerError("Exception", f"Could not find checkpoint with name {name}")


def latent_too_small(had: tuple[int, int], wanted: tuple[int, int]) -> ServerError:
    """What torch answers to a latent that is to be resized to nothing; rows, then columns.

    Args:
        had: rows and columns of the latent.
        wanted: rows and columns that it was to have.
    """
    return ServerError(
        "RuntimeError",
        "Input and output sizes should be greater than 0, but got input "
        f"(H: {had[0]}, W: {had[1]}) output (H: {wanted[0]}, W: {wanted[1]})",
    )


def _hires_prompt(p: Processing, index: int, prompt: Any) -> Any:
    found = p.all_hr_prompts[index]
    return found if found != prompt else None


def _hires_negative_prompt(p: Processing, index: int, prompt: Any) -> Any:
    found = p.all_hr_negative_prompts[index]
    return found if found != prompt else None


HIRES_PROMPT = PerPicture(_hires_prompt)
HIRES_NEGATIVE_PROMPT = PerPicture(_hires_negative_prompt, negative=True)


def set_up(server: GenerationContext, p: Processing) -> None:
    """Check and note everything the second pass needs, before the first one starts.

    Args:
        server: models, upscalers, options and the state whose jobs are counted.
        p: the generation; its hires fields are filled.

    Raises:
        ServerError: an unknown checkpoint or upscaler, a size that cannot be worked out.
    """
    params = p.extra_generation_params
    if server.rules.hires == "first":
        _set_up_first_pass(server, p)
        return
    if server.rules.denoising_from == "params":
        params["Denoising strength"] = p.denoising_strength
    _choose_checkpoint(server, p)
    if server.rules.modules and isinstance(p.hr_additional_modules, list):
        params |= _modules(p.hr_additional_modules)
    if p.hr_sampler_name is not None and p.hr_sampler_name != p.sampler_name:
        params["Hires sampler"] = p.hr_sampler_name
    if server.rules.infotext_hires_prompts == "each":
        _note_prompts_of_each(server, p)
        params["Hires schedule type"] = None
    else:
        _note_prompts(p)
    if p.hr_scheduler is None:
        p.hr_scheduler = p.scheduler
    _choose_upscaler(server, p)
    _target_resolution(p, old=bool(server.options["use_old_hires_fix_width_height"]))
    _count_jobs(server, p)
    if p.hr_second_pass_steps:
        params["Hires steps"] = p.hr_second_pass_steps
    if p.hr_upscaler is not None:
        params["Hires upscaler"] = p.hr_upscaler


@raises_upstream
def _set_up_first_pass(server: GenerationContext, p: Processing) -> None:
    """Until January 2023 the request's size was the final one.

    Source: modules/processing.py ``StableDiffusionProcessingTxt2Img.init`` at 47a44c7; recorded
    there: group t2i-hires.
    """
    width, height = p.first_pass
    p.extra_generation_params["First pass size"] = f"{width}x{height}"
    p.latent_scale_mode = server.latent_modes[0]
    p.hr_upscale_to = (p.width, p.height)
    _count_jobs(server, p)


def _note_prompts_of_each(server: GenerationContext, p: Processing) -> None:
    params = p.extra_generation_params
    params["Hires prompt"] = HIRES_PROMPT
    if not server.rules.infotext_hides_unguided or p.hr_cfg > 1:
        params["Hires negative prompt"] = HIRES_NEGATIVE_PROMPT
    for label, field in server.rules.hires_params:
        params[label] = getattr(p, field) if field else None


def _note_prompts(p: Processing) -> None:
    """Show prompts of the second pass that are not those of the request."""
    if p.hr_prompt != p.prompt:
        p.extra_generation_params["Hires prompt"] = p.hr_prompt
    if p.hr_negative_prompt != p.negative_prompt:
        p.extra_generation_params["Hires negative prompt"] = p.hr_negative_prompt


def _choose_checkpoint(server: GenerationContext, p: Processing) -> None:
    name = p.hr_checkpoint_name
    if not name or name == SAME_CHECKPOINT:
        return
    p.hr_checkpoint = server.checkpoints.closest(name)
    if p.hr_checkpoint is None:
        raise missing_checkpoint(name)
    p.extra_generation_params["Hires checkpoint"] = short_title(p.hr_checkpoint)


@raises_upstream
def _modules(chosen: list[Any]) -> dict[str, str]:
    """How infotexts show the second pass's modules."""
    if not chosen:
        return {"Hires Module 1": "Built-in"}
    if SAME_MODULES in chosen:
        return {"Hires Module 1": SAME_MODULES}
    return {
        f"Hires Module {number}": os.path.splitext(os.path.basename(module))[0]  # noqa: PTH119, PTH122 - as it trips
        for number, module in enumerate(chosen, 1)
    }


def short_title(checkpoint: Any) -> str:
    """Stem and short hash of a checkpoint, as ``Refiner`` and ``Hires checkpoint`` show it.

    Args:
        checkpoint: a checkpoint of the list.
    """
    name, short = checkpoint.name_for_extra, checkpoint.short_hash
    return f"{name} [{short}]" if short else str(name)


def _choose_upscaler(server: GenerationContext, p: Processing) -> None:
    name = p.hr_upscaler
    p.latent_scale_mode = server.latent_modes[0] if name is None else None
    if name in server.latent_modes:
        p.latent_scale_mode = name
    elif name is not None and name not in server.upscalers:
        raise ServerError("Exception", f"could not find upscaler named {name}")


def _count_jobs(server: GenerationContext, p: Processing) -> None:
    """Twice as many iterations, counted once a job."""
    state = server.state
    if state.hires_counted:
        return
    jobs = p.n_iter if state.job_count == PREPARING else state.job_count
    _total_steps(p.steps, p.hr_second_pass_steps, jobs)
    state.count(jobs * 2)
    state.hires_counted = True


@raises_upstream
def _total_steps(steps: Any, second: Any, count: int) -> Any:
    return (steps + (second or steps)) * count


@raises_upstream
def _target_resolution(p: Processing, *, old: bool) -> None:
    """Work out `hr_upscale_to` and `hr_truncate` (``calculate_target_resolution``)."""
    if old:
        _old_first_pass(p)
    if p.hr_resize_x == 0 and p.hr_resize_y == 0:
        p.extra_generation_params["Hires upscale"] = p.hr_scale
        p.hr_upscale_to = int(p.width * p.hr_scale), int(p.height * p.hr_scale)
        return
    p.extra_generation_params["Hires resize"] = f"{p.hr_resize_x}x{p.hr_resize_y}"
    by_width = p.hr_resize_y == 0
    if p.hr_resize_x != 0 and p.hr_resize_y != 0:
        by_width = p.width / p.height < p.hr_resize_x / p.hr_resize_y
    if by_width:
        p.hr_upscale_to = p.hr_resize_x, p.hr_resize_x * p.height // p.width
    else:
        p.hr_upscale_to = p.hr_resize_y * p.width // p.height, p.hr_resize_y
    if p.hr_resize_x != 0 and p.hr_resize_y != 0:
        width, height = p.hr_upscale_to
        p.hr_truncate = (width - p.hr_resize_x) // FACTOR, (height - p.hr_resize_y) // FACTOR


def _old_first_pass(p: Processing) -> None:
    """Width and height meant the final size once; the first pass had about 512x512 pixels."""
    p.hr_resize_x, p.hr_resize_y = p.width, p.height
    scale = math.sqrt(_OLD_AREA / (p.width * p.height))
    p.width = math.ceil(scale * p.width / _OLD_STEP) * _OLD_STEP
    p.height = math.ceil(scale * p.height / _OLD_STEP) * _OLD_STEP


@raises_upstream
def latent_size(p: Processing) -> tuple[int, int]:
    """Width and height of the second pass's latent, cut as `hr_truncate` says.

    Args:
        p: the generation; its `hr_upscale_to` and `hr_truncate` are known.
    """
    (width, height), (cut_x, cut_y) = p.hr_upscale_to, p.hr_truncate
    return (
        _cut(width // FACTOR, cut_x),
        _cut(height // FACTOR, cut_y),
    )


def _cut(size: int, cut: int) -> int:
    """Length of ``range(size)[cut // 2 : size - (cut + 1) // 2]``."""
    return len(range(size)[cut // 2 : size - (cut + 1) // 2])
