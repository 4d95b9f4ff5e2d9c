"""What img2img begins to paint from: its picture made to fit, and what of it is repainted.

What the request wants under the mask makes no difference, nor do the two sides of its blur.
Recorded: i2i/mask-fill2, mask-blur-xy; resize1, mask-full-res and mask-blur do make one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.picture import masking
from mockserver.picture.resize import CROP, FILL, STRETCH, flatten, resize_image
from mockserver.picture.spec import Pixels, Start

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.families.sdnext.source import Source

    Size = tuple[int, int]

_WHITE = "#ffffff"
#: Resize modes by number as the webui's; the painting of those it lacks is no other.
_MODES = {2: CROP, 3: FILL}


def start_of(source: Source, size: Size, values: dict[str, Any]) -> Start:
    """The beginning of a painting of that size.

    Args:
        source: picture and mask, as sent.
        size: of the painting.
        values: the request's fields.
    """
    image = _fitted(flatten(source.picture, _WHITE), size, values)
    denoising = float(values["denoising_strength"])
    if source.mask is None:
        return Start(Pixels(image), denoising)
    mask = _mask(source.mask, size, values)
    region = masking.get_crop_region(mask, values["inpaint_full_res_padding"] or 0)
    if not values["inpaint_full_res"] or region is None:
        return Start(Pixels(image), denoising, Pixels(mask))
    left, top, right, bottom = box = masking.expand_crop_region(region, size, size)
    return Start(
        Pixels(image.crop(box).resize(size)),
        denoising,
        Pixels(mask.crop(box).resize(size)),
        overlay=Pixels(masking.masked_image(image, mask)),
        paste_to=(left, top, right - left, bottom - top),
    )


def _fitted(image: Image.Image, size: Size, values: dict[str, Any]) -> Image.Image:
    return resize_image(_MODES.get(values["resize_mode"] or 0, STRETCH), image, *size)


def _mask(mask: Image.Image, size: Size, values: dict[str, Any]) -> Image.Image:
    grey = _fitted(masking.create_binary_mask(mask), size, values)
    if values["inpainting_mask_invert"]:
        grey = masking.invert_mask(grey)
    blur = values["mask_blur"] or 0
    return masking.blur_mask(grey, blur, blur)
