"""Recipe: what one request asks stable-diffusion.cpp to draw.

Source: examples/server/routes_sdapi.cpp, build_sdapi_img_gen_request; recorded: t2i-*, i2i.
Fields that the webui has and that are not here are not read: n_iter, styles, override_settings,
alwayson_scripts and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.errors import HTTPRefusal
from mockserver.families._cpp.numbers import single
from mockserver.families.sdcpp.hires import Hires, read_hires
from mockserver.families.sdcpp.loras import Lora, read_loras
from mockserver.families.sdcpp.names import sampler_named, scheduler_named
from mockserver.families.sdcpp.nlohmann import Fields
from mockserver.families.sdcpp.pictures import read_init, read_mask, read_size

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.families.sdcpp.server import Sdcpp

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
        raise HTTPRefusal(_INVALID, "width and height must be positive")
    if not found.prompt:
        raise HTTPRefusal(_INVALID, "prompt required")
    return found


def _strength(server: Sdcpp, fields: Fields) -> float:
    asked = fields.single("denoising_strength", -1.0)
    return min(asked, 1.0) if asked >= 0 else single(server.program.denoising_strength)


def read_recipe(server: Sdcpp, body: Any, *, img2img: bool) -> Recipe:
    """What a request's body asks for.

    Raises:
        JsonError: it is no object, or a value is of another type.
        HTTPRefusal: 400 with the server's words.
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
        raise HTTPRefusal(_INVALID, "invalid params")
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
