"""img2img: the start image, repainted as far as denoising goes and where its mask allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from mockserver.imaging.art.fields import Dice
from mockserver.imaging.art.scenes import draw, share
from mockserver.imaging.masking import apply_overlay, enlarged, fill, laid_over
from mockserver.imaging.resize import alike, in_mode

if TYPE_CHECKING:
    from mockserver.imaging.masking import Box
    from mockserver.imaging.picture_spec import Overlay, PictureSpec, Start


#: What a latent of zeroes decodes to.
_NOTHING = (128, 122, 114)
#: Pixels to a cell of a latent.
_LATENT_CELL = 8
_LATENT_NOISE, _LATENT_NOTHING, _ORIGINAL = 2, 3, 1
#: Share of the contrast that the VAE of a small model loses.
_LOST = 0.4
#: The most that is painted over a start: something of it is always seen.
_MOST = 0.97
#: Up to this share what is painted over is drawn at half its size, where that leaves enough pixels.
_FAINT, _ENOUGH = 0.5, 128


@dataclass(frozen=True)
class _Place:
    """Where it is painted.

    Attributes:
        mask: mode L, white is repainted; None repaints everything.
        box: what is not black of the mask.
    """

    mask: Image.Image | None
    box: Box

    @classmethod
    def of(cls, mask: Image.Image | None, size: tuple[int, int]) -> _Place | None:
        """The place in a picture of that size; None where nothing is repainted."""
        if mask is None:
            return cls(None, (0, 0, *size))
        if mask.size != size:
            mask = mask.resize(size, Image.Resampling.NEAREST)
        box = mask.getbbox()
        return cls(mask, box) if box else None

    def cropped(self, image: Image.Image) -> Image.Image:
        """The part of an image."""
        return image if self.box == (0, 0, *image.size) else image.crop(self.box)


def _latent_noise(dice: Dice, size: tuple[int, int], box: Box) -> Image.Image:
    """Coloured blotches within a box, as a latent of pure noise decodes."""
    cells = max(1, size[0] // _LATENT_CELL), max(1, size[1] // _LATENT_CELL)
    lattice = Image.frombytes("RGB", cells, dice.noise(3 * cells[0] * cells[1]))
    return enlarged(lattice, size, box, Image.Resampling.NEAREST)


def _begun(spec: PictureSpec, start: Start, image: Image.Image, place: _Place) -> Image.Image:
    """What sampling begins with within the box: the image, or what stands under its mask."""
    part, mask = place.cropped(image), place.mask
    if mask is None or start.fill == _ORIGINAL:
        return part
    if start.fill == _LATENT_NOISE:
        dice = Dice("under", spec.values.get("seed"))
        above = _latent_noise(dice, image.size, place.box)
    elif start.fill == _LATENT_NOTHING:
        above = Image.new("RGB", part.size, _NOTHING)
    else:
        return place.cropped(fill(image, mask))
    return laid_over(part, above, place.cropped(mask))


def _decoded(image: Image.Image) -> Image.Image:
    """A picture that was a latent in between: without its details, and paler."""
    width, height = image.size
    cells = max(1, width // _LATENT_CELL), max(1, height // _LATENT_CELL)
    small = image.resize(cells, Image.Resampling.BOX)
    paler = Image.blend(small, Image.new("RGB", cells, _NOTHING), _LOST)
    return paler.resize(image.size, Image.Resampling.BILINEAR)


def _sampled(spec: PictureSpec, start: Start, share_seen: float, place: _Place) -> Image.Image:
    """What is painted over the start: other pixels than its own, and others over each start."""
    begun = ("denoising_strength", share(start.denoising)), ("start", start.image.digest)
    spec = replace(spec, recipe=(*spec.recipe, *begun))
    size, half = (spec.width, spec.height), (spec.width // 2, spec.height // 2)
    if share_seen > _FAINT or min(half) < _ENOUGH:
        return place.cropped(draw(spec).image())
    drawn = draw(replace(spec, width=half[0], height=half[1])).image()
    return enlarged(drawn, size, place.box, Image.Resampling.NEAREST)


def _over_itself(start: Start, size: tuple[int, int]) -> Overlay | None:
    """The overlay that shows the start again, so that both masks can be laid on at once."""
    over = start.overlay
    if start.mask is None or over is None or over.image != start.image:
        return None
    same_place = start.paste_to is None and start.image.image.size == size
    return over if same_place else None


def _in_place(spec: PictureSpec, start: Start, image: Image.Image) -> Image.Image:
    """The image with what is repainted of it; only that is reckoned."""
    place = _Place.of(start.mask.image if start.mask else None, image.size)
    kept = _decoded(image) if start.decoded and start.mask is not None else image
    if place is None:
        return kept
    painted, seen = _begun(spec, start, image, place), min(share(start.denoising) ** 2, _MOST)
    if seen > 0:
        painted = Image.blend(painted, _sampled(spec, start, seen, place), seen)
    if place.mask is None:
        return painted
    shown, over = place.cropped(place.mask), _over_itself(start, image.size)
    if over is not None:
        shown = ImageChops.multiply(shown, place.cropped(over.cut.image))
    found = kept.copy()
    found.paste(painted, place.box, shown)
    return found


def _as_shown(spec: PictureSpec, start: Start) -> PictureSpec:
    """The spec in the size in which its picture is put back, where that is smaller."""
    if start.overlay is None or start.paste_to is None:
        return spec
    shown = start.paste_to[2:]
    smaller = shown[0] <= spec.width and shown[1] <= spec.height
    if smaller and alike(shown, (spec.width, spec.height)):
        return replace(spec, width=shown[0], height=shown[1])
    return spec


def repaint(spec: PictureSpec, start: Start) -> Image.Image:
    """The start image, as much repainted as the denoising strength says.

    Args:
        spec: what would be drawn without it.
        start: the image, its mask, and how much of it stays.

    Returns:
        An RGB image.
    """
    spec = _as_shown(spec, start)
    image, size = in_mode(start.image.image, "RGB"), (spec.width, spec.height)
    if image.size != size:
        image = image.resize(size, Image.Resampling.BICUBIC)
    image = _in_place(spec, start, image)
    if start.overlay is not None and not _over_itself(start, size):
        over, cut = start.overlay
        image = apply_overlay(image, start.paste_to, in_mode(over.image, "RGB"), cut.image)
    return image
