"""Values: numbers that fail, fields that need another field, pictures that cannot be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.lint.finding import CHANGED, IGNORED, REFUSED, Finding, meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.lint.facts import Facts


_URI = re.compile(r"data:image/[\w.+-]+;base64,")
_BASE64_URL = re.compile(r"[-_]")
_GRID = 8
_HIRES = (
    "hr_scale", "hr_upscaler", "hr_second_pass_steps", "hr_resize_x", "hr_resize_y",
    "hr_checkpoint_name", "hr_sampler_name", "hr_scheduler", "hr_prompt", "hr_negative_prompt",
)  # fmt: skip
_MASKED = (
    "mask_blur", "mask_blur_x", "mask_blur_y", "inpainting_fill", "inpaint_full_res",
    "inpaint_full_res_padding", "inpainting_mask_invert",
)  # fmt: skip
_SIGMA = ("s_churn", "s_tmin", "s_tmax", "s_noise")
#: Values that say nothing: clients send every field with its default.
_DEFAULTS: dict[str, tuple[Any, ...]] = {
    "hr_scale": (2, 2.0, 1, 1.0),
    "hr_upscaler": ("Latent", "None"),
    "inpaint_full_res_padding": (0, 32),
    "mask_blur": (4,),
    "mask_blur_x": (4,),
    "mask_blur_y": (4,),
    "inpaint_full_res": (True,),
    "s_noise": (1, 1.0),
    "s_tmin": (0, 0.0),
    "s_churn": (0, 0.0),
}


def _says_something(body: dict[str, Any], field: str) -> bool:
    """Whether a field is there with another value than clients send by default."""
    value = body.get(field)
    if isinstance(value, list | dict):
        return True
    return bool(value) and value not in _DEFAULTS.get(field, ())


def numbers(_: Facts, __: str, body: dict[str, Any]) -> Iterator[Finding]:
    """Numbers that pass validation and fail later.

    Args:
        _: what the server knows.
        __: the route's name.
        body: the request's JSON object.
    """
    for field in ("steps", "n_iter", "batch_size"):
        value = body.get(field)
        if isinstance(value, int) and not isinstance(value, bool) and value < 1:
            text = f"{field} {value} makes the server answer 500"
            yield Finding("too-small", REFUSED, field, text, "it begins at 1")
    for field in ("width", "height"):
        value = body.get(field)
        if not isinstance(value, int) or isinstance(value, bool):
            continue
        if value < _GRID:
            text = f"{field} {value} makes the server answer 500"
            yield Finding("too-small", REFUSED, field, text, "it begins at 8")
        elif value % _GRID:
            text = f"{field} {value} is no multiple of 8: the picture has {value // 8 * 8}"
            yield Finding("odd-size", CHANGED, field, text)
    for field in ("steps", "width", "height", "cfg_scale", "prompt", "negative_prompt"):
        if field in body and body[field] is None:
            text = f"{field} null makes the server answer 500"
            yield Finding("null", REFUSED, field, text, "leave it out for its default")


def hires(facts: Facts, name: str, body: dict[str, Any]) -> Iterator[Finding]:
    """Hires fix: what it needs, and what means nothing without it.

    Args:
        facts: what the server knows.
        name: the route's name.
        body: the request's JSON object.
    """
    if name != "txt2img" or "enable_hr" not in facts.fields(name):
        return
    if not body.get("enable_hr"):
        for field in _HIRES:
            if _says_something(body, field):
                text = f"{field} is ignored without enable_hr"
                yield Finding("needs-hires", IGNORED, field, text, "set enable_hr to true")
        if body.get("denoising_strength") is not None:
            text = "denoising_strength is ignored by txt2img without enable_hr"
            yield Finding("needs-hires", IGNORED, "denoising_strength", text)
        return
    if body.get("denoising_strength") is None and facts.denoising_null:
        text = "enable_hr without denoising_strength makes the server answer 500"
        yield Finding("hires-strength", REFUSED, "denoising_strength", text, "send one, as 0.7")
    given = body.get("hr_upscaler")
    if isinstance(given, str) and given and given not in facts.hires_upscalers:
        text = f"hr_upscaler {given!r} is unknown: the server answers 500"
        advice = meant(given, facts.hires_upscalers, 0.6)
        yield Finding("unknown-upscaler", REFUSED, "hr_upscaler", text, advice)


def pictures(_: Facts, name: str, body: dict[str, Any]) -> Iterator[Finding]:
    """Pictures that a request brings.

    Args:
        _: what the server knows.
        name: the route's name.
        body: the request's JSON object.
    """
    if name == "img2img":
        yield from _init_images(body)
        yield from _mask(body)
    if name in {"png-info", "extra-single-image", "interrogate"}:
        yield from _picture("image", body.get("image", ""))


def _init_images(body: dict[str, Any]) -> Iterator[Finding]:
    given = body.get("init_images")
    if given is None:
        text = "img2img without init_images is refused: Init image not found"
        yield Finding("no-picture", REFUSED, "init_images", text, "send a list of base64 texts")
        return
    if not isinstance(given, list):
        return
    if not given:
        yield Finding("no-picture", REFUSED, "init_images", "an empty init_images answers 500")
    for number, item in enumerate(given):
        yield from _picture(f"init_images[{number}]", item)
    batch = body.get("batch_size", 1)
    if isinstance(batch, int) and len(given) > max(batch, 1):
        text = f"{len(given)} init_images need batch_size {len(given)}: the server answers 500"
        yield Finding("too-many-pictures", REFUSED, "init_images", text)


def _mask(body: dict[str, Any]) -> Iterator[Finding]:
    mask = body.get("mask")
    if mask is None and "latent_mask" not in body:
        for field in _MASKED:
            if _says_something(body, field):
                yield Finding("needs-mask", IGNORED, field, f"{field} is ignored without a mask")
    elif mask is not None:
        yield from _picture("mask", mask)


def _picture(place: str, value: Any) -> Iterator[Finding]:
    if not isinstance(value, str):
        return
    bad = "the server answers 500, Invalid encoded image"
    if not value.strip():
        yield Finding("bad-picture", REFUSED, place, f"{place} is empty: {bad}")
    elif value.startswith("data:") and not _URI.match(value):
        yield Finding(
            "bad-picture",
            REFUSED,
            place,
            f"{place} is a data URI without base64: {bad}",
            "write data:image/png;base64,...",
        )
    elif value.startswith(("http://", "https://")):
        text = f"{place} is an address: the server fetches none from its own machine"
        yield Finding("picture-address", REFUSED, place, text, "send the picture as base64")
    elif value.startswith(("/", "file:", "C:\\", "./")) and len(value) < 260:  # noqa: PLR2004 - longest path
        text = f"{place} is a path: {bad}"
        yield Finding("bad-picture", REFUSED, place, text, "send the picture as base64")
    elif not value.startswith("data:") and _BASE64_URL.search(value[:4096]):
        text = f"{place} is base64 of the URL alphabet: {bad}"
        yield Finding("bad-picture", REFUSED, place, text, "use the standard alphabet, + and /")


def unused(facts: Facts, name: str, body: dict[str, Any]) -> Iterator[Finding]:
    """Fields that the version reads and does not use.

    Args:
        facts: what the server knows.
        name: the route's name.
        body: the request's JSON object.
    """
    if facts.sigmas_unused:
        for field in _SIGMA:
            if _says_something(body, field):
                text = f"{field} of the request is ignored: the option {field} counts"
                advice = f"write override_settings: {{{field!r}: ...}}"
                yield Finding("sigma-unused", IGNORED, field, text, advice)
    if body.get("script_args") and not body.get("script_name"):
        text = "script_args is ignored without script_name"
        yield Finding("needs-script", IGNORED, "script_args", text, "name the script")
    for field in ("do_not_save_samples", "do_not_save_grid"):
        if field in body and bool(body[field]) == bool(body.get("save_images")):
            text = f"{field} is overridden by save_images"
            yield Finding("save-overridden", IGNORED, field, text, "send save_images alone")
    if body.get("firstpass_image") and name == "txt2img":
        text = "firstpass_image cannot be sent over the API: the server answers 500 with hires fix"
        yield Finding("firstpass", REFUSED, "firstpass_image", text)
    strength = body.get("subseed_strength")
    if _says_something(body, "subseed") and body["subseed"] != -1 and not strength:
        text = "subseed changes nothing while subseed_strength is 0"
        yield Finding("needs-strength", IGNORED, "subseed", text, "set subseed_strength")


def extras(facts: Facts, name: str, body: dict[str, Any]) -> Iterator[Finding]:
    """Upscaling: names and numbers of the extras.

    Args:
        facts: what the server knows.
        name: the route's name.
        body: the request's JSON object.
    """
    if name not in {"extra-single-image", "extra-batch-images"} or not facts.upscalers:
        return
    for field in ("upscaler_1", "upscaler_2"):
        given = body.get(field)
        if isinstance(given, str) and given not in {"", *facts.upscalers}:
            text = f"{field} {given!r} is unknown: the server answers 500, and progress stays at 1"
            advice = meant(given, facts.upscalers, 0.6)
            yield Finding("unknown-upscaler", REFUSED, field, text, advice)
    if body.get("upscaler_1", "None") == "None" and "upscaler" not in body:
        text = "without upscaler_1 the picture comes back as it is"
        yield Finding("no-upscaler", CHANGED, "upscaler_1", text, "name one of /upscalers")
    if body.get("resize_mode", 0) == 0 and ("upscaling_resize_w" in body):
        text = "upscaling_resize_w and _h are ignored while resize_mode is 0"
        yield Finding("needs-mode", IGNORED, "upscaling_resize_w", text, "set resize_mode to 1")
