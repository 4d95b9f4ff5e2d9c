"""Job: one generation on its way, from the request's fields to what was made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.webui.hazards import hazard

if TYPE_CHECKING:
    from mockserver.families.sdnext.source import Source

#: Side of a picture whose request names none. Recorded: t2i-field/width-2.
_SIDE = 1024
#: Latents have an eighth of a picture's sides.
CELL = 8


@dataclass
class Job:
    """One generation.

    Attributes:
        values: the request's fields, validated.
        sampler: name of the sampler.
        source: what img2img starts from; None for txt2img.
        iteration: number of the batch being made, from 0.
        prompts: one a picture, with styles.
        negative_prompts: likewise.
        seeds: one a picture.
        subseeds: likewise.
        finished: whether the pipeline ran at all.
    """

    values: dict[str, Any]
    sampler: str
    source: Source | None = None
    iteration: int = 0
    prompts: list[str] = field(default_factory=list)
    negative_prompts: list[str] = field(default_factory=list)
    seeds: list[int] = field(default_factory=list)
    subseeds: list[int] = field(default_factory=list)
    finished: bool = False

    @property
    def width(self) -> int:
        """Width as the infotext tells it."""
        return self._side("width", 0)

    @property
    def height(self) -> int:
        """Height as the infotext tells it."""
        return self._side("height", 1)

    def _side(self, name: str, axis: int) -> int:
        """The request's side; of img2img a multiple of 8, the picture's where none is named.

        Recorded: i2i/no-size, i2i/odd-size.
        """
        side: int | None = self.values[name]
        if self.source is None:
            return side or _SIDE
        return floor(side or self.source.picture.size[axis])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures made, multiples of 8.

        img2img keeps the size of its picture unless a resize mode is asked for. Recorded:
        i2i/wide, i2i/odd, i2i/resize1.
        """
        if self.source is None:
            return ceil(self.width), ceil(self.height)
        if self.source.mask is None and not self.values["resize_mode"]:
            width, height = self.source.picture.size
            return floor(width), floor(height)
        return self.width, self.height

    @property
    def pipeline(self) -> str:
        """Class of the pipeline; img2img turns to its own when it begins to sample.

        Recorded: i2i/denoise0, i2i/mask-fill0.
        """
        if self.source is None or not self.finished:
            return "StableDiffusionPipeline"
        kind = "Img2Img" if self.source.mask is None else "Inpaint"
        return f"StableDiffusion{kind}Pipeline"

    @property
    def operation(self) -> str:
        """What is done: ``txt2img``, ``img2img`` or ``inpaint``."""
        if self.source is None:
            return "txt2img"
        return "img2img" if self.source.mask is None else "inpaint"

    @property
    def batch(self) -> slice:
        """Which of all pictures belong to this iteration."""
        size = self.values["batch_size"]
        return slice(self.iteration * size, (self.iteration + 1) * size)


def floor(side: int) -> int:
    """The largest multiple of 8 up to `side`."""
    return side // CELL * CELL


def ceil(side: int) -> int:
    """The smallest multiple of 8 from `side` on."""
    return math.ceil(side / CELL) * CELL


@hazard
def check_numbers(values: dict[str, Any]) -> None:
    """What the server does with numbers first of all, and trips over where they are null.

    Recorded: t2i-field/steps-1, cfg_scale-2, batch_size-1.
    """
    int(values["clip_skip"])
    _ = values["batch_size"] * values["n_iter"]
    int(values["steps"])
    for name in ("cfg_scale", "diffusers_guidance_rescale", "subseed_strength"):
        _ = values[name] > 0
    if values["enable_hr"]:
        values["hr_upscaler"].lower()


@hazard
def check_prompts(values: dict[str, Any]) -> None:
    """Recorded: t2i-field/prompt-0, negative_prompt-0."""
    if values["prompt"] is None:
        raise AssertionError
    len(values["negative_prompt"])
