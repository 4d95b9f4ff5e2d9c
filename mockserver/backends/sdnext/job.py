"""Job: one generation on its way, and the picture and mask that img2img starts from."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from PIL import Image


_HASH = 8
#: Names of the resize modes, by number. Recorded: i2i/resize1 (Fixed).
RESIZE_MODES = ["None", "Fixed", "Crop", "Fill", "Outpaint", "Context aware"]


@dataclass(frozen=True)
class Source:
    """What img2img starts from.

    Attributes:
        picture: the first of the request's init images, as it was sent.
        mask: white where it is repainted; None repaints everything.
    """

    picture: Image.Image
    mask: Image.Image | None = None

    @property
    def hash(self) -> str:
        """The first 8 hex digits of the SHA-256 of its pixels. Recorded: i2i/data-uri."""
        return hashlib.sha256(self.picture.tobytes()).hexdigest()[:_HASH]


@raises_upstream
def resize_mode(values: dict[str, Any]) -> str | None:
    """Name of the request's resize mode; None for none.

    Args:
        values: fields of the request by name, with their defaults.
    """
    name = RESIZE_MODES[values["resize_mode"] or 0]
    return None if name == "None" else name


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
        templates: the prompts as they were sent; empty for a version that does not show them.
        negative_templates: likewise.
        networks: names of the LoRAs that the prompt asks for and the server has.
        rounds_up: whether an odd picture is made larger instead of smaller.
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
    templates: list[str] = field(default_factory=list)
    negative_templates: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    rounds_up: bool = False
    finished: bool = False

    @property
    def width(self) -> int:
        """Width as the infotext shows it."""
        return self._side("width", 0)

    @property
    def height(self) -> int:
        """Height as the infotext shows it."""
        return self._side("height", 1)

    def _side(self, name: str, axis: int) -> int:
        """The request's side as a multiple of 8; where none is named the picture's, or 1024.

        An odd picture that is made larger has its new sides here. Recorded: i2i/no-size,
        i2i/odd-size; i2i/odd of sdnext-2026-07.
        """
        side: int | None = self.values[name]
        if self.source is None:
            return _grid(side or _SIDE)
        if self.enlarges:
            return ceil(self.source.picture.size[axis])
        return floor(side or self.source.picture.size[axis])

    @property
    def enlarges(self) -> bool:
        """Whether the picture to start from is made larger, to multiples of 8."""
        if self.source is None or not self.rounds_up or self.values["resize_mode"]:
            return False
        return any(side % CELL for side in self.source.picture.size)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures made, multiples of 8.

        img2img keeps the size of its picture unless a resize mode is asked for. Recorded:
        i2i/wide, i2i/odd, i2i/resize1.
        """
        if self.source is None or self.enlarges:
            return self.width, self.height
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


def _grid(side: int) -> int:
    """The nearest multiple of 8 towards nought."""
    return int(side / CELL) * CELL


def floor(side: int) -> int:
    """The largest multiple of 8 up to `side`.

    Args:
        side: in pixels.
    """
    return side // CELL * CELL


def ceil(side: int) -> int:
    """The smallest multiple of 8 from `side` on.

    Args:
        side: in pixels.
    """
    return math.ceil(side / CELL) * CELL


@raises_upstream
def check_numbers(values: dict[str, Any], *, strict_seed: bool, optional_texts: bool) -> None:
    """What the server does with numbers first of all, and fails on where they are null.

    Args:
        values: the request's fields.
        strict_seed: whether null for a seed is an error.
        optional_texts: whether hires fix takes null for its upscaler.

    Recorded: t2i-field/steps-1, cfg_scale-2, batch_size-1; seed-2 of sdnext-2026-07.
    """
    int(values["clip_skip"])
    _ = values["batch_size"] * values["n_iter"]
    int(values["steps"])
    for name in ("cfg_scale", "diffusers_guidance_rescale", "subseed_strength"):
        _ = values.get(name, 0) > 0
    if strict_seed:
        int(values["seed"])
    if values["enable_hr"] and not optional_texts:
        values["hr_upscaler"].lower()


@raises_upstream
def check_prompts(values: dict[str, Any], *, optional_texts: bool) -> None:
    """Fail where a prompt is no text.

    Args:
        values: fields of the request by name, with their defaults.
        optional_texts: whether a negative prompt may be null.

    Recorded: t2i-field/prompt-0, negative_prompt-0, of both versions.
    """
    if values["prompt"] is None:
        raise AssertionError
    if optional_texts and values["negative_prompt"] is None:
        return
    len(values["negative_prompt"])
