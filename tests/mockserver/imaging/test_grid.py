"""Grids."""

from __future__ import annotations

import pytest
from PIL import Image

from mockserver.imaging.resize import grid_rows, image_grid

OPTIONS = {
    "n_rows": -1,
    "grid_prevent_empty_spots": False,
    "grid_background_color": "#102030",
}


@pytest.mark.parametrize(
    ("count", "options", "rows"),
    [
        pytest.param(1, {}, 1, id="one"),
        pytest.param(2, {}, 1, id="two"),
        pytest.param(3, {}, 2, id="three"),
        pytest.param(6, {}, 2, id="six"),
        pytest.param(9, {}, 3, id="nine"),
        pytest.param(7, {"grid_prevent_empty_spots": True}, 1, id="a prime without gaps"),
        pytest.param(12, {"grid_prevent_empty_spots": True}, 3, id="twelve without gaps"),
        pytest.param(8, {"n_rows": 4}, 4, id="so many"),
        pytest.param(8, {"n_rows": 0}, 2, id="the batch size"),
    ],
)
def test_rows(count: int, options: dict[str, int], rows: int) -> None:
    assert grid_rows(count, {**OPTIONS, **options}, batch_size=2) == rows


def test_pictures_are_laid_out_row_by_row_on_the_background() -> None:
    images = [Image.new("RGB", (10, 8), colour) for colour in ("red", "lime", "blue")]

    grid = image_grid(images, OPTIONS)

    assert grid.size == (20, 16)
    assert grid.getpixel((5, 4)) == (255, 0, 0)
    assert grid.getpixel((15, 4)) == (0, 255, 0)
    assert grid.getpixel((5, 12)) == (0, 0, 255)
    assert grid.getpixel((15, 12)) == (16, 32, 48)


@pytest.mark.parametrize(
    ("rows", "size"),
    [
        pytest.param(1, (30, 8), id="one row"),
        pytest.param(3, (10, 24), id="a column"),
        pytest.param(9, (10, 24), id="never more rows than pictures"),
    ],
)
def test_rows_can_be_asked_for(rows: int, size: tuple[int, int]) -> None:
    images = [Image.new("RGB", (10, 8))] * 3

    assert image_grid(images, OPTIONS, rows=rows).size == size
