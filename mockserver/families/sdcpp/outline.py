"""Routes and fields of stable-diffusion.cpp's server, which has no document that tells them."""

from __future__ import annotations

from mockserver.families._cpp.listed import LISTS

_PREFIX = "/sdapi/v1/"
_BOTH = {
    "prompt": "string",
    "negative_prompt": 'string = ""',
    "width": "integer = 512, minimum 1",
    "height": "integer = 512, minimum 1",
    "steps": "integer, minimum 1, maximum 100",
    "cfg_scale": "number, minimum 0",
    "seed": "integer = -1",
    "batch_size": "integer = 1, minimum 1, maximum 8",
    "clip_skip": "integer = -1",
    "sampler_name": 'string = ""',
    "scheduler": 'string = ""',
    "lora": "array = []",
}
_HIRES = {
    "enable_hr": "boolean = false",
    "hr_scale": "number = 2",
    "hr_resize_x": "integer = 0",
    "hr_resize_y": "integer = 0",
    "hr_steps": "integer = 0",
    "hr_upscaler": 'string = "Latent"',
    "denoising_strength": "number = 0.7, minimum 0, maximum 1",
}
_PICTURES = {
    "init_images": "array = []",
    "mask": "string = null",
    "inpainting_mask_invert": "integer = 0",
    "denoising_strength": "number, minimum 0, maximum 1",
}
_READ = {"txt2img": _BOTH | _HIRES, "img2img": _BOTH | _PICTURES}
#: ``GET /sdapi/v1/samplers``.
ROUTES = (
    *(f"GET {_PREFIX}{name}" for name in LISTS),
    *(f"POST {_PREFIX}{name}" for name in _READ),
)
#: ``txt2img.steps`` to type, default (none where the start tells it) and bounds.
FIELDS = {f"{name}.{key}": words for name, read in _READ.items() for key, words in read.items()}
