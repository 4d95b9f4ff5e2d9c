"""Masks of img2img: what is repainted, where, and how it is put back.

Source: modules/masking.py and modules/processing.py (create_binary_mask, uncrop,
apply_overlay, StableDiffusionProcessingImg2Img.init) at v1.10.1.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil

from PIL import Image, ImageFilter, ImageOps

from mockserver.imaging.resize import CROP, in_mode, resize_image

Box = tuple[int, int, int, int]

_OPAQUE = (255, 255)
#: Radii beyond which a blur changes nothing.
_BLURRED = 4
_HALF = 128
#: Blur radii and how often each is laid down, the finest last.
_FILL_BLURS = ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1))
#: Blurs are made of a picture this many times smaller, but of none smaller than that many pixels.
_COARSER, _LEAST = 16, 32


def create_binary_mask(image: Image.Image, *, round_mask: bool = True) -> Image.Image:
    """A mask of mode L: the alpha of an RGBA image that is not opaque, else its brightness.

    Args:
        image: as sent.
        round_mask: alpha above 128 counts as 255, all other as 0.
    """
    if image.mode != "RGBA" or image.getextrema()[-1] == _OPAQUE:
        return in_mode(image, "L")
    alpha = image.getchannel("A")
    if not round_mask:
        return alpha
    return alpha.point([255 if level > _HALF else 0 for level in range(256)])


def invert_mask(mask: Image.Image) -> Image.Image:
    """Black for white.

    Args:
        mask: mode L, white is repainted.
    """
    return ImageOps.invert(mask)


def blur_mask(mask: Image.Image, x: float, y: float) -> Image.Image:
    """A mask with soft edges: ``mask_blur_x`` and ``mask_blur_y``; 0 and below do nothing.

    Args:
        mask: mode L, white is repainted.
        x: radius in pixels.
        y: radius in pixels.
    """
    box = mask.getbbox()
    if box is None or (x <= 0 and y <= 0):
        return mask
    # What is black from here on outwards stays black: most masks are much smaller than the picture.
    wide, high = (_BLURRED * max(ceil(radius), 0) + _BLURRED for radius in (x, y))
    part = (
        max(box[0] - wide, 0),
        max(box[1] - high, 0),
        min(box[2] + wide, mask.width),
        min(box[3] + high, mask.height),
    )
    blurred = mask.crop(part).filter(ImageFilter.GaussianBlur((max(x, 0), max(y, 0))))
    if blurred.size == mask.size:
        return blurred
    found = mask.copy()
    found.paste(blurred, part)
    return found


def doubled_mask(mask: Image.Image) -> Image.Image:
    """The mask for the overlay of a whole picture: twice as bright.

    Args:
        mask: mode L, white is repainted.
    """
    return mask.point([min(2 * level, 255) for level in range(256)])


def get_crop_region(mask: Image.Image, pad: int = 0) -> Box | None:
    """Bounds of what is not black, `pad` wider on each side; None for a black mask.

    Args:
        mask: mode L, white is repainted.
        pad: in pixels.

    Source: get_crop_region_v2.
    """
    box = mask.getbbox()
    if box is None or not pad:
        return box
    left, top, right, bottom = box
    return (
        max(left - pad, 0),
        max(top - pad, 0),
        min(right + pad, mask.width),
        min(bottom + pad, mask.height),
    )


def _widened(low: int, high: int, wanted: float, limit: int) -> tuple[int, int]:
    """A span made `wanted` long within 0 and `limit`, as far as that can be."""
    more = int(wanted - (high - low))
    low -= more // 2
    high += more - more // 2
    if high >= limit:
        low, high = low - (high - limit), limit
    if low < 0:
        low, high = 0, high - low
    return low, min(high, limit)


def expand_crop_region(region: Box, processing: tuple[int, int], image: tuple[int, int]) -> Box:
    """A region made to have the shape in which it will be processed.

    Args:
        region: left, top, right, bottom.
        processing: width and height of processing.
        image: width and height of the whole image.
    """
    left, top, right, bottom = region
    ratio = processing[0] / processing[1]
    if (right - left) / (bottom - top) > ratio:
        top, bottom = _widened(top, bottom, (right - left) / ratio, image[1])
    else:
        left, right = _widened(left, right, (bottom - top) * ratio, image[0])
    return left, top, right, bottom


def masked_image(image: Image.Image, mask: Image.Image) -> Image.Image:
    """RGBA: the image where the mask is black, transparent where it is white.

    Args:
        image: a picture; it is not changed.
        mask: mode L, white is repainted.
    """
    visible = Image.new("RGBa", image.size)
    inverted = ImageOps.invert(mask.convert("L"))
    visible.paste(image.convert("RGBA").convert("RGBa"), mask=inverted)
    return visible.convert("RGBA")


def fill(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The masked part filled with the colours around it, blurred (``inpainting_fill`` 0).

    Args:
        image: a picture; it is not changed.
        mask: mode L, white is repainted.
    """
    image, mask = in_mode(image, "RGB"), in_mode(mask, "L")
    box = mask.getbbox()
    if box is None:
        return image
    coarser = max(min(_COARSER, min(image.size) // _LEAST), 1)
    visible = _premultiplied(image.reduce(coarser), mask.reduce(coarser))
    filled = Image.new("RGBA", visible.size)
    wide = [(radius, times) for radius, times in _FILL_BLURS if 2 * radius > coarser]
    # Blurs that a coarser picture doesn't show are one layer.
    sharp = sum(times for radius, times in _FILL_BLURS if 2 * radius <= coarser)
    for radius, times in (*wide, (0, sharp)):
        blurred = visible.filter(ImageFilter.GaussianBlur(radius / coarser)).convert("RGBA")
        # Laid down several times it covers as one layer that is as much thicker.
        blurred.putalpha(blurred.getchannel("A").point(_thicker(times)))
        filled.alpha_composite(blurred)
    ground = enlarged(filled.convert("RGB"), image.size, box)
    found = image.copy()
    found.paste(ground, box, mask.crop(box))
    return found


def enlarged(
    image: Image.Image,
    size: tuple[int, int],
    box: Box,
    method: Image.Resampling = Image.Resampling.BILINEAR,
) -> Image.Image:
    """The part within `box` of an image that is enlarged to `size`.

    Args:
        image: a picture; it is not changed.
        size: width and height of the whole in pixels.
        box: left, top, right and bottom in the whole.
        method: Pillow's, bilinear by default.
    """
    wide, high = image.width / size[0], image.height / size[1]
    part = (box[0] * wide, box[1] * high, box[2] * wide, box[3] * high)
    wanted = box[2] - box[0], box[3] - box[1]
    return image.resize(wanted, method, part)


def _premultiplied(image: Image.Image, mask: Image.Image) -> Image.Image:
    """RGBa of the image where the mask is black."""
    bare = laid_over(image, Image.new("RGB", image.size), mask)
    return Image.merge("RGBa", (*bare.split(), ImageOps.invert(mask)))


@lru_cache(maxsize=8)
def _thicker(times: int) -> list[int]:
    """Levels of alpha of so many layers upon each other."""
    return [round(255 - 255 * ((255 - level) / 255) ** times) for level in range(256)]


def laid_over(below: Image.Image, above: Image.Image, mask: Image.Image) -> Image.Image:
    """One picture with another upon it, as far as a mask is white.

    It works on the part within the mask's bounds, which is small most of the time.

    Args:
        below: a picture; it is not changed.
        above: of the same size and mode.
        mask: mode L, of the same size.
    """
    found, box = below.copy(), mask.getbbox()
    if box is not None:
        found.paste(above.crop(box), box, mask.crop(box))
    return found


def uncrop(image: Image.Image, size: tuple[int, int], paste_to: Box) -> Image.Image:
    """RGBA of `size`, transparent but for the image at `paste_to` (x, y, width, height).

    Args:
        image: a picture; it is not changed.
        size: width and height in pixels.
        paste_to: x, y, width and height in pixels.
    """
    x, y, width, height = paste_to
    whole = Image.new("RGBA", size)
    whole.paste(resize_image(CROP, image, width, height), (x, y))
    return whole


def _back_in_place(image: Image.Image, size: tuple[int, int], paste_to: Box) -> Image.Image:
    """RGB of `size`, black but for the image at `paste_to`; what `uncrop` gives, made faster."""
    x, y, width, height = paste_to
    if image.width * height == image.height * width:
        part = image.resize((width, height), Image.Resampling.BILINEAR)
    else:
        part = resize_image(CROP, image, width, height)
    whole = Image.new("RGB", size)
    whole.paste(part, (x, y))
    return whole


def apply_overlay(
    image: Image.Image, paste_to: Box | None, overlay: Image.Image, cut: Image.Image
) -> Image.Image:
    """The image below its overlay, RGB.

    Args:
        image: what was painted, RGB.
        paste_to: where it goes in a picture of the overlay's size; None: it has that size.
        overlay: RGB.
        cut: mode L, of the overlay's size; the image is seen where it is white.
    """
    if paste_to is not None:
        image = _back_in_place(image, overlay.size, paste_to)
    return laid_over(overlay, image, cut)
