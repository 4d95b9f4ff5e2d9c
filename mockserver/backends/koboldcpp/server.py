"""One simulated KoboldCpp: what it was started with, and the routes and fields that it has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from mockserver.backends.cpp_common.server import LISTS, CppServer, program_of


@dataclass(frozen=True)
class Program:
    """Keys of ``[program]`` in a profile of this family.

    Attributes:
        sampler: what the sampler ``default`` stands for.
        largest_square: side of the largest square that is drawn, in pixels.
        waiting: how many requests may wait for their turn.
        plain_prompts: whether prompts are cut to 800 ASCII characters.
        joins_prompts: whether a comma follows each prompt even where the adapter adds nothing.
        reports_eta: whether infotexts name eta, "inf" where the request leaves it open.
        listed_samplers: whether the list of samplers shows all names and aliases.
        swaps_reference: whether a single extra image is what img2img starts from.
        further_keys: keys of a generation's answer behind the common ones, each an empty text.
        dates_jobs: whether ``info`` ends with the time at which the job began.
    """

    sampler: str = "euler_a"
    largest_square: int = 832
    waiting: int = 6
    plain_prompts: bool = True
    joins_prompts: bool = False
    reports_eta: bool = False
    listed_samplers: bool = False
    swaps_reference: bool = False
    further_keys: tuple[str, ...] = ()
    dates_jobs: bool = False


_PREFIX = "/sdapi/v1/"
_DRAWN = {
    "prompt": 'string = "high quality"',
    "negative_prompt": 'string = ""',
    "init_images": "array = []",
    "mask": 'string = ""',
    "inpainting_mask_invert": "boolean = false",
    "denoising_strength": "number = 0.6, minimum 0, maximum 1",
    "cfg_scale": "number = 5, minimum 1, maximum 25",
    "distilled_guidance": "number = null, minimum 0, maximum 100",
    "steps": "integer = 20, minimum 1, maximum 80",
    "width": "integer = 512, minimum 64",
    "height": "integer = 512, minimum 64",
    "seed": "integer = -1",
    "sampler_name": 'string = "default"',
    "scheduler": 'string = "default"',
    "clip_skip": "integer = -1",
    "shifted_timestep": "integer = null, minimum 0, maximum 1000",
    "flow_shift": "number = null, minimum 0",
    "frames": "integer = 1",
    "video_output_type": "integer = 0",
    "extra_images": "array = []",
    "send_as_refimg": "integer = 0",
    "adapter": "object = {}",
    "add_sd_step_limit": "integer = 80",
    "add_sd_cfg_limit": "number = 25",
    "remove_limits": "integer = 0",
    "circular_x": "integer = 0",
    "circular_y": "integer = 0",
    "enable_hr": "integer = 0",
    "lora": "array = []",
}
_ENLARGED = {"image": 'string = ""'}
_READ = {
    "txt2img": _DRAWN,
    "img2img": _DRAWN,
    "extra-single-image": _ENLARGED,
    "upscale": _ENLARGED,
    "interrogate": {},
}
#: ``GET /sdapi/v1/samplers``.
ROUTES = (
    *(f"GET {_PREFIX}{name}" for name in LISTS),
    *(f"POST {_PREFIX}{name}" for name in _READ),
)
#: ``txt2img.steps`` to type, default and bounds.
FIELDS = {f"{name}.{key}": kind for name, read in _READ.items() for key, kind in read.items()}


class Koboldcpp(CppServer):
    """KoboldCpp; arguments and attributes are those of `CppServer`."""

    @cached_property
    def program(self) -> Program:
        """What it was started with."""
        return program_of(self.profile, Program)

    @property
    def upscales(self) -> bool:
        """Whether it was started with an upscaler."""
        return bool(self.listed("upscalers"))
