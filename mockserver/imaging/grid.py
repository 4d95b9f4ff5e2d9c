"""Grids of pictures.

Source: modules/images.py, image_grid, at v1.10.1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageColor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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
