"""The pictures that img2img starts from.

Source: examples/server/routes_sdapi.cpp; recorded: group i2i. A picture that cannot be read is
as good as none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import ImageOps

from mockserver.families._cpp import image_file
from mockserver.families.sdcpp.nlohmann import Fields, as_text

if TYPE_CHECKING:
    from PIL import Image

_UNSET = -1


def read_size(body: dict[str, Any], *images: Image.Image | None) -> tuple[int, int]:
    """Width and height that are asked for: by the request, else by a picture, else 512."""
    fields = Fields(body)
    found = [fields.whole(side, _UNSET) for side in ("width", "height")]
    for image in images:
        if image is not None:
            found = [a if a > 0 else b for a, b in zip(found, image.size, strict=True)]
    width, height = (side if side > 0 else 512 for side in found)
    return width, height


def _expected(body: dict[str, Any]) -> tuple[int, int] | None:
    """The size to which pictures are fitted; None to leave them as they are."""
    fields = Fields(body)
    width, height = fields.whole("width", _UNSET), fields.whole("height", _UNSET)
    return (width, height) if width > 0 and height > 0 else None


def read_init(body: dict[str, Any]) -> Image.Image | None:
    """The first picture.

    Raises:
        JsonError: it is no text; recorded: i2i/int.
    """
    given = body.get("init_images")
    if not isinstance(given, list) or not given:
        return None
    return image_file.read(_decode(as_text(given[0])), _expected(body), webp=True)


def read_mask(body: dict[str, Any]) -> Image.Image | None:
    """The mask in mode L, white is painted over; None for all of it.

    Raises:
        JsonError: ``inpainting_mask_invert`` is no number.
    """
    given = body.get("mask")
    if not isinstance(given, str):
        return None
    mask = image_file.read_mask(_decode(given), _expected(body), webp=True)
    inverted = Fields(body).whole("inpainting_mask_invert", 0) != 0
    return ImageOps.invert(mask) if mask is not None and inverted else mask


def _decode(text: str) -> bytes:
    """The bytes of base64, with or without the start of a data URI."""
    head, comma, rest = text.partition(",")
    return image_file.decode(rest if comma and head.startswith("data:") else text)
