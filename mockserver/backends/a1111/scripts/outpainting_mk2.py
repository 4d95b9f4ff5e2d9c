"""Outpainting mk2: a picture grows one side after the other, each side sampled in one go.

Source: scripts/outpainting_mk_2.py, at v1.10.1. The new ground is filled with the colours at the
picture's edge instead of noise of the same spectrum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from mockserver.backends.a1111.generation.finish import Processed, grid
from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.scripts.sd_upscale import first, margins, rounded_up
from mockserver.core.errors import raises_upstream
from mockserver.imaging.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.scripts.catalogue import ScriptEntry


_ORIGINAL = 1


@dataclass(frozen=True)
class _Side:
    """One side to which a picture grows.

    Attributes:
        name: ``left``, ``right``, ``up`` or ``down``.
        pixels: how far.
        blur: how far the mask reaches into the picture, in x and y.
        process: largest width and height that are sampled.
    """

    name: str
    pixels: int
    blur: tuple[int, int]
    process: tuple[int, int]

    @property
    def across(self) -> bool:
        """Whether the picture becomes wider."""
        return self.name in {"left", "right"}

    def grown(self, size: tuple[int, int]) -> tuple[int, int]:
        """Size of a picture that has grown."""
        wide, high = size
        return (wide + self.pixels, high) if self.across else (wide, high + self.pixels)

    def ground(self, image: Image.Image) -> Image.Image:
        """The picture on a ground of multiples of 64 pixels, the new part filled."""
        from mockserver.imaging.masking import fill  # noqa: PLC0415 - start-up time

        width, height = self.grown(image.size)
        size = rounded_up(width), rounded_up(height)
        at = (self.pixels if self.name == "left" else 0, self.pixels if self.name == "up" else 0)
        ground = Image.new("RGB", size)
        ground.paste(image, at)
        empty = Image.new("L", size, 255)
        empty.paste(0, (*at, at[0] + image.width, at[1] + image.height))
        return fill(ground, empty)

    def mask(self, size: tuple[int, int], end: tuple[int, int], times: int) -> Image.Image:
        """White where the picture grows and `times` the blur into it.

        Args:
            size: of the mask.
            end: where the picture ends, for the sides that do not grow.
            times: blur.
        """
        mask = Image.new("RGB", size, "white")
        reach = self.pixels + (self.blur[0] if self.across else self.blur[1]) * times
        box = (
            reach if self.name == "left" else 0,
            reach if self.name == "up" else 0,
            size[0] - reach if self.name == "right" else end[0],
            size[1] - reach if self.name == "down" else end[1],
        )
        ImageDraw.Draw(mask).rectangle(box, fill="black")
        return mask

    def region(self, image: Image.Image, ground: tuple[int, int]) -> tuple[int, int, int, int]:
        """The part of the ground that is sampled: the new side and what fits of the picture."""
        grown = self.grown(image.size)
        wide = min(self.process[0], grown[0]) if self.across else ground[0]
        high = ground[1] if self.across else min(self.process[1], grown[1])
        x = 0 if self.name == "left" else ground[0] - wide
        y = 0 if self.name == "up" else ground[1] - high
        return x, y, x + wide, y + high


def run(
    server: GenerationContext, p: Processing, _: ScriptEntry, given: Sequence[Any]
) -> Processed:
    """The grown pictures, and before them their grid.

    Args:
        server: the server.
        p: the generation.
        given: the script's arguments, in the order of its interface.
    """
    noise_q, colours = given[4:6]
    p.inpaint_full_res, p.inpainting_fill = False, _ORIGINAL
    p.do_not_save_samples = p.do_not_save_grid = True
    p.script_effects = {"outpainting": f"{noise_q} {colours}"}
    image = first(p.init_images)
    sides = _sides(p, image, given)
    batches, batch_size = p.n_iter, p.batch_size
    p.n_iter = 1
    server.state.count(_times(batches, len(sides)))
    job = _Job(server, p)
    made: list[Image.Image] = []
    for number in range(batches):
        images = _times([image], batch_size)
        server.state.job = f"Batch {number + 1} out of {batches}"
        for side in sides:
            images = job.expand(images, side)
        made += images
    pictures = [_ready(one) for one in made]
    whole = grid(server, pictures)
    alone = len(made) < 2 and server.options["grid_only_if_multiple"]  # noqa: PLR2004 - one is no grid
    if server.options["return_grid"] and not alone:
        pictures = [whole, *pictures]
    return Processed(server, p, pictures, job.seed, job.info)


def _ready(image: Image.Image) -> Picture:
    return Picture(Painted(lambda: image))


@raises_upstream
def _times(value: Any, count: Any) -> Any:
    return value * count


@raises_upstream
def _sides(p: Processing, image: Image.Image, given: Sequence[Any]) -> list[_Side]:
    """The sides to which the picture grows; sets the mask's blur."""
    _, pixels, blur, direction = given[:4]
    wanted = [name for name in ("left", "right", "up", "down") if name in direction]
    across = pixels > 0 and ("left" in wanted or "right" in wanted)
    along = pixels > 0 and ("up" in wanted or "down" in wanted)
    blur = (blur if across else 0, blur if along else 0)
    p.mask_blur_x, p.mask_blur_y = blur[0] * 4, blur[1] * 4
    process = (p.width, p.height)
    by = margins(image.size, pixels, direction)
    found = (("left", by.left), ("right", by.right), ("up", by.up), ("down", by.down))
    return [_Side(name, count, blur, process) for name, count in found if count > 0]


class _Job:
    """The sampling of all sides.

    Args:
        server: the server.
        p: the generation.

    Attributes:
        seed: of the first picture, None before it is made.
        info: infotext of the first picture.
    """

    def __init__(self, server: GenerationContext, p: Processing) -> None:
        self._server, self._p = server, p
        self.seed: int | None = None
        self.info: str | None = None

    def expand(self, images: list[Image.Image], side: _Side) -> list[Image.Image]:
        """Pictures that have grown to one side."""
        grounds = _make_ready(self._p, images, side)
        processed = process_images(self._server, self._p)
        if self.seed is None:
            self.seed, self.info = processed.seed, processed.info
        grown = side.grown(images[-1].size)
        return [
            _laid(one, _picture(processed, number), side).crop((0, 0, *grown))
            for number, one in enumerate(grounds)
        ]


@raises_upstream
def _make_ready(p: Processing, images: list[Image.Image], side: _Side) -> list[Image.Image]:
    """Give the generation the part to sample and its masks; the pictures on their new ground."""
    grounds = [side.ground(image) for image in images]
    grown, ground = side.grown(images[-1].size), grounds[-1].size
    region = side.region(images[-1], ground)
    p.width, p.height = region[2] - region[0], region[3] - region[1]
    p.image_mask = side.mask(ground, grown, 1).crop(region)
    p.latent_mask = side.mask((p.width, p.height), grown, 2)
    p.init_images = [one.crop(region) for one in grounds]
    return grounds


@raises_upstream
def _picture(processed: Processed, number: int) -> Image.Image:
    found: Picture = processed.images[number]
    return found.image


def _laid(ground: Image.Image, part: Image.Image, side: _Side) -> Image.Image:
    """The ground with what was sampled laid on it."""
    x = 0 if side.name == "left" else ground.width - part.width
    y = 0 if side.name == "up" else ground.height - part.height
    ground.paste(part, (x, y))
    return ground
