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


def read(
    data: bytes, size: tuple[int, int] | None = None, *, webp: bool = False
) -> Image.Image | None:
    """The picture of a file, RGB; None for one that is not read, or has under three channels.

    Args:
        data: the file.
        size: to which it is fitted; None leaves it as it is.
        webp: whether the program reads WEBP beside what stb_image reads. Recorded:
            i2i/webp-input, which KoboldCpp refuses and stable-diffusion.cpp starts from.
    """
    image = _load(data, webp=webp)
    if image is None or image.mode in _GREY:
        return None
    return fitted(image.convert("RGB"), size or image.size)


def read_mask(
    data: bytes, size: tuple[int, int] | None = None, *, webp: bool = False
) -> Image.Image | None:
    """Likewise in one channel, of any picture that is read at all."""
    image = _load(data, webp=webp)
    return None if image is None else fitted(image.convert("L"), size or image.size)


def _load(data: bytes, *, webp: bool) -> Image.Image | None:
    formats = (*_FORMATS, "WEBP") if webp else _FORMATS
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
        image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return image


def fitted(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of a picture in the size's proportions, scaled to that size."""
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
    return image.crop(box).resize(size)
