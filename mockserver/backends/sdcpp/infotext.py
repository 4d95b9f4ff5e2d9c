"""What stable-diffusion.cpp says of its pictures: infotext, metadata and ``info``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mockserver.backends.cpp_common.drawing import fixed
from mockserver.backends.sdcpp.nlohmann.parser import dump

if TYPE_CHECKING:
    from mockserver.backends.sdcpp.recipe import Recipe
    from mockserver.backends.sdcpp.request_parts import Hires, Lora
    from mockserver.backends.sdcpp.server import Sdcpp


def metadata(server: Sdcpp, recipe: Recipe, seed: int) -> dict[str, Any]:
    """What the JSON holds, for the picture of one seed.

    Args:
        server: the simulated server.
        recipe: what is drawn.
        seed: of the picture.
    """
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
        "control_strength": recipe.control_strength,
        "ip_adapter_strength": 1.0,
        "auto_resize_ref_image": recipe.resizes_references,
        "increase_ref_index": recipe.counts_references,
        "rng": "cuda",
    }
    if recipe.loras:
        found["loras"] = [_lora_metadata(lora) for lora in recipe.loras]
    if recipe.hires.enabled:
        found["hires"] = _hires_metadata(recipe.hires)
    return found


def _sampling_metadata(recipe: Recipe) -> dict[str, Any]:
    found: dict[str, Any] = {
        "steps": recipe.steps,
        "eta": recipe.eta,
        "flow_shift": recipe.flow_shift,
        "shifted_timestep": recipe.shifted_timestep,
        "extra_sample_args": recipe.sampler_args,
        "custom_sigmas": recipe.sigmas,
        "guidance": {
            "txt_cfg": recipe.cfg_scale,
            "img_cfg": recipe.image_guidance,
            "distilled_guidance": recipe.distilled_guidance,
            "slg": asdict(recipe.skipped),
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
        "custom_sigmas": hires.sigmas,
        "upscale_tile_size": hires.tile,
    }


_VERSION = "stable-diffusion.cpp"
_NO_SAMPLER = "NONE"
_UNSET = -1


def infotext(server: Sdcpp, recipe: Recipe, seed: int) -> str:
    """Prompt, negative prompt and one line of parameters, for the picture of one seed.

    Args:
        server: the simulated server.
        recipe: what is drawn.
        seed: of the picture.
    """
    lines = [recipe.prompt]
    if recipe.negative_prompt:
        lines.append(f"Negative prompt: {recipe.negative_prompt}")
    return "\n".join([*lines, ", ".join(_parameters(server, recipe, seed))])


def _parameters(server: Sdcpp, recipe: Recipe, seed: int) -> list[str]:
    width, height = recipe.size
    return [
        f"Steps: {recipe.steps}",
        f"CFG scale: {fixed(recipe.cfg_scale)}",
        *_skipped_layers(recipe),
        f"Guidance: {fixed(recipe.distilled_guidance)}",
        f"Eta: {fixed(recipe.eta)}",
        *([f"Extra sample args: {recipe.sampler_args}"] if recipe.sampler_args else []),
        f"Seed: {seed}",
        f"Size: {width}x{height}",
        f"Model: {server.model}",
        "RNG: cuda",
        *_sampler(recipe),
        *_clip_skip(recipe),
        *_hires_parameters(recipe),
        f"Version: {_VERSION}",
        f"SDCPP: {dump(metadata(server, recipe, seed))}",
    ]


def _skipped_layers(recipe: Recipe) -> list[str]:
    skipped = recipe.skipped
    if not skipped.scale or not skipped.layers:
        return []
    return [
        f"SLG scale: {fixed(skipped.scale)}",
        f"Skip layers: [{''.join(f'{layer}, ' for layer in skipped.layers)}]",
        f"Skip layer start: {fixed(skipped.start)}",
        f"Skip layer end: {fixed(skipped.end)}",
    ]


def _sampler(recipe: Recipe) -> list[str]:
    """The sampler, with its scheduler or with the noise levels that were asked for instead."""
    name = recipe.sampler or _NO_SAMPLER
    if recipe.sigmas:
        levels = ", ".join(f"{level:.4f}" for level in recipe.sigmas)
        return [f"Sampler: {name}", f"Custom Sigmas: [{levels}]"]
    return [f"Sampler: {name} {recipe.scheduler}".rstrip()]


def _clip_skip(recipe: Recipe) -> list[str]:
    return [f"Clip skip: {recipe.clip_skip}"] if recipe.clip_skip != _UNSET else []


def _hires_parameters(recipe: Recipe) -> list[str]:
    hires = recipe.hires
    if not hires.enabled:
        return []
    return [
        f"Hires upscale: {hires.upscaler}",
        f"Hires scale: {fixed(hires.scale)}",
        f"Hires resize: {hires.width}x{hires.height}",
        f"Hires steps: {hires.steps}",
        f"Denoising strength: {fixed(hires.denoising)}",
    ]


def info(server: Sdcpp, recipe: Recipe, infotexts: list[str]) -> str:
    """``info``: JSON text, keys sorted, with one infotext a picture.

    Args:
        server: the simulated server.
        recipe: what is drawn.
        infotexts: one for each picture.
    """
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
    if recipe.clip_skip != _UNSET:
        found["clip_skip"] = recipe.clip_skip
    if recipe.scheduler:
        found["extra_generation_params"] = {"Schedule type": recipe.scheduler}
    if recipe.img2img:
        found["denoising_strength"] = recipe.strength
    return dump(found)
