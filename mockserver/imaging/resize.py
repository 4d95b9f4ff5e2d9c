"""Resizing pictures as the webui does, and putting several into a grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageColor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


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

    Args:
        image: a picture; it is not changed.
        scale: by which it grows.
        name: of the upscaler.
        multiple: of which the sides are; 8 by default.

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


#: resize_mode values with a name; every other one fills.
STRETCH, CROP, FILL, LATENT = range(4)

Size = tuple[int, int]


def alike(one: Size, other: Size) -> bool:
    """Whether two sizes have the same shape, but for a pixel.

    Args:
        one: width and height, above 0.
        other: likewise.
    """
    return abs(one[0] * other[1] - one[1] * other[0]) <= max(other)


def in_mode(image: Image.Image, mode: str) -> Image.Image:
    """The image in that mode; where it has it already, itself and no copy.

    Args:
        image: a picture; it is not changed.
        mode: Pillow's name of it.
    """
    return image if image.mode == mode else image.convert(mode)


def flatten(image: Image.Image, background: str) -> Image.Image:
    """RGB without transparency: an RGBA image on a background, any other converted.

    What is RGB already is no copy.

    Args:
        image: a picture; it is not changed.
        background: a colour as Pillow takes it.

    Raises:
        ValueError: the background (option img2img_background_color) names no colour.
    """
    if image.mode == "RGBA":
        ground = Image.new("RGBA", image.size, background)
        ground.paste(image, mask=image)
        image = ground
    return in_mode(image, "RGB")


def _scaled(image: Image.Image, size: Size, upscaler: str | None) -> Image.Image:
    """The image in exactly that size, enlarged by the upscaler where one is chosen."""
    lanczos = Image.Resampling.LANCZOS
    if image.size == size:
        return image
    if upscaler in (None, NONE) or image.mode == "L":
        return image.resize(size, lanczos)
    scale = max(size[0] / image.width, size[1] / image.height)
    if scale > 1:
        image = upscale(image, scale, str(upscaler))
    return image if image.size == size else image.resize(size, lanczos)


def _inner(image: Image.Image, size: Size, *, cover: bool) -> Size:
    """Size of the image within `size`: covering it, or all inside it."""
    width, height = size
    wider = width / height > image.width / image.height
    taller = width / height < image.width / image.height
    by_width = width, image.height * width // image.width
    by_height = image.width * height // image.height, height
    if not wider and not taller:
        return width, height
    return by_width if wider == cover else by_height


def _centred(inner: Image.Image, size: Size) -> tuple[Image.Image, Size]:
    canvas = Image.new("RGB", size)
    at = size[0] // 2 - inner.width // 2, size[1] // 2 - inner.height // 2
    canvas.paste(inner, at)
    return canvas, at


def _crop(image: Image.Image, size: Size, scaled: Callable[[Size], Image.Image]) -> Image.Image:
    return _centred(scaled(_inner(image, size, cover=True)), size)[0]


def _fill(image: Image.Image, size: Size, scaled: Callable[[Size], Image.Image]) -> Image.Image:
    """The whole image in the middle, its outermost pixels drawn out to the edges."""
    inner = scaled(_inner(image, size, cover=False))
    canvas, (left, top) = _centred(inner, size)
    width, height = size
    if inner.width == width and top > 0:
        for box, y in (((0, 0, width, 0), 0), ((0, inner.height, width, inner.height), top)):
            at = 0 if y == 0 else top + inner.height
            canvas.paste(inner.resize((width, top), box=box), (0, at))
    elif inner.height == height and left > 0:
        for box, x in (((0, 0, 0, height), 0), ((inner.width, 0, inner.width, height), left)):
            at = 0 if x == 0 else left + inner.width
            canvas.paste(inner.resize((left, height), box=box), (at, 0))
    return canvas


def resize_image(
    mode: int, image: Image.Image, width: int, height: int, upscaler: str | None = None
) -> Image.Image:
    """An image made to fit.

    Args:
        mode: 0 stretches (an image of that size is no copy), 1 covers and crops, any other shows
            the whole image and draws out its edges (2; mode 3 resizes latents and never comes
            here).
        image: of any mode; modes 1 and 2 give RGB.
        width: wanted.
        height: wanted.
        upscaler: option upscaler_for_img2img; None or ``None`` is Lanczos.

    Raises:
        ValueError, ZeroDivisionError: a size of 0.
    """
    size = (width, height)

    def scaled(inner: Size) -> Image.Image:
        return _scaled(image, inner, upscaler)

    if mode == STRETCH:
        return scaled(size)
    return _crop(image, size, scaled) if mode == CROP else _fill(image, size, scaled)


def grid_rows(count: int, options: Mapping[str, Any], batch_size: int = 1) -> int:
    """Rows of a grid of `count` pictures.

    Args:
        count: at least 1.
        options: n_rows: above 0 so many, 0 the batch size, below 0 about the square root;
            grid_prevent_empty_spots: the largest divisor up to that root instead.
        batch_size: pictures made at once.
    """
    n_rows = options["n_rows"]
    if n_rows > 0:
        return int(n_rows)
    if n_rows == 0:
        return batch_size
    if not options["grid_prevent_empty_spots"]:
        return round(math.sqrt(count))
    rows = math.isqrt(count)
    while count % rows != 0:
        rows -= 1
    return rows


def image_grid(
    images: Sequence[Image.Image],
    options: Mapping[str, Any],
    batch_size: int = 1,
    rows: int | None = None,
    mode: str = "RGB",
) -> Image.Image:
    """Pictures beside and below each other, row by row, in the size of the first.

    Args:
        images: at least one.
        options: as for `grid_rows`, and grid_background_color, seen where a row is not full.
        batch_size: likewise.
        rows: so many rows, whatever the options say; never more than pictures.
        mode: Pillow's mode of the grid.

    Raises:
        ValueError: the option names no colour.
    """
    background = ImageColor.getcolor(options["grid_background_color"], mode)
    rows = min(rows or grid_rows(len(images), options, batch_size), len(images))
    columns = math.ceil(len(images) / rows)
    width, height = images[0].size
    grid = Image.new(mode, (columns * width, rows * height), background)
    for number, image in enumerate(images):
        grid.paste(image, (number % columns * width, number // columns * height))
    return grid
