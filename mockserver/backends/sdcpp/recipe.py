"""Recipe: what one request asks stable-diffusion.cpp to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.cpp_common.numbers import single
from mockserver.backends.sdcpp.nlohmann.parser import Fields
from mockserver.backends.sdcpp.request_parts import (
    Hires,
    Lora,
    read_hires,
    read_init,
    read_loras,
    read_mask,
    read_size,
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
    "res multistep": "res_multistep",
    "k_res_multistep": "res_multistep",
    "res 2s": "res_2s",
    "k_res_2s": "res_2s",
}
#: Of two names for one scheduler, the one that is not told.
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


@dataclass(frozen=True)
class Recipe:
    """What is drawn.

    Attributes:
        prompt: as given, not empty; negative_prompt: as given.
        size: width and height as asked for; those drawn are multiples of 64.
        seed: of the first picture, never left open.
        count: how many pictures.
        sampler: its own name, "" for the model's own; scheduler: likewise.
        clip_skip: -1 for the model's own.
        strength: how much of the first picture is painted over, 0 to 1.
        img2img: whether img2img was asked for.
        hires: the second pass; None for none.
    """

    prompt: str
    negative_prompt: str
    size: tuple[int, int]
    seed: int
    count: int
    steps: int
    cfg_scale: float
    sampler: str
    scheduler: str
    clip_skip: int
    strength: float
    img2img: bool
    hires: Hires | None
    loras: tuple[Lora, ...]
    init: Image.Image | None
    mask: Image.Image | None


@dataclass(frozen=True)
class _Plain:
    """The fields that are read first, in the order in which their faults are told."""

    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int
    cfg_scale: float
    seed: int
    batch_size: int
    clip_skip: int
    sampler: str
    scheduler: str


def _read_plain(server: Sdcpp, fields: Fields) -> _Plain:
    program = server.program
    found = _Plain(
        prompt=fields.text("prompt", ""),
        negative_prompt=fields.text("negative_prompt", ""),
        width=fields.whole("width", 512),
        height=fields.whole("height", 512),
        steps=fields.whole("steps", program.steps),
        cfg_scale=fields.single("cfg_scale", program.cfg_scale),
        seed=fields.whole("seed", -1),
        batch_size=fields.whole("batch_size", 1),
        clip_skip=fields.whole("clip_skip", -1),
        sampler=fields.text("sampler_name", ""),
        scheduler=fields.text("scheduler", ""),
    )
    if found.width <= 0 or found.height <= 0:
        raise HTTPError(_INVALID, "width and height must be positive")
    if not found.prompt:
        raise HTTPError(_INVALID, "prompt required")
    return found


def _strength(server: Sdcpp, fields: Fields) -> float:
    asked = fields.single("denoising_strength", -1.0)
    return min(asked, 1.0) if asked >= 0 else single(server.program.denoising_strength)


def read_recipe(server: Sdcpp, body: Any, *, img2img: bool) -> Recipe:
    """What a request's body asks for.

    Raises:
        JsonError: it is no object, or a value is of another type.
        HTTPError: 400 with the server's words.
    """
    fields = Fields(body)
    plain = _read_plain(server, fields)
    hires = None if img2img else read_hires(server, fields)
    loras = read_loras(server, body)
    init = read_init(body) if img2img else None
    mask = read_mask(body) if img2img else None
    default = single(server.program.denoising_strength)
    strength = _strength(server, fields) if img2img else default
    if plain.cfg_scale < 0:
        raise HTTPError(_INVALID, "invalid params")
    return Recipe(
        prompt=plain.prompt,
        negative_prompt=plain.negative_prompt,
        size=read_size(body, init, mask),
        seed=plain.seed if plain.seed >= 0 else server.random.randint(0, _LARGEST_SEED),
        count=max(1, min(plain.batch_size, _MOST_PICTURES)),
        steps=max(1, min(plain.steps, _MOST_STEPS)),
        cfg_scale=plain.cfg_scale,
        sampler=sampler_named(server, plain.sampler),
        scheduler=scheduler_named(server, plain.scheduler),
        clip_skip=plain.clip_skip if plain.clip_skip > 0 else -1,
        strength=strength,
        img2img=img2img,
        hires=hires,
        loras=loras,
        init=init,
        mask=mask,
    )
