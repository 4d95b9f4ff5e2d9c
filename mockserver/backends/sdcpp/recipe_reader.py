"""Reads what one request asks stable-diffusion.cpp to draw.

Source: examples/server/routes_sdapi.cpp and examples/common/common.cpp, SDGenerationParams.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.backends.cpp_common.drawing import as_int, single
from mockserver.backends.sdcpp.nlohmann.parser import Fields, JsonError, as_number, parse
from mockserver.backends.sdcpp.recipe import DEFAULT, Recipe, sampler_named, scheduler_named
from mockserver.backends.sdcpp.request_parts import (
    Lora,
    read_hires,
    read_init,
    read_lora,
    read_loras,
    read_mask,
    read_mask_picture,
    read_picture,
    read_references,
    summed,
)
from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from mockserver.backends.sdcpp.server import Sdcpp


_INVALID = 400
_MOST_PICTURES, _MOST_STEPS = 8, 100
_LARGEST_SEED = 2**31 - 1
_SIDE = 512
_UNSET = -1
#: Of requests in the server's own notation that name none.
_SEED = 42


def plain_recipe(server: Sdcpp, prompt: str, **asked: Any) -> Recipe:
    """What is drawn where a request only shows a prompt, and any fields of a recipe.

    Args:
        server: the simulated server.
        prompt: as the request has it.
        asked: fields of a recipe, by name.
    """
    program = server.program
    defaults = {
        "negative_prompt": "",
        "steps": program.steps,
        "cfg_scale": program.cfg_scale,
        "strength": single(program.denoising_strength),
        "seed": _SEED,
        "count": 1,
        "width": _UNSET,
        "height": _UNSET,
        "img2img": False,
    }
    return Recipe(prompt=prompt, **{**defaults, **asked})


def resolved(server: Sdcpp, recipe: Recipe) -> Recipe:
    """A recipe with what its prompt says in JSON, and with nothing left open.

    Args:
        server: the simulated server.
        recipe: what is drawn.

    Raises:
        JsonError: a value in that JSON is of another type.
        HTTPError: 400 with the server's words.
    """
    _read_extra_args(server, recipe)
    _resolve(server, recipe)
    return recipe


def recipe_of(server: Sdcpp, said: dict[str, Any]) -> Recipe:
    """What an object in the server's own notation asks for.

    Args:
        server: the simulated server.
        said: the object.

    Raises:
        JsonError: a value is of another type.
        HTTPError: 400 for what cannot be done.
    """
    recipe = plain_recipe(server, "")
    try:
        _ExtraArgs(server, recipe, said).apply()
        _resolve(server, recipe)
    except HTTPError:
        raise HTTPError(_INVALID, "invalid generation parameters") from None
    return recipe


def read_recipe(server: Sdcpp, body: Any, *, img2img: bool) -> Recipe:
    """What a request's body asks for.

    Args:
        server: the simulated server.
        body: of the request.
        img2img: whether it is the body of img2img.

    Raises:
        JsonError: it is no object, or a value is of another type.
        HTTPError: 400 with the server's words.
    """
    fields = Fields(body)
    recipe, clip_skip, sampler, scheduler = _read_plain(server, fields, img2img=img2img)
    if not img2img:
        recipe.hires = read_hires(fields)
    _read_extra_args(server, recipe)
    if clip_skip > 0:
        recipe.clip_skip = clip_skip
    recipe.sampler = sampler_named(server, sampler) or recipe.sampler
    recipe.scheduler = scheduler_named(server, scheduler) or recipe.scheduler
    if isinstance(body.get("lora"), list):
        recipe.loras = read_loras(server, body["lora"])
    if img2img:
        _read_pictures(recipe, body, fields)
    for reference in read_references(body, recipe.fitted_size):
        recipe.take_size(reference)
    _resolve(server, recipe)
    return recipe


def _read_plain(server: Sdcpp, fields: Fields, *, img2img: bool) -> tuple[Recipe, int, str, str]:
    """What is read first, in this order, and clip skip, sampler and scheduler for later."""
    program = server.program
    prompt = fields.text("prompt", "")
    negative_prompt = fields.text("negative_prompt", "")
    sides = [fields.whole(side, _SIDE) for side in ("width", "height")]
    found = plain_recipe(
        server,
        prompt,
        negative_prompt=negative_prompt,
        steps=fields.whole("steps", program.steps),
        cfg_scale=fields.single("cfg_scale", program.cfg_scale),
        seed=fields.whole("seed", _UNSET),
        count=fields.whole("batch_size", 1),
        width=fields.whole("width", _UNSET),
        height=fields.whole("height", _UNSET),
        img2img=img2img,
    )
    later = (
        fields.whole("clip_skip", -1),
        fields.text("sampler_name", ""),
        fields.text("scheduler", ""),
    )
    if min(sides) <= 0:
        raise HTTPError(_INVALID, "width and height must be positive")
    if not prompt:
        raise HTTPError(_INVALID, "prompt required")
    return found, *later


def _read_pictures(recipe: Recipe, body: dict[str, Any], fields: Fields) -> None:
    size = recipe.fitted_size
    init = read_init(body, size)
    if init is not None:
        recipe.init = init
        recipe.take_size(init)
    if isinstance(body.get("mask"), str):
        recipe.mask = read_mask(body, size)
        recipe.take_size(recipe.mask)
    else:
        recipe.mask = None
    strength = fields.single("denoising_strength", -1.0)
    if strength >= 0:
        recipe.strength = min(strength, 1.0)


_CACHES = ("disabled", "easycache", "ucache", "dbcache", "taylorseer", "cache-dit", "spectrum")


def _resolve(server: Sdcpp, recipe: Recipe) -> None:
    """Choose what was left open.

    Raises:
        HTTPError: 400 for what cannot be done.
    """
    if recipe.seed < 0:
        recipe.seed = server.random.randint(0, _LARGEST_SEED)
    recipe.count = max(1, min(recipe.count, _MOST_PICTURES))
    recipe.steps = max(1, min(recipe.steps, _MOST_STEPS))
    sound = (
        (not recipe.cache or recipe.cache in _CACHES)
        and recipe.hires.resolve(server)
        and 0 <= recipe.strength <= 1
        and recipe.cfg_scale >= 0
        and 0 <= recipe.shifted_timestep <= 1000  # noqa: PLR2004 - the longest training there is
        and recipe.repeats >= 1
    )
    if not sound:
        raise HTTPError(_INVALID, "invalid params")


_EXTRA = re.compile(r"<sd_cpp_extra_args>([^\n\r]*?)</sd_cpp_extra_args>")

#: Keys of an object to attributes, by the kind of value; others are passed over.
_TEXTS = {"prompt": "prompt", "negative_prompt": "negative_prompt", "cache_mode": "cache"}
_WHOLE = {
    "clip_skip": "clip_skip",
    "width": "width",
    "height": "height",
    "batch_count": "count",
    "upscale_repeats": "repeats",
    "seed": "seed",
}
_NUMBERS = {"strength": "strength", "control_strength": "control_strength"}
_FLAGS = {
    "auto_resize_ref_image": "resizes_references",
    "increase_ref_index": "counts_references",
    "embed_image_metadata": "embeds",
}
_HIRES_WHOLE = {
    "target_width": "width",
    "target_height": "height",
    "steps": "steps",
    "upscale_tile_size": "tile",
}
_HIRES_NUMBERS = {"scale": "scale", "denoising_strength": "denoising"}
_SAMPLE_WHOLE = {"sample_steps": "steps", "shifted_timestep": "shifted_timestep"}
_SAMPLE_NUMBERS = {"eta": "eta", "flow_shift": "flow_shift"}
_GUIDANCE = {
    "txt_cfg": "cfg_scale",
    "img_cfg": "image_guidance",
    "distilled_guidance": "distilled_guidance",
}
_SKIPPED = {"layer_start": "start", "layer_end": "end", "scale": "scale"}


def _read_extra_args(server: Sdcpp, recipe: Recipe) -> None:
    """Take what the prompt says in JSON out of it, and do as it says.

    Raises:
        JsonError: a list's item, or a LoRA's value, of another type.
        HTTPError: 400 for no JSON, or LoRAs and pictures that can't be used.
    """
    found = _EXTRA.search(recipe.prompt)
    recipe.prompt = _EXTRA.sub("", recipe.prompt)
    if found is None or not found[1]:
        return
    try:
        said = parse(found[1].encode())
    except JsonError:
        raise HTTPError(_INVALID, "invalid sd_cpp_extra_args") from None
    if isinstance(said, dict):
        _ExtraArgs(server, recipe, said).apply()


class _ExtraArgs:
    """What a prompt says in JSON; a value of another type than expected is passed over."""

    def __init__(self, server: Sdcpp, recipe: Recipe, said: dict[str, Any]) -> None:
        self._server = server
        self._recipe = recipe
        self._said = said

    def apply(self) -> None:
        """Set what is said; the rest of the recipe stays."""
        recipe, said = self._recipe, self._said
        _set_texts(recipe, said, _TEXTS)
        _set_whole(recipe, said, _WHOLE)
        _set_numbers(recipe, said, _NUMBERS)
        _set_flags(recipe, said, _FLAGS)
        for key, take in (("hires", self._set_hires), ("sample_params", self._set_sampling)):
            if isinstance(said.get(key), dict):
                take(said[key])
        if "lora" in said:
            recipe.loras = summed(self._loras(said["lora"]))
        self._set_pictures()

    def _set_hires(self, said: dict[str, Any]) -> None:
        hires = self._recipe.hires
        _set_flags(hires, said, {"enabled": "enabled"})
        _set_texts(hires, said, {"upscaler": "upscaler"})
        _set_whole(hires, said, _HIRES_WHOLE)
        _set_numbers(hires, said, _HIRES_NUMBERS)
        if isinstance(said.get("custom_sigmas"), list):
            hires.sigmas = [single(number) for number in _numbers(said["custom_sigmas"])]

    def _set_sampling(self, said: dict[str, Any]) -> None:
        recipe = self._recipe
        _set_whole(recipe, said, _SAMPLE_WHOLE)
        _set_numbers(recipe, said, _SAMPLE_NUMBERS)
        _set_texts(recipe, said, {"extra_sample_args": "sampler_args"})
        if isinstance(said.get("custom_sigmas"), list):
            recipe.sigmas = [single(number) for number in _numbers(said["custom_sigmas"])]
        sampler, scheduler = said.get("sample_method"), said.get("scheduler")
        if sampler in self._server.names("samplers") - {DEFAULT}:
            recipe.sampler = sampler
        if isinstance(scheduler, str):
            recipe.scheduler = scheduler_named(self._server, scheduler) or recipe.scheduler
        if isinstance(said.get("guidance"), dict):
            self._set_guidance(said["guidance"])

    def _set_guidance(self, said: dict[str, Any]) -> None:
        recipe = self._recipe
        _set_numbers(recipe, said, _GUIDANCE)
        skipped = said.get("slg")
        if isinstance(skipped, dict):
            if isinstance(skipped.get("layers"), list):
                recipe.skipped.layers = [as_int(number) for number in _numbers(skipped["layers"])]
            _set_numbers(recipe.skipped, skipped, _SKIPPED)

    def _loras(self, said: Any) -> list[Lora]:
        if not isinstance(said, list) or not all(isinstance(item, dict) for item in said):
            raise HTTPError(_INVALID, "invalid sd_cpp_extra_args")
        found = [read_lora(item) for item in said]
        if not all(lora.path for lora in found):
            raise HTTPError(_INVALID, "invalid sd_cpp_extra_args")
        return found

    def _set_pictures(self) -> None:
        recipe, size = self._recipe, self._recipe.fitted_size
        for key in ("init_image", "end_image", "mask_image", "control_image"):
            given = self._said.get(key)
            if given is None:
                continue
            read = read_mask_picture if key == "mask_image" else read_picture
            picture = read(given, size) if isinstance(given, str) else None
            if picture is None:
                raise HTTPError(_INVALID, "invalid sd_cpp_extra_args")
            if key == "init_image":
                recipe.init = picture
            elif key == "mask_image":
                recipe.mask = picture


def _set_texts(target: object, said: dict[str, Any], names: dict[str, str]) -> None:
    for key, name in names.items():
        if isinstance(said.get(key), str):
            setattr(target, name, said[key])


def _set_whole(target: object, said: dict[str, Any], names: dict[str, str]) -> None:
    for key, name in names.items():
        if type(said.get(key)) is int:
            setattr(target, name, said[key] if key == "seed" else as_int(said[key]))


def _set_numbers(target: object, said: dict[str, Any], names: dict[str, str]) -> None:
    for key, name in names.items():
        if type(said.get(key)) in (int, float):
            setattr(target, name, single(said[key]))


def _set_flags(target: object, said: dict[str, Any], names: dict[str, str]) -> None:
    for key, name in names.items():
        if isinstance(said.get(key), bool):
            setattr(target, name, said[key])


def _numbers(items: list[Any]) -> list[float]:
    return [as_number(item) for item in items]
