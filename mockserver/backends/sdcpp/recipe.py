"""Recipe: what one request asks stable-diffusion.cpp to draw.

Source: examples/server/routes_sdapi.cpp and examples/common/common.cpp, SDGenerationParams.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.backends.cpp_common.drawing import as_int, single
from mockserver.backends.sdcpp.nlohmann.parser import Fields, JsonError, as_number, parse
from mockserver.backends.sdcpp.request_parts import (
    Hires,
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
    from PIL import Image

    from mockserver.backends.sdcpp.server import Sdcpp


_DEFAULT = "default"
#: Names that the webui or others use, in lower case.
_ALIASES = {
    "euler a": "euler_a",
    "k_euler_a": "euler_a",
    "euler": "euler",
    "k_euler": "euler",
    "heun": "heun",
    "k_heun": "heun",
    "dpm2": "dpm2",
    "k_dpm_2": "dpm2",
    "lcm": "lcm",
    "ddim": "ddim_trailing",
    "dpm++ 2m": "dpm++2m",
    "k_dpmpp_2m": "dpm++2m",
    "dpm++ 2m sde": "dpm++2m_sde",
    "k_dpmpp_2m_sde": "dpm++2m_sde",
    "dpm++ 2m sde gpu": "dpm++2m_sde_bt",
    "k_dpmpp_2m_sde_gpu": "dpm++2m_sde_bt",
    "res multistep": "res_multistep",
    "k_res_multistep": "res_multistep",
    "res 2s": "res_2s",
    "k_res_2s": "res_2s",
    "k_euler_cfg_pp": "euler_cfg_pp",
    "k_euler_a_cfg_pp": "euler_cfg_pp",
}
#: Of two names for one scheduler, the one that infotexts leave out.
_SAME = {"normal": "discrete"}


def sampler_named(server: Sdcpp, name: str) -> str:
    """The sampler of its own name, or of an alias in any case."""
    if name == _DEFAULT:
        return ""
    return name if name in server.names("samplers") else _ALIASES.get(name.lower(), "")


def scheduler_named(server: Sdcpp, name: str) -> str:
    """The scheduler of its own name."""
    if name == _DEFAULT or name not in server.names("schedulers"):
        return ""
    return _SAME.get(name, name)


_INVALID = 400
_MOST_PICTURES, _MOST_STEPS = 8, 100
_LARGEST_SEED = 2**31 - 1
_SIDE = 512
_UNSET = -1
#: Of requests in the server's own notation that name none.
_SEED = 42


@dataclass
class Skipped:
    """Layers that guidance skips, in a model of the first generation.

    Attributes:
        scale: how much; 0 for not at all.
        layers: their numbers.
        start: of the steps, the part after which; end: likewise, up to which.
    """

    scale: float = 0.0
    layers: list[int] = field(default_factory=lambda: [7, 8, 9])
    start: float = single(0.01)
    end: float = single(0.2)


@dataclass
class Recipe:
    """What is drawn.

    Attributes:
        prompt: as given, not empty; negative_prompt: as given.
        width: as asked for, those drawn are multiples of 64; 0 or less for none asked for.
        height: likewise.
        seed: of the first picture; never left open once it is resolved.
        count: how many pictures.
        sampler: its own name, "" for the model's own; scheduler: likewise.
        clip_skip: -1 for the model's own.
        strength: how much of the first picture is painted over, 0 to 1.
        img2img: whether img2img was asked for.
        embeds: whether pictures hold their infotext.
    """

    prompt: str
    negative_prompt: str
    width: int
    height: int
    seed: int
    count: int
    steps: int
    cfg_scale: float
    strength: float
    img2img: bool
    sampler: str = ""
    scheduler: str = ""
    clip_skip: int = -1
    hires: Hires = field(default_factory=Hires)
    skipped: Skipped = field(default_factory=Skipped)
    loras: tuple[Lora, ...] = ()
    init: Image.Image | None = None
    mask: Image.Image | None = None
    eta: float = math.inf
    flow_shift: float = math.inf
    shifted_timestep: int = 0
    sampler_args: str = ""
    sigmas: list[float] = field(default_factory=list)
    image_guidance: float = math.inf
    distilled_guidance: float = 3.5
    control_strength: float = single(0.9)
    resizes_references: bool = True
    counts_references: bool = False
    embeds: bool = True
    cache: str = ""
    repeats: int = 1

    @property
    def size(self) -> tuple[int, int]:
        """Width and height that are asked for, or taken for granted."""
        return self.width if self.width > 0 else _SIDE, self.height if self.height > 0 else _SIDE

    @property
    def fitted_size(self) -> tuple[int, int] | None:
        """The size to which pictures are fitted; None to leave them as they are."""
        return self.size if self.width > 0 and self.height > 0 else None

    def take_size(self, image: Image.Image | None) -> None:
        """Be as large as a picture, where the request does not say how large."""
        if image is not None and self.fitted_size is None:
            self.width, self.height = image.size


def plain_recipe(server: Sdcpp, prompt: str, **asked: Any) -> Recipe:
    """What is drawn where a request only tells a prompt, and any fields of a recipe."""
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

    Raises:
        JsonError: a value in that JSON is of another type.
        HTTPError: 400 with the server's words.
    """
    _read_extra_args(server, recipe)
    _resolve(server, recipe)
    return recipe


def recipe_of(server: Sdcpp, said: dict[str, Any]) -> Recipe:
    """What an object in the server's own notation asks for.

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
        if sampler in self._server.names("samplers") - {_DEFAULT}:
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
