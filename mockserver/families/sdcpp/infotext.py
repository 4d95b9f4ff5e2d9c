"""What stable-diffusion.cpp says of its pictures: the infotext in each and ``info`` beside them.

Source: examples/common/common.cpp, get_image_params, and examples/server/routes_sdapi.cpp,
prepare_info_field; recorded: every t2i case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.families._cpp.numbers import fixed
from mockserver.families.sdcpp.metadata import metadata
from mockserver.families.sdcpp.nlohmann import dump

if TYPE_CHECKING:
    from mockserver.families.sdcpp.recipe import Recipe
    from mockserver.families.sdcpp.server import Sdcpp

_VERSION = "stable-diffusion.cpp"
_NO_SAMPLER = "NONE"


def infotext(server: Sdcpp, recipe: Recipe, seed: int) -> str:
    """Prompt, negative prompt and one line of parameters, for the picture of one seed."""
    lines = [recipe.prompt]
    if recipe.negative_prompt:
        lines.append(f"Negative prompt: {recipe.negative_prompt}")
    return "\n".join([*lines, ", ".join(_parameters(server, recipe, seed))])


def _parameters(server: Sdcpp, recipe: Recipe, seed: int) -> list[str]:
    width, height = recipe.size
    return [
        f"Steps: {recipe.steps}",
        f"CFG scale: {fixed(recipe.cfg_scale)}",
        "Guidance: 3.500000",
        "Eta: inf",
        f"Seed: {seed}",
        f"Size: {width}x{height}",
        f"Model: {server.model}",
        "RNG: cuda",
        f"Sampler: {f'{recipe.sampler or _NO_SAMPLER} {recipe.scheduler}'.rstrip()}",
        *_clip_skip(recipe),
        *_hires(recipe),
        f"Version: {_VERSION}",
        f"SDCPP: {dump(metadata(server, recipe, seed))}",
    ]


def _clip_skip(recipe: Recipe) -> list[str]:
    return [f"Clip skip: {recipe.clip_skip}"] if recipe.clip_skip > 0 else []


def _hires(recipe: Recipe) -> list[str]:
    hires = recipe.hires
    if hires is None:
        return []
    return [
        f"Hires upscale: {hires.upscaler}",
        f"Hires scale: {fixed(hires.scale)}",
        f"Hires resize: {hires.width}x{hires.height}",
        f"Hires steps: {hires.steps}",
        f"Denoising strength: {fixed(hires.denoising)}",
    ]


def info(server: Sdcpp, recipe: Recipe, infotexts: list[str]) -> str:
    """``info``: JSON text, keys sorted, with one infotext a picture."""
    found: dict[str, Any] = {
        "prompt": recipe.prompt,
        "seed": recipe.seed,
        "cfg_scale": recipe.cfg_scale,
        "width": recipe.size[0],
        "height": recipe.size[1],
        "steps": recipe.steps,
        "sampler_name": recipe.sampler or _NO_SAMPLER,
        "sd_model_name": server.model,
        "version": _VERSION,
        "infotexts": infotexts,
        "all_prompts": [recipe.prompt for _ in infotexts],
        "all_negative_prompts": [recipe.negative_prompt for _ in infotexts],
        "all_seeds": [recipe.seed + number for number, _ in enumerate(infotexts)],
    }
    if recipe.negative_prompt:
        found["negative_prompt"] = recipe.negative_prompt
    if recipe.clip_skip > 0:
        found["clip_skip"] = recipe.clip_skip
    if recipe.scheduler:
        found["extra_generation_params"] = {"Schedule type": recipe.scheduler}
    if recipe.img2img:
        found["denoising_strength"] = recipe.strength
    return dump(found)
