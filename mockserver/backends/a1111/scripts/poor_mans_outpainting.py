"""Poor man's outpainting: a picture grows, and the tiles at its edges are sampled.

Source: scripts/poor_mans_outpainting.py, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from mockserver.backends.a1111.generation.finish import Processed
from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.scripts.sd_upscale import Margins, Tiles, first, margins, split
from mockserver.core.errors import raises_upstream
from mockserver.imaging.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.scripts.catalogue import ScriptEntry


@raises_upstream
def _grown(image: Image.Image, by: Margins) -> Image.Image:
    size = (image.width + by.left + by.right, image.height + by.up + by.down)
    grown = Image.new("RGB", size)
    grown.paste(image, (by.left, by.up))
    return grown


@raises_upstream
def _mask(size: tuple[int, int], by: Margins, inset: Any) -> Image.Image:
    """White but for the old picture, less `inset` pixels at each side that grew."""
    width, height = size
    mask = Image.new("L", size, "white")
    box = (
        by.left + (inset if by.left > 0 else 0),
        by.up + (inset if by.up > 0 else 0),
        width - by.right - (inset if by.right > 0 else 0),
        height - by.down - (inset if by.down > 0 else 0),
    )
    ImageDraw.Draw(mask).rectangle(box, fill="black")
    return mask


@raises_upstream
def _scaled(blur: Any) -> tuple[Any, Any]:
    """What is masked inside the old picture: for the pixels, and for the latents."""
    return blur * 2, blur // 2


def _untouched(box: tuple[int, int, int, int], size: tuple[int, int], by: Margins) -> bool:
    """Whether a tile lies wholly within the old picture."""
    x, y, right, bottom = box
    inside_x = x >= by.left and right <= size[0] - by.right
    return inside_x and y >= by.up and bottom <= size[1] - by.down


def run(
    server: GenerationContext, p: Processing, _: ScriptEntry, given: Sequence[Any]
) -> Processed:
    """The grown picture.

    Args:
        server: the server.
        p: the generation.
        given: the script's arguments, in the order of its interface.
    """
    pixels, blur, fill, direction = given[:4]
    inset, latent_inset = _scaled(blur)
    p.mask_blur, p.inpainting_fill, p.inpaint_full_res = inset, fill, False
    original = first(p.init_images)
    by = margins(original.size, pixels, direction)
    image = _grown(original, by)
    mask, latent_mask = _mask(image.size, by, inset), _mask(image.size, by, latent_inset)
    tiles = split(image, p.width, p.height, pixels)
    p.n_iter = p.batch_size = 1
    p.do_not_save_grid = p.do_not_save_samples = True
    work = [box for box in tiles.boxes if not _untouched(box, image.size, by)]
    tiles.check()
    server.state.count(len(work))
    found: list[Picture] = []
    seed, info = None, None
    for number, box in enumerate(work):
        p.init_images = [image.crop(box)]
        p.image_mask, p.latent_mask = mask.crop(box), latent_mask.crop(box)
        server.state.job = f"Batch {number + 1} out of {len(work)}"
        processed = process_images(server, p)
        if seed is None:
            seed, info = processed.seed, processed.info
        p.seed = processed.seed + 1
        found += processed.images
    return Processed(server, p, [_combined(tiles, image, by, found)], seed, info)


def _combined(tiles: Tiles, image: Image.Image, by: Margins, found: list[Picture]) -> Picture:
    """The tiles put together when somebody looks; those that were not made are black."""

    def make() -> Image.Image:
        made = iter(found)
        parts = []
        for box in tiles.boxes:
            if _untouched(box, image.size, by):
                parts.append(image.crop(box))
            else:
                one = next(made, None)
                parts.append(one.image if one else Image.new("RGB", tiles.tile))
        return tiles.combined(parts)

    return Picture(Painted(make))
