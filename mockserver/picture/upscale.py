"""Upscalers: all that a mock needs of them is the size they give.

Source: modules/upscaler.py, Upscaler.upscale, at v1.10.1. Those with a model of their own are
treated like Lanczos: their model would only change how the same picture looks.
"""

from __future__ import annotations

from PIL import Image

_STEP = 8
#: A picture beyond this many pixels is more than the simulated machine has memory for.
_MOST_PIXELS = 1 << 26
_PASSES = 3
NONE, NEAREST = "None", "Nearest"


def _pass(image: Image.Image, scale: float, name: str) -> Image.Image:
    """One go of an upscaler; ``None`` leaves the image as it is."""
    if name == NONE:
        return image
    method = Image.Resampling.NEAREST if name == NEAREST else Image.Resampling.LANCZOS
    return image.resize((int(image.width * scale), int(image.height * scale)), method)


def upscale(image: Image.Image, scale: float, name: str, multiple: int = _STEP) -> Image.Image:
    """An image scaled by `scale`, its sides rounded down to multiples of 8, or of another number.

    A factor below 1 never reaches the upscaler: the image is resized.

    Raises:
        ValueError: the factor is infinite, or so small that a side becomes 0.
        MemoryError: the result would be larger than the mock cares to make.
    """
    wide = int(image.width * scale // multiple * multiple)
    high = int(image.height * scale // multiple * multiple)
    if wide * high > _MOST_PIXELS:
        raise MemoryError
    for number in range(_PASSES):
        large = image.width >= wide and image.height >= high
        if large and (number > 0 or scale != 1):
            break
        before = image.size
        image = _pass(image, scale, name)
        if image.size == before:
            break
    if image.size != (wide, high):
        image = image.resize((wide, high), Image.Resampling.LANCZOS)
    return image
