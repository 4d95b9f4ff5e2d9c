"""The picture that a unit looks at, and how it is fitted to the size of a generation.

Source: internal_controlnet/args.py ``get_input_images_rgba``, scripts/controlnet.py
``choose_input_image``, ``try_crop_image_with_a1111_mask`` and ``detectmap_proc`` at 56cec5b2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image, ImageFilter, ImageOps, ImageStat

from mockserver.backends.a1111.input_images import loaded, read_picture
from mockserver.core.errors import ServerError
from mockserver.extensions.controlnet.units import CROP, FILL, RESIZE
from mockserver.imaging.masking import expand_crop_region, get_crop_region
from mockserver.imaging.resize import resize_image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


#: Resize modes by the number that img2img gives them; 3 and all others just resize.
_BY_NUMBER = {0: RESIZE, 1: CROP, 2: FILL}
_NUMBERS = {RESIZE: 0, CROP: 1, FILL: 2}
_ALMOST_BLACK, _ALMOST_WHITE = 5, 250
_PAIR = 2
_OPAQUE = 255


def rgb(image: Image.Image) -> Image.Image:
    """Three channels; what is transparent lies on white.

    Args:
        image: a picture; it is not changed.
    """
    if image.mode == "RGBA":
        white = Image.new("RGB", image.size, (_OPAQUE,) * 3)
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image if image.mode == "RGB" else image.convert("RGB")


def parsed(server: GenerationContext, sent: Any) -> Image.Image:
    """One picture of a unit: RGB, a grey one in three channels.

    Args:
        server: what generations work with.
        sent: as the request has it, of whatever type.

    Raises:
        ServerError: it is no text, or has four channels, which the extension refuses.
        HTTPError: it cannot be decoded, or is an address.
    """
    if not isinstance(sent, str):
        raise ServerError("ValueError", f"Unrecognized image format {sent}.")
    image = loaded(read_picture(sent, server.options, server.inputs))
    if image.mode in {"RGBA", "LA"}:
        raise ServerError("AssertionError", "")
    return image.convert("RGB")


def _pairs(unit: Mapping[str, Any]) -> list[tuple[Any, Any]] | None:
    """(picture, mask) pairs of a unit's ``image`` and ``mask``; None for no picture."""
    image, mask = unit["image"], unit["mask"]
    if image is None:
        if mask is not None:
            raise ServerError("AssertionError", "")
        return None
    if isinstance(image, dict):
        image = [image]
    if isinstance(image, str):
        return [(image, mask)]
    if not isinstance(image, list):
        raise ServerError("ValueError", f"Unrecognized image field {image}")
    if not image:
        raise ServerError("ValueError", f"{image} is not a valid 'image' field value")
    if not isinstance(image[0], dict):
        if len(image) != _PAIR:
            raise ServerError("AssertionError", "")
        return [(image[0], image[1])]
    if not all(isinstance(item, dict) for item in image):
        raise ServerError("AssertionError", "")
    return [(item.get("image"), item.get("mask")) for item in image]


def unit_picture(server: GenerationContext, unit: Mapping[str, Any]) -> Image.Image | None:
    """The unit's own picture with its mask as alpha (black where there is none).

    Args:
        server: what generations work with.
        unit: one of the request's.

    Raises:
        ServerError: forms that the extension does not take; a mask of another size.
        HTTPError: a picture that cannot be decoded.
    """
    pairs = _pairs(unit)
    if pairs is None:
        return None
    found = []
    for image, mask in pairs:
        if image is None:
            raise ServerError("AssertionError", "")
        picture = parsed(server, image)
        found.append(with_mask(picture, None if mask is None else parsed(server, mask)))
    if len(found) > 1:
        raise ServerError("AssertionError", "")
    return found[0]


def with_mask(picture: Image.Image, mask: Image.Image | None) -> Image.Image:
    """RGBA, the mask's first channel as alpha.

    Args:
        picture: RGB.
        mask: its first channel counts; None for a black one.

    Raises:
        ServerError: the mask has another size.
    """
    if mask is not None and mask.size != picture.size:
        text = f"image shape {picture.size[::-1]} not aligned with mask shape {mask.size[::-1]}"
        raise ServerError("ValueError", text)
    alpha = Image.new("L", picture.size, 0) if mask is None else mask.getchannel(0)
    joined = picture.convert("RGBA")
    joined.putalpha(alpha)
    return joined


def as_input(server: GenerationContext, picture: Image.Image, *, keep_mask: bool) -> Image.Image:
    """What the module gets of a unit's picture.

    With its mask where that is wanted; else the mask alone where one was drawn upon the picture
    ("canvas scribble"), else the picture alone.

    Args:
        server: what generations work with.
        picture: RGBA, as the unit has it.
        keep_mask: whether the module looks at the mask.
    """
    if keep_mask:
        return picture
    low, high = picture.getchannel("A").getextrema()
    ignored = server.options["controlnet_ignore_noninpaint_mask"]
    if ignored or int(high) <= _ALMOST_BLACK or int(low) >= _ALMOST_WHITE:  # type: ignore[arg-type]
        return picture.convert("RGB")
    return picture.getchannel("A").convert("RGB")


