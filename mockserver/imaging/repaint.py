"""img2img: the start image, repainted as far as denoising goes and where its mask allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from mockserver.imaging.art.fields import Dice
from mockserver.imaging.art.scenes import draw, share
from mockserver.imaging.masking import apply_overlay, fill, laid_over

if TYPE_CHECKING:
    from mockserver.imaging.picture_spec import PictureSpec, Start


#: What a latent of zeroes decodes to.
_NOTHING = (128, 122, 114)
#: Pixels to a cell of a latent.
_LATENT_CELL = 8
#: Cells around a lattice whose values the resampling of its edges looks at.
_MARGIN = 3
_LATENT_NOISE, _LATENT_NOTHING, _ORIGINAL = 2, 3, 1
#: Share of the contrast that the VAE of a small model loses.
_LOST = 0.4


def _wrapped(lattice: Image.Image) -> Image.Image:
    """The lattice with a margin from its opposite sides."""
    width, height = lattice.size
    wide = Image.new("L", (width + 2 * _MARGIN, height + 2 * _MARGIN))
    for x in (_MARGIN - width, _MARGIN, _MARGIN + width):
        for y in (_MARGIN - height, _MARGIN, _MARGIN + height):
            wide.paste(lattice, (x, y))
    return wide


def _stretched(lattice: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A lattice smoothly enlarged to `size`, so that opposite sides meet."""
    width, height = lattice.size
    box = (_MARGIN, _MARGIN, _MARGIN + width, _MARGIN + height)
    return _wrapped(lattice).resize(size, Image.Resampling.BICUBIC, box=box)


def _lattice(dice: Dice, cells: tuple[int, int]) -> Image.Image:
    """Independent values, one a cell; each side has four cells at least."""
    cells = max(cells[0], _MARGIN + 1), max(cells[1], _MARGIN + 1)
    return Image.frombytes("L", cells, dice.noise(cells[0] * cells[1]))


def _latent_noise(dice: Dice, size: tuple[int, int]) -> Image.Image:
    """Coloured blotches, as a latent of pure noise decodes."""
    cells = max(1, size[0] // _LATENT_CELL), max(1, size[1] // _LATENT_CELL)
    bands = [_stretched(_lattice(dice.fork(band), cells), size) for band in "RGB"]
    return Image.merge("RGB", bands)


def _beginning(start: Start, size: tuple[int, int], dice: Dice) -> Image.Image:
    """The image that img2img starts from, with what stands under its mask."""
    image = _rgb(start.image.image)
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS)
    if start.mask is None or start.fill == _ORIGINAL:
        return image
    mask = start.mask.image
    if start.fill == _LATENT_NOISE:
        return laid_over(image, _latent_noise(dice, size), mask)
    if start.fill == _LATENT_NOTHING:
        return laid_over(image, Image.new("RGB", size, _NOTHING), mask)
    return fill(image, mask)


def _decoded(image: Image.Image) -> Image.Image:
    """A picture that was a latent in between: without its details, and paler."""
    width, height = image.size
    cells = max(1, width // _LATENT_CELL), max(1, height // _LATENT_CELL)
    small = image.resize(cells, Image.Resampling.BOX)
    paler = Image.blend(small, Image.new("RGB", cells, _NOTHING), _LOST)
    return paler.resize(image.size, Image.Resampling.BILINEAR)


def _rgb(image: Image.Image) -> Image.Image:
    return image if image.mode == "RGB" else image.convert("RGB")


def _sampled(spec: PictureSpec, start: Start) -> Image.Image:
    """What is painted over the start: other pixels than its own, even by its own recipe."""
    recipe = (*spec.recipe, ("denoising_strength", share(start.denoising)))
    return draw(replace(spec, recipe=recipe)).image()


def repaint(spec: PictureSpec, start: Start) -> Image.Image:
    """The start image, as much repainted as the denoising strength says.

    Args:
        spec: what would be drawn without it.
        start: the image, its mask, and how much of it stays.

    Returns:
        An RGB image.
    """
    size = spec.width, spec.height
    begun = _beginning(start, size, Dice("under", spec.values.get("seed")))
    strength = share(start.denoising)
    image = begun
    if strength > 0:
        image = Image.blend(begun, _sampled(spec, start), min(strength * strength, 0.97))
    if start.mask is not None:
        kept = _rgb(start.image.image)
        kept = kept if kept.size == size else begun
        kept = _decoded(kept) if start.decoded else kept
        image = laid_over(kept, image, start.mask.image)
    if start.overlay is not None:
        image = apply_overlay(image, start.paste_to, start.overlay.image)
    return image
