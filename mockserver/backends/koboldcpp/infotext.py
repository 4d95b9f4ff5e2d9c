"""KoboldCpp's infotext, and the info of its answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mockserver.backends.cpp_common.drawing import general

if TYPE_CHECKING:
    from mockserver.backends.koboldcpp.recipe import Recipe


_DIGITS = 3
_VERSION = "KoboldCpp"


def infotext(recipe: Recipe, model: str, *, eta: bool = False) -> str:
    """One line of ``name: value`` pairs between bars.

    Args:
        recipe: what was drawn.
        model: the model's file name.
        eta: whether the version names the sampler's eta.
    """
    width, height = recipe.size
    sampler = f"{recipe.sampler} {recipe.scheduler}".rstrip()
    parts = (
        f"Prompt: {recipe.prompt}{recipe.loras}",
        f"NegativePrompt: {recipe.negative_prompt}",
        f"Steps: {recipe.steps}",
        f"CFGScale: {general(recipe.cfg_scale, _DIGITS)}",
        f"Guidance: {general(recipe.guidance, _DIGITS)}",
        f"Seed: {recipe.seed}",
        f"Size: {width}x{height}",
        f"Sampler: {sampler}{_of_the_sampler(recipe, eta=eta)}",
        f"Clip skip: {recipe.clip_skip}",
        f"Model: {model}",
        f"Version: {_VERSION}",
    )
    return " | ".join(parts)


def _of_the_sampler(recipe: Recipe, *, eta: bool) -> str:
    """What follows the sampler's name, each behind a bar without a blank before it."""
    found = f"| Eta: {general(recipe.eta, _DIGITS)}" if eta else ""
    if recipe.timestep_shift:
        found += f"| Timestep Shift: {recipe.timestep_shift}"
    if 0 < recipe.flow_shift < math.inf:
        found += f"| Flow Shift: {general(recipe.flow_shift, _DIGITS)}"
    return found


def info(recipe: Recipe, model: str, infotexts: list[str]) -> dict[str, Any]:
    """``info`` before it becomes JSON text, keys sorted.

    Args:
        recipe: what was drawn.
        model: the model's file name.
        infotexts: one a picture; none for a picture that came back as it was.
    """
    scheduler = {"Schedule type": recipe.scheduler} if recipe.scheduler else {}
    found: dict[str, Any] = {
        "all_negative_prompts": [recipe.negative_prompt for _ in infotexts],
        "all_prompts": [recipe.prompt for _ in infotexts],
        "all_seeds": [recipe.seed for _ in infotexts],
        "cfg_scale": recipe.cfg_scale,
        "extra_generation_params": scheduler,
        "height": recipe.size[1],
        "infotexts": infotexts,
        "prompt": recipe.prompt + recipe.loras,
        "sampler_name": recipe.sampler,
        "sd_model_name": model,
        "seed": recipe.seed,
        "steps": recipe.steps,
        "version": _VERSION,
        "width": recipe.size[0],
    }
    if recipe.negative_prompt:
        found["negative_prompt"] = recipe.negative_prompt
    if recipe.clip_skip > 0:
        found["clip_skip"] = recipe.clip_skip
    if recipe.eta <= 1:
        found["eta"] = recipe.eta
    if recipe.init:
        found["denoising_strength"] = recipe.strength
    return dict(sorted(found.items()))
