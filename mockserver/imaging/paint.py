"""Paint the picture of a spec.

txt2img draws what the recipe says. img2img paints that over the picture it starts from, as far
as the denoising strength goes and where its mask allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.imaging.art.noise import Dice
from mockserver.imaging.drawing.painter import draw, share

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.imaging.raster import Raster
    from mockserver.imaging.spec import PictureSpec, Start


#: What a latent of zeroes decodes to.
_NOTHING = (128, 122, 114)
_LATENT_NOISE, _LATENT_NOTHING, _ORIGINAL = 2, 3, 1


def _beginning(start: Start, size: tuple[int, int], dice: Dice) -> Image.Image:
    """The image that img2img starts from, with what stands under its mask."""
    from PIL import Image  # noqa: PLC0415 - txt2img never needs it

    from mockserver.imaging.art.noise import latent_noise  # noqa: PLC0415 - the same
    from mockserver.imaging.masking import fill  # noqa: PLC0415 - the same

    image = start.image.image.convert("RGB")
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS)
    if start.mask is None or start.fill == _ORIGINAL:
        return image
    mask = start.mask.image
    if start.fill == _LATENT_NOISE:
        return Image.composite(latent_noise(dice, size), image, mask)
    if start.fill == _LATENT_NOTHING:
        return Image.composite(Image.new("RGB", size, _NOTHING), image, mask)
    return fill(image, mask)


def _from_start(spec: PictureSpec, start: Start) -> Image.Image:
    """The start image, as much repainted as the denoising strength says."""
    from PIL import Image  # noqa: PLC0415 - txt2img never needs it

    from mockserver.imaging.masking import apply_overlay  # noqa: PLC0415 - the same

    size = spec.width, spec.height
    begun = _beginning(start, size, Dice("under", spec.values.get("seed")))
    strength = share(start.denoising)
    image = begun
    if strength > 0:
        image = Image.blend(begun, draw(spec).image(), min(strength * strength, 0.97))
    if start.mask is not None:
        kept = start.image.image.convert("RGB")
        kept = kept if kept.size == size else begun
        image = Image.composite(image, kept, start.mask.image)
    if start.overlay is not None:
        image = apply_overlay(image, start.paste_to, start.overlay.image)
    return image


def render(spec: PictureSpec) -> Image.Image | Raster:
    """The picture of a spec as it comes about; the same spec always gives the same pixels.

    Args:
        spec: what it is made from.

    Returns:
        Image data for a picture drawn from nothing, an RGB image for one that starts from another.
    """
    return draw(spec) if spec.start is None else _from_start(spec, spec.start)


def paint(spec: PictureSpec) -> Image.Image:
    """The picture of a spec, RGB; the same spec always gives the same pixels."""
    return draw(spec).image() if spec.start is None else _from_start(spec, spec.start)
