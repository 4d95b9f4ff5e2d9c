"""Resize modes."""

from __future__ import annotations

import pytest
from PIL import Image

from mockserver.imaging.resize import CROP, FILL, STRETCH, flatten, resize_image

RED, BLUE = (255, 0, 0), (0, 0, 255)


def striped(size: tuple[int, int] = (90, 30)) -> Image.Image:
    """Red left third, black middle, blue right third."""
    image = Image.new("RGB", size)
    third = size[0] // 3
    image.paste(RED, (0, 0, third, size[1]))
    image.paste(BLUE, (2 * third, 0, size[0], size[1]))
    return image


def test_stretching_shows_all_of_it_out_of_shape() -> None:
    image = resize_image(STRETCH, striped(), 30, 30)

    assert image.size == (30, 30)
    assert image.getpixel((2, 15)) == RED
    assert image.getpixel((27, 15)) == BLUE


def test_cropping_shows_the_middle() -> None:
    image = resize_image(CROP, striped(), 30, 30)

    assert image.size == (30, 30)
    assert image.getpixel((15, 15)) == (0, 0, 0)
    assert image.getpixel((2, 15)) == (0, 0, 0)


@pytest.mark.parametrize("mode", [pytest.param(FILL, id="2"), pytest.param(7, id="any other")])
def test_filling_draws_out_the_edges(mode: int) -> None:
    image = resize_image(mode, striped(), 90, 90)

    assert image.size == (90, 90)
    for y in (2, 45, 87):
        assert image.getpixel((5, y)) == RED
        assert image.getpixel((85, y)) == BLUE


def test_filling_beside_a_tall_picture() -> None:
    image = resize_image(FILL, striped().rotate(90, expand=True), 90, 90)

    assert image.getpixel((2, 5)) == BLUE
    assert image.getpixel((87, 85)) == RED


@pytest.mark.parametrize("mode", [STRETCH, CROP, FILL])
@pytest.mark.parametrize(
    "size",
    [(64, 64), (64, 8), (8, 64), (61, 45), (90, 30), (91, 30), (90, 31)],
)
def test_every_mode_gives_the_size_asked_for(mode: int, size: tuple[int, int]) -> None:
    assert resize_image(mode, striped(), *size).size == size


def test_a_size_in_which_nothing_of_the_image_is_left_is_an_error() -> None:
    assert resize_image(CROP, striped(), 1, 1).size == (1, 1)
    with pytest.raises(ValueError, match="height and width must be > 0"):
        resize_image(FILL, striped(), 1, 1)


@pytest.mark.parametrize("mode", [STRETCH, CROP, FILL])
def test_masks_can_be_resized(mode: int) -> None:
    assert resize_image(mode, striped().convert("L"), 40, 40).size == (40, 40)


@pytest.mark.parametrize("upscaler", ["Lanczos", "Nearest", "ESRGAN_4x", "None", None])
def test_upscalers_give_the_size_asked_for(upscaler: str | None) -> None:
    assert resize_image(STRETCH, striped(), 333, 111, upscaler).size == (333, 111)


def test_a_nearest_upscaler_keeps_hard_edges() -> None:
    tiny = striped((12, 8))

    soft = resize_image(STRETCH, tiny, 48, 32, None)
    hard = resize_image(STRETCH, tiny, 48, 32, "Nearest")

    assert len(hard.getcolors() or []) == 3
    assert len(soft.getcolors() or []) > 3


def test_transparency_is_flattened_on_the_background() -> None:
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))

    flat = flatten(image, "#00ff00")

    assert (flat.mode, flat.getpixel((0, 0)), flat.getpixel((1, 0))) == ("RGB", RED, (0, 255, 0))


@pytest.mark.parametrize("mode", ["L", "P", "LA", "1", "CMYK"])
def test_other_modes_become_rgb_without_a_background(mode: str) -> None:
    assert flatten(striped().convert("RGB").convert(mode), "#00ff00").mode == "RGB"
