"""One simulated stable-diffusion.cpp: how it was built and started, its routes and fields."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from mockserver.backends.cpp_common.server import LISTS, CppServer, program_of


@dataclass(frozen=True)
class Program:
    """Keys of ``[program]`` in a profile of this family.

    Attributes:
        commit: its commit, as its infotexts name it.
        build: its version, likewise.
        steps: for requests that name none.
        cfg_scale: likewise.
        denoising_strength: likewise, of img2img.
    """

    commit: str = ""
    build: str = ""
    steps: int = 20
    cfg_scale: float = 7.0
    denoising_strength: float = 0.75


_PREFIX = "/sdapi/v1/"
_BOTH = {
    "prompt": "string",
    "negative_prompt": 'string = ""',
    "width": "integer = 512, minimum 1",
    "height": "integer = 512, minimum 1",
    "steps": "integer, minimum 1, maximum 100",
    "cfg_scale": "number, minimum 0",
    "seed": "integer = -1",
    "batch_size": "integer = 1, minimum 1, maximum 8",
    "clip_skip": "integer = -1",
    "sampler_name": 'string = ""',
    "scheduler": 'string = ""',
    "lora": "array = []",
    "extra_images": "array = []",
}
_HIRES = {
    "enable_hr": "boolean = false",
    "hr_scale": "number = 2",
    "hr_resize_x": "integer = 0",
    "hr_resize_y": "integer = 0",
    "hr_steps": "integer = 0",
    "hr_upscaler": 'string = "Latent"',
    "denoising_strength": "number = 0.7, minimum 0, maximum 1",
}
_PICTURES = {
    "init_images": "array = []",
    "mask": "string = null",
    "inpainting_mask_invert": "integer = 0",
    "denoising_strength": "number, minimum 0, maximum 1",
}
_READ = {"txt2img": _BOTH | _HIRES, "img2img": _BOTH | _PICTURES}
#: ``GET /sdapi/v1/samplers``, and those beside the web UI's API.
ROUTES = (
    "GET /",
    "GET /v1/models",
    "POST /v1/images/generations",
    "GET /sdcpp/v1/capabilities",
    "POST /sdcpp/v1/img_gen",
    "GET /sdcpp/v1/jobs/{id}",
    "POST /sdcpp/v1/jobs/{id}/cancel",
    *(f"GET {_PREFIX}{name}" for name in LISTS),
    *(f"POST {_PREFIX}{name}" for name in _READ),
)
#: ``txt2img.steps`` to type, default (none where the start shows it) and bounds.
FIELDS = {f"{name}.{key}": kind for name, read in _READ.items() for key, kind in read.items()}


class Sdcpp(CppServer):
    """A stable-diffusion.cpp server; arguments and attributes are those of `CppServer`."""

    @cached_property
    def program(self) -> Program:
        """What it was built from and started with."""
        return program_of(self.profile, Program)