def init_picture(p: Processing, *, inpaint: bool) -> tuple[Image.Image, str] | None:
    """The init image of img2img with the resize mode of the request; None where there is none.

    Args:
        p: the generation.
        inpaint: whether the request's mask becomes its alpha.

    Raises:
        ServerError: the request's mask has another size.
    """
    images = p.init_images
    if not images:
        return None
    picture = rgb(loaded(images[0]))
    mode = _BY_NUMBER.get(p.resize_mode, RESIZE)
    if not inpaint:
        return picture, mode
    mask = None
    if is_mask(p.image_mask):
        mask = prepared_mask(p)
        if mask.size != picture.size:
            raise ServerError("AssertionError", "")
    return with_mask(picture, mask), mode


def is_mask(sent: Any) -> bool:
    """Whether a request has a mask; an empty text is none.

    Args:
        sent: as the request has it, of whatever type.
    """
    return isinstance(sent, Image.Image)


def prepared_mask(p: Processing) -> Image.Image:
    """The request's mask, inverted and blurred as the request asks.

    Args:
        p: the generation.
    """
    mask = loaded(p.image_mask).convert("L")
    if p.inpainting_mask_invert:
        mask = ImageOps.invert(mask)
    blur = p.mask_blur
    return mask.filter(ImageFilter.GaussianBlur(blur)) if blur and blur > 0 else mask


def cropped(p: Processing, picture: Image.Image, mode: str) -> Image.Image:
    """The part of the picture that "Only masked" repaints, in the size of the generation.

    Args:
        p: the generation.
        picture: as large as the init image.
        mode: the unit's resize mode.
    """
    mask = prepared_mask(p)
    region = get_crop_region(mask, p.inpaint_full_res_padding)
    if region is None:
        return picture
    region = expand_crop_region(region, (p.width, p.height), mask.size)

    def part(channels: Image.Image) -> Image.Image:
        whole = resize_image(_NUMBERS[mode], channels, mask.width, mask.height)
        return resize_image(_NUMBERS[FILL], whole.crop(region), p.width, p.height)

    colours = part(picture.convert("RGB"))
    if picture.mode != "RGBA":
        return colours
    return with_mask(colours, part(picture.getchannel("A").convert("RGB")))


def fitted(detected: Image.Image, mode: str, size: tuple[int, int]) -> Image.Image:
    """A detected map in the size of the generation.

    Args:
        detected: RGB, or RGBA for a map with a mask.
        mode: the resize mode.
        size: width and height in pixels.

    Raises:
        ServerError: a size of nought.
    """
    width, height = size
    if width <= 0 or height <= 0:
        raise ServerError("error", "OpenCV: inv_scale_x > 0")
    if mode == RESIZE or detected.size == size:
        return _scaled(detected, size)
    ratios = (height / detected.height, width / detected.width)
    factor = min(ratios) if mode == FILL else max(ratios)
    inner = _scaled(detected, (round(detected.width * factor), round(detected.height * factor)))
    if mode != FILL:
        left, top = max(0, (inner.width - width) // 2), max(0, (inner.height - height) // 2)
        return inner.crop((left, top, left + width, top + height))
    whole = Image.new(detected.mode, size, _border_colour(detected))
    whole.paste(inner, (max(0, (width - inner.width) // 2), max(0, (height - inner.height) // 2)))
    return whole


def _scaled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Few colours stay exact; a mask stays black and white."""
    if image.size == size:
        return image
    size = (max(1, size[0]), max(1, size[1]))
    if image.mode == "RGBA":
        alpha = image.getchannel("A").resize(size, Image.Resampling.BILINEAR)
        joined = _scaled(image.convert("RGB"), size).convert("RGBA")
        joined.putalpha(alpha.point([0 if level < 128 else 255 for level in range(256)]))  # noqa: PLR2004 - half
        return joined
    colours = image.getcolors(200)
    exact = colours is not None and len(colours) > _PAIR
    smaller = size[0] * size[1] < image.width * image.height
    way = Image.Resampling.BOX if smaller else Image.Resampling.BICUBIC
    scaled = image.resize(size, Image.Resampling.NEAREST if exact else way)
    if colours is not None and len(colours) == _PAIR:
        return scaled.point([0 if level < 128 else 255 for level in range(256)] * 3)  # noqa: PLR2004 - half
    return scaled


def _border_colour(image: Image.Image) -> tuple[int, ...]:
    """The median colour of the edge; the mask is white there."""
    width, height = image.size
    edges = Image.new(image.mode, (2 * (width + height), 1))
    edges.paste(image.crop((0, 0, width, 1)), (0, 0))
    edges.paste(image.crop((0, height - 1, width, height)), (width, 0))
    for number, x in enumerate((0, width - 1)):
        column = image.crop((x, 0, x + 1, height)).transpose(Image.Transpose.ROTATE_90)
        edges.paste(column, (2 * width + number * height, 0))
    median = [int(level) for level in ImageStat.Stat(edges).median]
    return (*median[:3], _OPAQUE) if len(median) > 3 else tuple(median)  # noqa: PLR2004 - RGBA
