"""Recipe: what one request asks KoboldCpp to draw.

Source: koboldcpp.py, sd_generate, at v1.111, and kcpp's imagegen module after v1.115; recorded:
t2i-*, i2i of both. Fields that the webui has and that are not here are not read: batch_size,
n_iter, styles, override_settings and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.families._cpp.numbers import as_int, single
from mockserver.families.koboldcpp.adapter import Adapter
from mockserver.families.koboldcpp.loras import lora_tags
from mockserver.families.koboldcpp.prompts import read_prompts
from mockserver.families.koboldcpp.samplers import listed_sampler, sampler_named
from mockserver.families.koboldcpp.size import drawn_size
from mockserver.families.koboldcpp.values import (
    first,
    given,
    integer,
    lowered,
    picture,
    pictures,
    real,
    whole,
)

if TYPE_CHECKING:
    from mockserver.families.koboldcpp.server import Koboldcpp

_STEPS, _SIDE, _CFG_SCALE, _STRENGTH = 20, 512, 5.0, 0.6
_MOST_GUIDANCE = 100.0
_MOST_TIMESTEPS = 1000
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
        eta: of the sampler; infinite where the sampler's own holds.
        timestep_shift: 0 for none. flow_shift: likewise.
        clip_skip: -1 for the model's own.
        loras: tags of the LoRAs that are used.
        init: base64 of the picture to start from; "" for none. mask: likewise.
        mask_inverted: whether white is kept instead of black.
        references: how many further pictures there are.
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
    eta: float
    timestep_shift: int
    flow_shift: float
    clip_skip: int
    loras: str
    init: str
    mask: str
    mask_inverted: bool
    references: int
    enlarged: bool

    @property
    def passes_through(self) -> bool:
        """Whether nothing is painted over, so that the picture comes back as it is."""
        alone = bool(self.init) and not self.references
        return alone and self.steps <= 1 and self.strength <= 0


def _clamped(value: float, least: float, most: float) -> float:
    return least if value < least else min(value, most)


def _seed(server: Koboldcpp, body: dict[str, Any]) -> int:
    asked = whole(body.get("seed"), _ANY_SEED)
    return as_int(asked) if asked >= 0 else server.random.randint(*_SEEDS)


def _within(value: float, most: float) -> float:
    """The value where it is between nothing and `most`, else nothing."""
    return value if 0 <= value <= most else 0


def _eta(body: dict[str, Any]) -> float:
    found = real(body.get("eta"), -1.0)
    return single(found) if 0 <= found <= 1 else float("inf")


def _sampler(server: Koboldcpp, name: Any) -> str:
    program = server.program
    if program.listed_samplers:
        return listed_sampler(given(name, _DEFAULT), server.listed("samplers"), program.sampler)
    return sampler_named(lowered(name, _DEFAULT), program.sampler)


def _pictures(server: Koboldcpp, body: dict[str, Any]) -> tuple[str, str, int]:
    """The picture to start from, the mask, and how many further pictures there are."""
    init, mask = picture(first(body.get("init_images"))), picture(body.get("mask"))
    further = pictures(body.get("extra_images"))
    as_reference = whole(body.get("send_as_refimg"), 0) != 0
    if not further and as_reference and init and not mask:
        further, init = [init], ""
    if server.program.swaps_reference and len(further) == 1 and not init and not mask:
        further, init = [], further[0]
    return init, mask, len(further)


def read_recipe(server: Koboldcpp, body: dict[str, Any]) -> Recipe:
    """What a request's body asks for.

    Raises:
        Crash: a value of a kind that trips KoboldCpp.
    """
    program, adapter = server.program, Adapter.of(body)
    prompt, negative, loras = read_prompts(server, body, adapter)
    scheduler = lowered(body.get("scheduler"), _DEFAULT)
    width, height = (as_int(whole(body.get(side), _SIDE)) for side in ("width", "height"))
    strength = _clamped(real(body.get("denoising_strength"), _STRENGTH), 0.0, 1.0)
    cfg_scale = _clamped(real(body.get("cfg_scale"), _CFG_SCALE), 1.0, adapter.most_cfg_scale)
    init, mask, references = _pictures(server, body)
    _check_video(body)
    return Recipe(
        prompt=prompt,
        negative_prompt=negative,
        size=drawn_size(width, height, program.largest_square),
        seed=_seed(server, body),
        steps=int(_clamped(whole(body.get("steps"), _STEPS), 1, adapter.most_steps)),
        cfg_scale=single(cfg_scale),
        strength=single(strength),
        guidance=single(_within(real(body.get("distilled_guidance"), 0.0), _MOST_GUIDANCE)),
        sampler=_sampler(server, body.get("sampler_name")),
        scheduler=scheduler if scheduler in server.names("schedulers") - {_DEFAULT} else "",
        eta=_eta(body) if program.reports_eta else float("inf"),
        timestep_shift=int(_within(whole(body.get("shifted_timestep"), 0), _MOST_TIMESTEPS)),
        flow_shift=single(_within(real(body.get("flow_shift"), 0.0), float("inf"))),
        clip_skip=as_int(whole(body.get("clip_skip"), -1)),
        loras=lora_tags(server, body.get("lora", []), loras),
        init=init,
        mask=mask,
        mask_inverted=bool(body.get("inpainting_mask_invert")),
        references=references,
        enlarged=whole(body.get("enable_hr"), 0) != 0,
    )


def _check_video(body: dict[str, Any]) -> None:
    """What is read for videos alone, and trips the program all the same.

    Raises:
        Crash: a number of frames or a kind of video that is none.
    """
    whole(body.get("frames"), 1)
    integer(body.get("video_output_type", 0))
