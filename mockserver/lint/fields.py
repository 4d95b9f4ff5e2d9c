"""Unknown fields: the server drops them without a word; most are another program's names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.lint.finding import IGNORED, Finding, meant, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.lint.facts import Facts


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

#: Names of other programs and of the web UI to what a generation calls them.
_GENERATION: dict[str, str] = {
    "sampler": "sampler_name",
    "sampling_method": "sampler_name",
    "sampler_id": "sampler_name",
    "samplers": "sampler_name",
    "scheduler": "scheduler",
    "schedule": "scheduler",
    "schedule_type": "scheduler",
    "scheduler_name": "scheduler",
    "noise_schedule": "scheduler",
    "negative": "negative_prompt",
    "neg_prompt": "negative_prompt",
    "uc": "negative_prompt",
    "text": "prompt",
    "prompts": "prompt",
    "positive_prompt": "prompt",
    "num_inference_steps": "steps",
    "num_steps": "steps",
    "sampling_steps": "steps",
    "step": "steps",
    "ddim_steps": "steps",
    "guidance_scale": "cfg_scale",
    "guidance": "cfg_scale",
    "cfg": "cfg_scale",
    "scale": "cfg_scale",
    "num_images": "n_iter",
    "batch_count": "n_iter",
    "n": "n_iter",
    "n_samples": "batch_size",
    "num_outputs": "batch_size",
    "num_images_per_prompt": "batch_size",
    "count": "n_iter",
    "hires_fix": "enable_hr",
    "highres_fix": "enable_hr",
    "hr": "enable_hr",
    "enable_hires": "enable_hr",
    "hires": "enable_hr",
    "upscale_by": "hr_scale",
    "hires_scale": "hr_scale",
    "hires_upscale": "hr_scale",
    "upscale": "hr_scale",
    "upscaler": "hr_upscaler",
    "upscaler_name": "hr_upscaler",
    "hires_upscaler": "hr_upscaler",
    "hires_steps": "hr_second_pass_steps",
    "hr_steps": "hr_second_pass_steps",
    "hr_denoising_strength": "denoising_strength",
    "denoise": "denoising_strength",
    "denoising": "denoising_strength",
    "strength": "denoising_strength",
    "image_strength": "denoising_strength",
    "variation_seed": "subseed",
    "variation_strength": "subseed_strength",
    "var_seed": "subseed",
    "style": "styles",
    "prompt_styles": "styles",
    "tile": "tiling",
    "seamless": "tiling",
    "face_restoration": "restore_faces",
    "face_restore": "restore_faces",
    "gfpgan": "restore_faces",
    "refiner": "refiner_checkpoint",
    "refiner_switch": "refiner_switch_at",
    "script": "script_name",
    "scripts": "alwayson_scripts",
    "always_on_scripts": "alwayson_scripts",
    "override_options": "override_settings",
    "settings": "override_settings",
    "options": "override_settings",
    "task_id": "force_task_id",
    "id_task": "force_task_id",
    "save": "save_images",
    "return_images": "send_images",
}
#: Names to a whole sentence, where no field of the same request helps.
_ELSEWHERE: dict[str, str] = {
    "clip_skip": "write override_settings: {'CLIP_stop_at_last_layers': ...}",
    "clipskip": "write override_settings: {'CLIP_stop_at_last_layers': ...}",
    "clip_stop_at_last_layers": "write override_settings: {'CLIP_stop_at_last_layers': ...}",
    "model": "write override_settings: {'sd_model_checkpoint': ...}",
    "model_name": "write override_settings: {'sd_model_checkpoint': ...}",
    "model_id": "write override_settings: {'sd_model_checkpoint': ...}",
    "checkpoint": "write override_settings: {'sd_model_checkpoint': ...}",
    "sd_model": "write override_settings: {'sd_model_checkpoint': ...}",
    "sd_model_checkpoint": "write override_settings: {'sd_model_checkpoint': ...}",
    "vae": "write override_settings: {'sd_vae': ...}",
    "sd_vae": "write override_settings: {'sd_vae': ...}",
    "ensd": "write override_settings: {'eta_noise_seed_delta': ...}",
    "lora": "write <lora:NAME:1> into the prompt",
    "loras": "write <lora:NAME:1> into the prompt",
    "embedding": "write the embedding's name into the prompt",
    "embeddings": "write the embedding's name into the prompt",
    "controlnet": "write alwayson_scripts: {'controlnet': {'args': [...]}}",
    "controlnet_units": "write alwayson_scripts: {'controlnet': {'args': [...]}}",
    "controlnet_args": "write alwayson_scripts: {'controlnet': {'args': [...]}}",
    "adetailer": "write alwayson_scripts: {'ADetailer': {'args': [...]}}",
    "size": "write width and height",
    "resolution": "write width and height",
    "image_size": "write width and height",
    "aspect_ratio": "write width and height",
    "output_format": "the option samples_format says in which format pictures come",
    "image_format": "the option samples_format says in which format pictures come",
    "format": "the option samples_format says in which format pictures come",
}
#: Names of the picture that img2img starts from.
_START_PICTURES = ("init_images", "init_image", "image", "images", "input_image", "source_image")
_MASKS = ("mask_image", "inpaint_mask", "mask_img")
_EXTRAS: dict[str, str] = {
    "upscaler": "upscaler_1",
    "upscaler_name": "upscaler_1",
    "scale": "upscaling_resize",
    "upscale": "upscaling_resize",
    "scale_factor": "upscaling_resize",
    "images": "image",
    "init_images": "image",
    "gfpgan": "gfpgan_visibility",
    "codeformer": "codeformer_visibility",
    "width": "upscaling_resize_w",
    "height": "upscaling_resize_h",
}
_BATCH = {**_EXTRAS, "image_list": "imageList", "images": "imageList", "image": "imageList"}


def unknown_fields(facts: Facts, name: str, body: dict[str, Any]) -> Iterator[Finding]:
    """What a request says that its route does not know.

    Args:
        facts: what the server knows.
        name: the route's name below /sdapi/v1: ``txt2img``.
        body: the request's JSON object.
    """
    known = facts.fields(name)
    for key in body:
        if known and key not in known:
            advice = _advice(facts, name, str(key), body)
            yield Finding(
                "unknown-field",
                IGNORED,
                str(key),
                f"{key!r} is no field of {name}, it is ignored",
                advice,
            )


def _advice(facts: Facts, name: str, key: str, body: dict[str, Any]) -> str:
    known = facts.fields(name)
    snake = _HUMP.sub("_", key).lower().replace("-", "_")
    generation = name in {"txt2img", "img2img"}
    table = _GENERATION if generation else {"extra-single-image": _EXTRAS}.get(name, {})
    if name == "extra-batch-images":
        table = _BATCH
    if generation and (special := _special(name, snake)):
        return special
    target = snake if snake in known else table.get(snake, "")
    if not target and generation and snake in _ELSEWHERE:
        return _ELSEWHERE[snake]
    if target in known:
        return f"{target!r} is sent as well" if target in body else f"did you mean {target!r}?"
    if target == "scheduler" and facts.has_samplers:
        return "this version takes the scheduler behind the sampler's name: 'DPM++ 2M Karras'"
    option = nearest(key, facts.options, 0.9) if generation else ""
    if option:
        return f"write override_settings: {{{option!r}: ...}}"
    return meant(key, known, 0.8)


def _special(name: str, key: str) -> str:
    """Pictures and masks, which depend on the route."""
    if key in _START_PICTURES:
        if name == "txt2img":
            return "pictures to start from go to /sdapi/v1/img2img, as a list in 'init_images'"
        return "did you mean 'init_images', a list?"
    if key in _MASKS or (key == "mask" and name == "txt2img"):
        return "masks go to /sdapi/v1/img2img" if name == "txt2img" else "did you mean 'mask'?"
    if name == "txt2img" and key in {"resize_mode", "inpainting_fill", "inpaint_full_res"}:
        return "it belongs to /sdapi/v1/img2img"
    if name == "img2img" and key in {"enable_hr", "hr_scale", "hr_upscaler", "hires_fix"}:
        return "hires fix belongs to /sdapi/v1/txt2img; set width and height instead"
    return ""
