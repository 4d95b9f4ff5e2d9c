"""Recipe: what one request asks KoboldCpp to draw: size, sampler, LoRAs and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mockserver.backends.cpp_common.drawing import as_int, general, single
from mockserver.backends.koboldcpp.prompts import Adapter, read_prompts
from mockserver.backends.koboldcpp.values import (
    first,
    given,
    integer,
    lowered,
    members,
    picture,
    pictures,
    real,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.koboldcpp.prompts import Tagged
    from mockserver.backends.koboldcpp.server import Koboldcpp


_STEP = 64
_SHORTEST, _LONGEST = 64, 8192


def _rounded_down(side: int) -> int:
    return side - side % _STEP


def _rounded_up(side: int) -> int:
    return _rounded_down(side + _STEP - 1)


def drawn_size(width: int, height: int, largest_square: int) -> tuple[int, int]:
    """Width and height in steps of 64, of at most so large an area, in like proportions.

    Args:
        width: as asked for, any integer.
        height: likewise.
        largest_square: side of the largest square that is drawn.
    """
    sides = [max(_SHORTEST, min(side, _LONGEST)) for side in (width, height)]
    long, short = _size_within(max(sides), min(sides), largest_square * largest_square)
    return (long, short) if sides[0] > sides[1] else (short, long)


def _size_within(long: int, short: int, area: int) -> tuple[int, int]:
    ratio = long / short
    long, short = _rounded_down(long), _rounded_down(short)
    if long * short <= area:
        return long, short
    scale = (area / (long * short)) ** 0.5
    long, short = int(long * scale), int(short * scale)
    if short <= _SHORTEST:
        return _rounded_down(area // _SHORTEST), _SHORTEST
    nearest = [(_rounded_down(long), _rounded_down(short))]
    raised = [(_rounded_down(long), _rounded_up(short)), (_rounded_up(long), _rounded_down(short))]
    nearest += [(wide, high) for wide, high in raised if wide * high < area]
    return min(nearest, key=lambda sides: abs(sides[0] / sides[1] - ratio))


#: Samplers by their own name.
_OWN = (
    "euler",
    "euler_a",
    "heun",
    "dpm2",
    "dpm++2s_a",
    "dpm++2m",
    "dpm++2mv2",
    "ipndm",
    "ipndm_v",
    "lcm",
    "ddim_trailing",
    "tcd",
    "res_multistep",
    "res_2s",
)
_ALIASES = {
    "euler a": "euler_a",
    "k_euler_a": "euler_a",
    "k_euler": "euler",
    "k_heun": "heun",
    "k_dpm_2": "dpm2",
    "k_lcm": "lcm",
    "ddim": "ddim_trailing",
    "dpm++ 2m karras": "dpm++2m",
    "dpm++ 2m": "dpm++2m",
    "k_dpmpp_2m": "dpm++2m",
    "res multistep": "res_multistep",
    "k_res_multistep": "res_multistep",
    "res 2s": "res_2s",
    "k_res_2s": "res_2s",
}


def listed_sampler(name: str, rows: list[dict[str, Any]], default: str) -> str:
    """The sampler of a name that the list of samplers knows; `default` for any other.

    A sampler's own name is its first alias; one without aliases is known by its name alone, in
    its own case.

    Args:
        name: as it was sent.
        rows: the list of samplers.
        default: the model's own sampler.
    """
    for row in rows:
        known = [row["name"], *row["aliases"]]
        if row["aliases"] and name.lower() in [alias.lower() for alias in known]:
            return str(row["aliases"][0])
    plain = {row["name"] for row in rows if not row["aliases"]} - {"default"}
    return name if name in plain else default


def sampler_named(name: str, default: str) -> str:
    """The sampler of a name in any case; `default` for a name that is none.

    Args:
        name: as the request has it.
        default: what stands for a name that is missing.
    """
    name = name.lower()
    return name if name in _OWN else _ALIASES.get(name, default)


_DIGITS = 6


def lora_tags(server: Koboldcpp, asked: Any, tagged: Sequence[Tagged] = ()) -> str:
    """Tags of the LoRAs that are used: those listed, each once, with the sum of its weights.

    Args:
        server: the simulated server; its list says which LoRAs there are.
        asked: the request's field ``lora``.
        tagged: names and weights that the prompt says.

    Raises:
        ServerError: nothing that has members.
    """
    weights: dict[str, float] = {}
    paths = {item["name"]: item["path"] for item in server.listed("loras")}
    for item in members(asked):
        path = item.get("path") if isinstance(item, dict) else None
        if isinstance(path, str) and path in server.names("loras", "path"):
            weights[path] = weights.get(path, 0.0) + real(item.get("multiplier"), 0.0)
    for name, weight in tagged:
        if name in paths:
            weights[paths[name]] = weights.get(paths[name], 0.0) + weight
    return "".join(_tag(path, weight) for path, weight in weights.items() if weight)


def _tag(path: str, weight: float) -> str:
    return f"<lora:{PurePosixPath(path).stem}:{general(single(weight), _DIGITS)}>"


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

    Args:
        server: the simulated server.
        body: of the request.

    Raises:
        ServerError: a value of a kind that makes KoboldCpp fail.
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
    """What is read for videos alone, and makes the program fail all the same.

    Raises:
        ServerError: a number of frames or a kind of video that is none.
    """
    whole(body.get("frames"), 1)
    integer(body.get("video_output_type", 0))
