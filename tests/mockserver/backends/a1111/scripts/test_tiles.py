"""Tiles of a picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mockserver.backends.a1111.scripts.sd_upscale import split
from mockserver.core.errors import ServerError

GRADIENT = Image.linear_gradient("L").convert("RGB")


@given(
    width=st.integers(80, 160),
    height=st.integers(80, 160),
    tile=st.integers(32, 80),
    overlap=st.integers(0, 24),
)
def test_tiles_put_together_are_the_picture(
    width: int, height: int, tile: int, overlap: int
) -> None:
    image = GRADIENT.resize((width, height))
    tiles = split(image, tile, tile, overlap)
    # The webui's own rounding may leave the last line or column of pixels out.
    end = (0, 0, tiles.lefts[-1] + tile, tiles.tops[-1] + tile)

    whole = tiles.combined([image.crop(box) for box in tiles.boxes])
    assert whole.crop(end).tobytes() == image.crop(end).tobytes()
    assert width - end[2] <= 1
    assert height - end[3] <= 1


def test_tiles_lie_evenly_and_end_at_the_edges() -> None:
    tiles = split(GRADIENT.resize((160, 64)), 64, 64, 16)

    assert (tiles.lefts, tiles.tops) == ([0, 48, 96], [0])


def test_a_tile_fades_into_the_next_one() -> None:
    tiles = split(Image.new("RGB", (96, 64)), 64, 64, 32)
    black, white = (Image.new("RGB", (64, 64), colour) for colour in ("black", "white"))

    row = [tiles.combined([black, white]).getpixel((x, 5)) for x in (31, 48, 64)]

    assert row[0] == (0, 0, 0)
    assert (0, 0, 0) < row[1] < (255, 255, 255)
    assert row[2] == (255, 255, 255)


def test_rows_without_tiles_are_black() -> None:
    tiles = split(GRADIENT.resize((320, 64)), 64, 64, 128)
    tiles.check()

    assert tiles.boxes == []
    assert tiles.combined([]).tobytes() == Image.new("RGB", (320, 64)).tobytes()


def test_a_picture_smaller_than_the_overlap_has_no_tiles() -> None:
    tiles = split(Image.new("RGB", (8, 8)), 64, 64, 16)

    with pytest.raises(ServerError, match="IndexError: list index out of range"):
        tiles.check()
