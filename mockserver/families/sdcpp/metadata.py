"""The JSON at the end of an infotext, from which a picture can be made again.

Source: examples/common/common.cpp, build_sdcpp_image_metadata_json; recorded: every t2i case;
``hires`` and ``loras`` were not.
"""

from __future__ import annotations

import math
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mockserver.families._cpp.numbers import single

if TYPE_CHECKING:
    from mockserver.families.sdcpp.hires import Hires
    from mockserver.families.sdcpp.loras import Lora
    from mockserver.families.sdcpp.recipe import Recipe
    from mockserver.families.sdcpp.server import Sdcpp

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
        "sampling": _sampling(recipe),
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
        found["loras"] = [_lora(lora) for lora in recipe.loras]
    if recipe.hires is not None:
        found["hires"] = _hires(recipe.hires)
    return found


def _sampling(recipe: Recipe) -> dict[str, Any]:
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


def _lora(lora: Lora) -> dict[str, Any]:
    return {
        "name": PurePosixPath(lora.path).name,
        "multiplier": lora.multiplier,
        "is_high_noise": lora.high_noise,
    }


def _hires(hires: Hires) -> dict[str, Any]:
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
