"""What stable-diffusion.cpp says of its pictures: infotext, metadata and ``info``."""

from __future__ import annotations

import math
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mockserver.backends.cpp_common.numbers import fixed, single
from mockserver.backends.sdcpp.nlohmann.parser import dump

if TYPE_CHECKING:
    from mockserver.backends.sdcpp.recipe import Recipe
    from mockserver.backends.sdcpp.request_parts import Hires, Lora
    from mockserver.backends.sdcpp.server import Sdcpp


_TILE = 128
#: Layers that guidance may skip, in a model of the first generation.
_SKIPPED_LAYERS = {
    "scale": 0.0,
    "layers": [7, 8, 9],
    "start": single(0.01),
    "end": single(0.2),
}


def metadata(server: Sdcpp, recipe: Recipe, seed: int) -> dict[str, Any]:
    """What the JSON holds, for the picture of one seed."""
    program = server.program
    width, height = recipe.size
    found: dict[str, Any] = {
        "schema": "sdcpp.image.params/v1",
        "mode": "img_gen",
        "generator": {
            "name": "stable-diffusion.cpp",
            "version": program.build,
            "commit": program.commit,
        },
        "seed": seed,
        "width": width,
        "height": height,
        "prompt": {"positive": recipe.prompt, "negative": recipe.negative_prompt},
        "sampling": _sampling_metadata(recipe),
        "models": {"model": server.model},
        "clip_skip": recipe.clip_skip,
        "strength": recipe.strength,
        "control_strength": single(0.9),
        "ip_adapter_strength": 1.0,
        "auto_resize_ref_image": True,
        "increase_ref_index": False,
        "rng": "cuda",
    }
    if recipe.loras:
        found["loras"] = [_lora_metadata(lora) for lora in recipe.loras]
    if recipe.hires is not None:
        found["hires"] = _hires_metadata(recipe.hires)
    return found


def _sampling_metadata(recipe: Recipe) -> dict[str, Any]:
    found: dict[str, Any] = {
        "steps": recipe.steps,
        "eta": math.inf,
        "flow_shift": math.inf,
        "shifted_timestep": 0,
        "extra_sample_args": "",
        "custom_sigmas": [],
        "guidance": {
            "txt_cfg": recipe.cfg_scale,
            "img_cfg": math.inf,
            "distilled_guidance": 3.5,
            "slg": _SKIPPED_LAYERS,
        },
    }
    if recipe.sampler:
        found["method"] = recipe.sampler
    if recipe.scheduler:
        found["scheduler"] = recipe.scheduler
    return found


def _lora_metadata(lora: Lora) -> dict[str, Any]:
    return {
        "name": PurePosixPath(lora.path).name,
        "multiplier": lora.multiplier,
        "is_high_noise": lora.high_noise,
    }


def _hires_metadata(hires: Hires) -> dict[str, Any]:
    return {
        "enabled": True,
        "upscaler": hires.upscaler,
        "model": "",
        "scale": hires.scale,
        "target_width": hires.width,
        "target_height": hires.height,
        "steps": hires.steps,
        "denoising_strength": hires.denoising,
        "custom_sigmas": [],
        "upscale_tile_size": _TILE,
    }


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
        *_hires_parameters(recipe),
        f"Version: {_VERSION}",
        f"SDCPP: {dump(metadata(server, recipe, seed))}",
    ]


def _clip_skip(recipe: Recipe) -> list[str]:
    return [f"Clip skip: {recipe.clip_skip}"] if recipe.clip_skip > 0 else []


def _hires_parameters(recipe: Recipe) -> list[str]:
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
