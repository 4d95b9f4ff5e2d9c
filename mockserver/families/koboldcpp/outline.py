"""Routes and fields of KoboldCpp, which has no document that tells them."""

from __future__ import annotations

from mockserver.families._cpp.listed import LISTS

_PREFIX = "/sdapi/v1/"
_DRAWN = {
    "prompt": 'string = "high quality"',
    "negative_prompt": 'string = ""',
    "init_images": "array = []",
    "mask": 'string = ""',
    "inpainting_mask_invert": "boolean = false",
    "denoising_strength": "number = 0.6, minimum 0, maximum 1",
    "cfg_scale": "number = 5, minimum 1, maximum 25",
    "distilled_guidance": "number = null, minimum 0, maximum 100",
    "steps": "integer = 20, minimum 1, maximum 80",
    "width": "integer = 512, minimum 64",
    "height": "integer = 512, minimum 64",
    "seed": "integer = -1",
    "sampler_name": 'string = "default"',
    "scheduler": 'string = "default"',
    "clip_skip": "integer = -1",
    "shifted_timestep": "integer = null, minimum 0, maximum 1000",
    "flow_shift": "number = null, minimum 0",
    "frames": "integer = 1",
    "video_output_type": "integer = 0",
    "extra_images": "array = []",
    "send_as_refimg": "integer = 0",
    "adapter": "object = {}",
    "add_sd_step_limit": "integer = 80",
    "add_sd_cfg_limit": "number = 25",
    "remove_limits": "integer = 0",
    "circular_x": "integer = 0",
    "circular_y": "integer = 0",
    "enable_hr": "integer = 0",
    "lora": "array = []",
}
_ENLARGED = {"image": 'string = ""'}
_READ = {
    "txt2img": _DRAWN,
    "img2img": _DRAWN,
    "extra-single-image": _ENLARGED,
    "upscale": _ENLARGED,
    "interrogate": {},
}
#: ``GET /sdapi/v1/samplers``.
ROUTES = (
    *(f"GET {_PREFIX}{name}" for name in LISTS),
    *(f"POST {_PREFIX}{name}" for name in _READ),
)
#: ``txt2img.steps`` to type, default and bounds.
FIELDS = {f"{name}.{key}": words for name, read in _READ.items() for key, words in read.items()}
