"""Masks of img2img."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFilter

from mockserver.imaging.masking import (
    Box,
    apply_overlay,
    blur_mask,
    create_binary_mask,
    doubled_mask,
    expand_crop_region,
    fill,
    get_crop_region,
    invert_mask,
    masked_image,
)

SIZE = (64, 48)
SPOT = (24, 16, 40, 32)


def mask(box: Box = SPOT) -> Image.Image:
    image = Image.new("L", SIZE)
    image.paste(255, box)
    return image


def test_a_mask_is_brightness() -> None:
    assert create_binary_mask(mask().convert("RGB")).tobytes() == mask().tobytes()


@pytest.mark.parametrize(
    ("round_mask", "level"),
    [pytest.param(True, 255, id="rounded"), pytest.param(False, 200, id="as it is")],
)
def test_a_mask_with_alpha_is_its_alpha(round_mask: bool, level: int) -> None:
    image = Image.new("RGBA", SIZE, (255, 255, 255, 0))
    image.paste((0, 0, 0, 200), SPOT)

    found = create_binary_mask(image, round_mask=round_mask)

    assert (found.mode, found.getpixel((30, 20)), found.getpixel((0, 0))) == ("L", level, 0)


def test_alpha_up_to_the_half_is_none_when_rounded() -> None:
    image = Image.new("RGBA", SIZE, (0, 0, 0, 128))

    assert create_binary_mask(image).getextrema() == (0, 0)


def test_an_opaque_mask_with_alpha_is_brightness() -> None:
    assert create_binary_mask(mask().convert("RGBA")).tobytes() == mask().tobytes()


def test_inverting_and_doubling() -> None:
    assert invert_mask(mask()).getpixel((0, 0)) == 255
    half = mask().point([level // 2 for level in range(256)])
    assert doubled_mask(half).getextrema() == (0, 254)
    assert doubled_mask(mask()).getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("x", "y", "grown"),
    [
        pytest.param(4, 0, (14, 16, 50, 32), id="sideways"),
        pytest.param(0, 4, (24, 6, 40, 42), id="up and down"),
        pytest.param(0, 0, SPOT, id="not at all"),
        pytest.param(-3, -1, SPOT, id="negative"),
    ],
)
def test_blur_reaches_two_and_a_half_times_its_strength(x: int, y: int, grown: Box) -> None:
    assert blur_mask(mask(), x, y).getbbox() == grown


@pytest.mark.parametrize(
    ("pad", "region"),
    [
        pytest.param(0, SPOT, id="none"),
        pytest.param(8, (16, 8, 48, 40), id="some"),
        pytest.param(99, (0, 0, *SIZE), id="more than there is"),
    ],
)
def test_the_crop_region_is_what_is_not_black_and_its_padding(pad: int, region: Box) -> None:
    assert get_crop_region(mask(), pad) == region


def test_a_black_mask_has_no_crop_region() -> None:
    assert get_crop_region(Image.new("L", SIZE), 8) is None


@pytest.mark.parametrize(
    ("region", "processing", "expected"),
    [
        pytest.param((0, 0, 128, 32), (512, 512), (0, 0, 128, 128), id="at the top"),
        pytest.param((100, 400, 356, 464), (512, 512), (100, 256, 356, 512), id="at the bottom"),
        pytest.param((200, 200, 232, 328), (512, 512), (152, 200, 280, 328), id="in the middle"),
        pytest.param((0, 0, 512, 16), (512, 1024), (0, 0, 512, 512), id="as far as there is room"),
    ],
)
def test_regions_take_the_shape_of_processing(
    region: Box, processing: tuple[int, int], expected: Box
) -> None:
    assert expand_crop_region(region, processing, (512, 512)) == expected


@given(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 64), st.integers(1, 64)),
    st.tuples(st.integers(1, 2048), st.integers(1, 2048)),
)
def test_an_expanded_region_holds_the_region_and_stays_inside(
    place: Box, processing: tuple[int, int]
) -> None:
    left, top = place[0], place[1]
    right, bottom = min(left + place[2], 64), min(top + place[3], 64)

    x1, y1, x2, y2 = expand_crop_region((left, top, right, bottom), processing, (64, 64))

    assert 0 <= x1 <= left < right <= x2 <= 64
    assert 0 <= y1 <= top < bottom <= y2 <= 64


def test_a_masked_image_is_transparent_where_the_mask_is_white() -> None:
    image = masked_image(Image.new("RGB", SIZE, "red"), mask())

    assert image.getpixel((0, 0)) == (255, 0, 0, 255)
    assert image.getpixel((30, 20)) == (0, 0, 0, 0)


def test_filling_takes_colours_from_around_the_mask() -> None:
    image = Image.new("RGB", SIZE, "red")
    image.paste("blue", SPOT)

    filled = fill(image, mask())

    red, _, blue = filled.getpixel((30, 20))  # type: ignore[misc]
    assert red > 200
    assert blue < 50
    assert filled.getpixel((0, 0)) == (255, 0, 0)


def test_an_overlay_covers_what_was_painted() -> None:
    overlay = Image.new("RGB", SIZE, "red")

    result = apply_overlay(Image.new("RGB", SIZE, "lime"), None, overlay, mask())

    assert result.mode == "RGB"
    assert result.getpixel((0, 0)) == (255, 0, 0)
    assert result.getpixel((30, 20)) == (0, 255, 0)


def test_a_part_goes_back_to_its_place() -> None:
    overlay, everything = Image.new("RGB", SIZE), Image.new("L", SIZE, 255)
    lime = Image.new("RGB", (512, 512), "lime")

    result = apply_overlay(lime, (24, 16, 16, 16), overlay, everything)

    assert result.getbbox() == SPOT


@pytest.mark.parametrize("radius", [0.5, 4, 17])
@pytest.mark.parametrize("box", [SPOT, (0, 0, 9, 48), (60, 40, 64, 48)])
def test_a_blur_of_the_masked_part_is_a_blur_of_the_whole(radius: float, box: Box) -> None:
    whole = mask(box).filter(ImageFilter.GaussianBlur(radius))

    assert blur_mask(mask(box), radius, radius).tobytes() == whole.tobytes()


def test_an_overlay_is_laid_as_pillow_composes_pictures() -> None:
    soft = blur_mask(mask(), 4, 4)
    image, painted = Image.new("RGB", SIZE, (200, 90, 10)), Image.new("RGB", SIZE, (10, 60, 240))
    painted.paste((0, 255, 0), (30, 20, 36, 30))
    composed = Image.alpha_composite(painted.convert("RGBA"), masked_image(image, soft))

    laid = apply_overlay(painted, None, image, soft)

    apart = ImageChops.difference(laid, composed.convert("RGB")).getextrema()
    assert max(most for _, most in apart) <= 4  # type: ignore[misc]


def test_filling_a_large_picture_keeps_what_is_not_masked() -> None:
    image = Image.effect_noise((512, 384), 80).convert("RGB")
    spot = Image.new("L", image.size)
    spot.paste(255, (100, 100, 300, 200))

    filled = fill(image, spot)

    kept = ImageChops.difference(filled, image).getbbox()
    assert kept is not None
    assert spot.getbbox()[:2] <= kept[:2]  # type: ignore[index]
    assert kept[2] <= 300
    assert kept[3] <= 200
