"""Image data made without an imaging library is what Pillow reads."""

from __future__ import annotations

import io
import os

import pytest
from PIL import Image

from mockserver.imaging.raster import Raster, scanlines


def flat() -> Image.Image:
    picture = Image.new("RGB", (40, 30), (200, 30, 90))
    picture.paste((10, 200, 30), (5, 5, 20, 25))
    return picture


def photo(mode: str) -> Image.Image:
    channels = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (64, 48), os.urandom(64 * 48 * channels))


def opened(raster: Raster) -> Image.Image:
    picture = Image.open(io.BytesIO(raster.head() + raster.body()))
    picture.load()
    return picture


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_pillow_reads_the_pixels_of_every_mode(mode: str) -> None:
    picture = photo(mode)
    raster = Raster.of_image(picture)
    assert raster is not None

    read = opened(raster)

    assert (read.mode, read.size) == (mode, picture.size)
    assert read.tobytes() == picture.tobytes() == raster.pixels()
    assert raster.image().tobytes() == picture.tobytes()


@pytest.mark.parametrize("mode", ["P", "1", "CMYK", "I", "F"])
def test_other_modes_are_left_to_pillow(mode: str) -> None:
    assert Raster.of_image(Image.new(mode, (8, 8))) is None


def test_a_colour_profile_is_left_to_pillow() -> None:
    picture = flat()
    picture.info["icc_profile"] = b"profile"

    assert Raster.of_image(picture) is None


def test_flat_colours_are_packed_and_noise_is_stored() -> None:
    packed, stored = Raster.of_image(flat()), Raster.of_image(photo("RGB"))
    assert packed is not None
    assert stored is not None

    assert len(packed.data) < 40 * 30 * 3 / 10
    assert 64 * 48 * 3 <= len(stored.data) < 64 * 48 * 3 + 100


def test_bands_give_the_same_picture_as_the_whole() -> None:
    pixels = flat().tobytes()
    cut = 3 * 40 * 7

    raster = Raster((40, 30), bands=[pixels[:cut], pixels[cut:]])

    assert raster.pixels() == pixels
    assert raster.held == len(pixels)
    assert 0 < len(raster.data) == raster.held < len(pixels)
    assert raster.pixels() == pixels


def test_a_raster_is_found_again_in_its_file() -> None:
    raster = Raster((40, 30), bands=[flat().tobytes()])

    assert Raster.of_body((40, 30), raster.body()).pixels() == flat().tobytes()


def test_each_row_says_that_it_is_not_filtered() -> None:
    assert scanlines(b"aabbcc", 2) == b"\0aa\0bb\0cc"
