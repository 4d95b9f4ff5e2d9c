"""Recipe: what one request asks KoboldCpp to draw.

Source: koboldcpp.py, sd_generate, at v1.111; recorded: t2i-*, i2i. Fields that the webui has
and that are not here are not read: batch_size, n_iter, styles, override_settings and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.families._cpp.numbers import as_int, single
from mockserver.families.koboldcpp.loras import lora_tags
from mockserver.families.koboldcpp.samplers import sampler_named
from mockserver.families.koboldcpp.size import drawn_size
from mockserver.families.koboldcpp.values import first, lowered, picture, prompt, real, whole

if TYPE_CHECKING:
    from mockserver.families.koboldcpp.server import Koboldcpp

_STEPS, _SIDE, _CFG_SCALE, _STRENGTH = 20, 512, 5.0, 0.6
_MOST_STEPS, _MOST_CFG_SCALE = 80, 25.0
_MOST_GUIDANCE = 100.0
#: Where seeds come from that are left to the server.
_SEEDS = (100_000, 999_999)
_ANY_SEED = -1
_DEFAULT = "default"


@dataclass(frozen=True)
class Recipe:
    """What is drawn.

    Attributes:
        prompt: as the sampler sees it; likewise the negative one.
        size: width and height that are drawn.
        seed: never left open.
        strength: how much of the first picture is painted over, 0 to 1.
        guidance: of distilled models.
        sampler: its own name; scheduler: "" for the model's own.
        clip_skip: -1 for the model's own.
        loras: tags of the LoRAs that are used.
        init: base64 of the picture to start from; "" for none. mask: likewise.
        mask_inverted: whether white is kept instead of black.
        enlarged: whether the upscaler follows.
    """

    prompt: str
    negative_prompt: str
    size: tuple[int, int]
    seed: int
    steps: int
    cfg_scale: float
    strength: float
    guidance: float
    sampler: str
    scheduler: str
    clip_skip: int
    loras: str
    init: str
    mask: str
    mask_inverted: bool
    enlarged: bool

    @property
    def passes_through(self) -> bool:
        """Whether nothing is painted over, so that the picture comes back as it is."""
        return bool(self.init) and self.steps == 1 and self.strength <= 0


def _clamped(value: float, least: float, most: float) -> float:
    return max(least, min(value, most))


def _seed(server: Koboldcpp, body: dict[str, Any]) -> int:
    asked = whole(body.get("seed"), _ANY_SEED)
    return as_int(asked) if asked >= 0 else server.random.randint(*_SEEDS)


def _guidance(body: dict[str, Any]) -> float:
    found = real(body.get("distilled_guidance"), 0.0)
    return single(found) if 0 <= found <= _MOST_GUIDANCE else 0.0


def read_recipe(server: Koboldcpp, body: dict[str, Any]) -> Recipe:
    """What a request's body asks for.

    Raises:
        Crash: a value of a kind that trips KoboldCpp.
    """
    program = server.program
    scheduler = lowered(body.get("scheduler"), _DEFAULT)
    width, height = (as_int(whole(body.get(side), _SIDE)) for side in ("width", "height"))
    strength = _clamped(real(body.get("denoising_strength"), _STRENGTH), 0.0, 1.0)
    return Recipe(
        prompt=prompt(body.get("prompt", "high quality")),
        negative_prompt=prompt(body.get("negative_prompt", "")),
        size=drawn_size(width, height, program.largest_square),
        seed=_seed(server, body),
        steps=int(_clamped(whole(body.get("steps"), _STEPS), 1, _MOST_STEPS)),
        cfg_scale=single(_clamped(real(body.get("cfg_scale"), _CFG_SCALE), 1, _MOST_CFG_SCALE)),
        strength=single(strength),
        guidance=_guidance(body),
        sampler=sampler_named(lowered(body.get("sampler_name"), _DEFAULT), program.sampler),
        scheduler=scheduler if scheduler in server.names("schedulers") - {_DEFAULT} else "",
        clip_skip=as_int(whole(body.get("clip_skip"), -1)),
        loras=lora_tags(server, body.get("lora", [])),
        init=picture(first(body.get("init_images"))),
        mask=picture(body.get("mask")),
        mask_inverted=bool(body.get("inpainting_mask_invert")),
        enlarged=whole(body.get("enable_hr"), 0) != 0,
    )
