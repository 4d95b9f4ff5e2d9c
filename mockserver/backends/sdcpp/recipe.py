"""Recipe: what one request asks stable-diffusion.cpp to draw.

Source: examples/server/routes_sdapi.cpp and examples/common/common.cpp, SDGenerationParams.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockserver.backends.cpp_common.drawing import single
from mockserver.backends.sdcpp.request_parts import (
    Hires,
    Lora,
)

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.backends.sdcpp.server import Sdcpp


DEFAULT = "default"
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
    """The sampler of its own name, or of an alias in any case.

    Args:
        server: the simulated server.
        name: as the request has it.
    """
    if name == DEFAULT:
        return ""
    return name if name in server.names("samplers") else _ALIASES.get(name.lower(), "")


def scheduler_named(server: Sdcpp, name: str) -> str:
    """The scheduler of its own name.

    Args:
        server: the simulated server.
        name: as the request has it.
    """
    if name == DEFAULT or name not in server.names("schedulers"):
        return ""
    return _SAME.get(name, name)


_SIDE = 512


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
        """Be as large as a picture, where the request does not say how large.

        Args:
            image: a picture; it is not changed.
        """
        if image is not None and self.fitted_size is None:
            self.width, self.height = image.size
