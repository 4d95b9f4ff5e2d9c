"""Pictures in requests as stb_image reads them: base64 that ends at the first odd character."""

from __future__ import annotations

import base64
import io
import re

from PIL import Image

_ALPHABET = re.compile(r"[A-Za-z0-9+/]*")
#: Formats that both stb_image and Pillow read.
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TGA", "PSD", "PPM")
_GREY = ("1", "L", "LA", "I", "I;16", "F")


def decode(text: str) -> bytes:
    """The bytes up to the first character outside base64's alphabet."""
    found = _ALPHABET.match(text)
    kept = found[0] if found else ""
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    return base64.b64decode(kept + "=" * (-len(kept) % 4))


def read(data: bytes) -> Image.Image | None:
    """The picture of a file; None for one that stb_image does not read (WEBP among them)."""
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return image


def is_grey(image: Image.Image) -> bool:
    """Whether a file has fewer than three channels."""
    return image.mode in _GREY


def fitted(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of a picture in the size's proportions, scaled to that size, RGB."""
    width, height = image.size
    wanted = size[0] / size[1]
    if width / height > wanted:
        kept = max(1, int(height * wanted))
        left = (width - kept) // 2
        box = (left, 0, left + kept, height)
    else:
        kept = max(1, int(width / wanted))
        top = (height - kept) // 2
        box = (0, top, width, top + kept)
    return image.convert("RGB").crop(box).resize(size)
