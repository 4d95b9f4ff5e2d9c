"""Pictures painted by recipe."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from mockserver.imaging.painted import paint
from mockserver.imaging.picture_spec import Overlay, PictureSpec, Pixels, Start

if TYPE_CHECKING:
    from collections.abc import Hashable

RECIPE: dict[str, Any] = {"prompt": "a red fox", "seed": 1, "steps": 20, "cfg_scale": 7.0}
SIZE = (96, 64)
PROMPTS = (
    "a red fox", "a mountain landscape at sunset", "cyberpunk city at night", "misty forest",
    "portrait of a woman, golden hair", "the ocean, blue waves", "pink rose bouquet",
    "a galaxy with a planet", "glass bubbles", "abstract marble in teal", "bauhaus poster",
    "a cat with green eyes",
)  # fmt: skip


def made(
    size: tuple[int, int] = SIZE, start: Start | None = None, **other: Hashable
) -> Image.Image:
    return paint(PictureSpec.of(*size, start=start, **{**RECIPE, **other}))


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures' levels."""
    assert one.size == other.size
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def test_the_same_recipe_gives_the_same_pixels() -> None:
    assert made().tobytes() == made().tobytes()
    assert made(steps=20).tobytes() == made(steps=20.0).tobytes()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"prompt": "a blue cat"}, id="prompt"),
        pytest.param({"negative_prompt": "ugly"}, id="negative prompt"),
        pytest.param({"seed": 2}, id="seed"),
        pytest.param({"steps": 21}, id="steps"),
        pytest.param({"cfg_scale": 7.5}, id="CFG scale"),
        pytest.param({"sampler": "DDIM"}, id="sampler"),
        pytest.param({"clip_skip": 2}, id="anything else"),
        pytest.param({"model": "b"}, id="model"),
        pytest.param({"tiling": True}, id="tiling"),
        pytest.param({"subseed": 5, "subseed_strength": 0.01}, id="a little of another seed"),
    ],
)
def test_anything_in_the_recipe_changes_the_picture(other: dict[str, Any]) -> None:
    assert distance(made(), made(**other)) > 0


def test_prompts_give_pictures_unlike_each_other() -> None:
    pictures = [made((64, 64), prompt=prompt) for prompt in PROMPTS]

    nearest = min(distance(a, b) for n, a in enumerate(pictures) for b in pictures[:n])
    assert nearest > 15


def test_seeds_give_pictures_unlike_each_other_in_the_same_colours() -> None:
    one, other = made(seed=1), made(seed=2)

    assert distance(one, other) > 3
    for a, b in zip(ImageStat.Stat(one).mean, ImageStat.Stat(other).mean, strict=True):
        assert abs(a - b) < 30


def test_the_finish_leaves_the_composition_as_it_is() -> None:
    assert distance(made(), made(sampler="DDIM", vae="x")) < 12


def test_more_steps_come_closer_to_the_picture() -> None:
    final = made(steps=150)
    far = [distance(made(steps=steps), final) for steps in (1, 4, 20)]

    assert far == sorted(far, reverse=True)
    assert far[0] > 4 * far[2]


def test_cfg_scale_is_contrast() -> None:
    spread = [sum(ImageStat.Stat(made(cfg_scale=cfg)).stddev) for cfg in (1, 7, 15)]

    assert spread == sorted(spread)


@pytest.mark.parametrize("cfg", [float("nan"), float("inf"), -3, None, "x"])
def test_odd_numbers_paint_too(cfg: Any) -> None:
    assert made(cfg_scale=cfg, steps=cfg, subseed_strength=cfg).size == SIZE


def test_the_subseed_takes_over_with_its_strength() -> None:
    other = made(seed=9)
    far = [distance(made(subseed=9, subseed_strength=s), other) for s in (0.0, 0.3, 0.7, 1.0)]

    assert far == sorted(far, reverse=True)
    assert far[3] < 5


def test_a_larger_picture_has_the_same_composition() -> None:
    small, large = made((64, 64)), made((192, 192))

    shrunk = large.resize((64, 64), Image.Resampling.BOX)
    assert distance(small, shrunk) < 12 < distance(small, made((64, 64), prompt="the sea"))


@pytest.mark.parametrize("prompt", ["flowers", "bubbles", "marble", "poster", "space", "a fox"])
def test_tiles_meet_at_their_sides(prompt: str) -> None:
    size = (64, 64)
    tile = made(size, prompt=prompt, tiling=True, steps=100)
    moved = ImageChops.offset(tile, 32, 32)

    def seam(picture: Image.Image, at: int) -> float:
        column = picture.crop((at, 0, at + 1, 64)), picture.crop((at + 1, 0, at + 2, 64))
        return distance(*column)

    inner = max(seam(tile, at) for at in range(63))
    assert seam(moved, 31) <= inner


@pytest.mark.parametrize("size", [(8, 8), (8, 2048), (72, 40), (513, 511)])
def test_any_size_can_be_painted(size: tuple[int, int]) -> None:
    picture = made(size)

    assert (picture.size, picture.mode) == (size, "RGB")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=30), st.integers(), st.booleans())
def test_any_prompt_and_seed_can_be_painted(prompt: str, seed: int, tiling: bool) -> None:
    assert made((16, 16), prompt=prompt, seed=seed, tiling=tiling).size == (16, 16)


def photo(size: tuple[int, int] = SIZE) -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert("RGB")


def start(denoising: float, **other: Any) -> Start:
    return Start(Pixels(photo()), denoising, **other)


def mask() -> Pixels:
    """White on the left half."""
    image = Image.new("L", SIZE)
    image.paste(255, (0, 0, SIZE[0] // 2, SIZE[1]))
    return Pixels(image)


def halves(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    middle, (width, height) = SIZE[0] // 2, SIZE
    return picture.crop((0, 0, middle, height)), picture.crop((middle, 0, width, height))


def test_without_denoising_the_image_comes_back() -> None:
    assert made(start=start(0)).tobytes() == photo().tobytes()


def test_an_image_of_another_size_comes_back_resized() -> None:
    larger = Start(Pixels(photo((192, 128))), 0)

    assert made(start=larger).size == SIZE


def test_denoising_goes_away_from_the_image() -> None:
    far = [distance(made(start=start(d)), photo()) for d in (0, 0.25, 0.5, 0.75, 1, 2)]

    assert far == sorted(far)
    assert far[4] == far[5]
    assert distance(made(start=start(1)), made()) < 6


def test_another_image_gives_another_picture() -> None:
    other = Start(Pixels(ImageChops.invert(photo())), 0.5)

    assert distance(made(start=start(0.5)), made(start=other)) > 20


def test_what_the_mask_leaves_black_stays_as_it_is() -> None:
    left, right = halves(made(start=start(1, mask=mask())))

    assert right.tobytes() == halves(photo())[1].tobytes()
    assert distance(left, halves(photo())[0]) > 10


@pytest.mark.parametrize(("one", "other"), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
def test_what_stands_under_the_mask_shows(one: int, other: int) -> None:
    pictures = [made(start=start(0.3, mask=mask(), fill=fill)) for fill in (one, other)]

    assert distance(halves(pictures[0])[0], halves(pictures[1])[0]) > 1
    assert halves(pictures[0])[1].tobytes() == halves(pictures[1])[1].tobytes()


def test_an_overlay_lies_on_top() -> None:
    cut = Image.new("L", SIZE, 255)
    cut.paste(0, (0, 0, 10, 10))
    overlay = Overlay(Pixels(Image.new("RGB", SIZE, (9, 8, 7))), Pixels(cut))

    picture = made(start=start(1, overlay=overlay))

    assert picture.getpixel((5, 5)) == (9, 8, 7)
    assert (
        picture.crop((10, 10, *SIZE)).tobytes()
        == made(start=start(1)).crop((10, 10, *SIZE)).tobytes()
    )


def test_the_start_laid_over_the_result_is_seen_through_both_masks() -> None:
    cut = Image.new("L", SIZE)
    cut.paste(255, (20, 0, *SIZE))
    over = Overlay(Pixels(photo()), Pixels(cut))

    picture = made(start=start(1, mask=mask(), overlay=over))

    changed = ImageChops.difference(picture, photo()).getbbox()
    assert changed is not None
    assert changed[0] >= 20
    assert changed[2] <= SIZE[0] // 2
    bare = made(start=start(1, mask=mask()))
    seen = (20, 0, SIZE[0] // 2, SIZE[1])
    assert picture.crop(seen).tobytes() == bare.crop(seen).tobytes()


def test_a_small_part_is_painted_as_the_large_picture_is() -> None:
    size = 640, 640
    over = Overlay(Pixels(Image.new("RGB", size)), Pixels(Image.new("L", size, 255)))
    begun = Pixels(photo((200, 200)))
    whole = made((512, 512), start=Start(begun, 0.9))

    put_back = made((512, 512), start=Start(begun, 0.9, overlay=over, paste_to=(40, 60, 200, 200)))

    assert put_back.size == size
    assert distance(put_back.crop((40, 60, 240, 260)), whole.resize((200, 200))) < 6


@pytest.mark.parametrize("denoising", [0.5, 0.9])
def test_a_start_of_any_size_is_painted_over_by_the_same_composition(denoising: float) -> None:
    small = made((96, 96), start=Start(Pixels(photo((96, 96))), denoising))
    large = made((512, 512), start=Start(Pixels(photo((96, 96))), denoising))

    assert distance(large.resize((96, 96), Image.Resampling.BOX), small) < 9


def test_a_part_is_pasted_where_it_was_cut_out() -> None:
    size = 200, 100
    overlay = Overlay(Pixels(Image.new("RGB", size)), Pixels(Image.new("L", size, 255)))

    picture = made(start=start(0, overlay=overlay, paste_to=(20, 10, 48, 32)))

    assert picture.size == (200, 100)
    assert picture.getpixel((0, 0)) == (0, 0, 0)
    assert distance(picture.crop((20, 10, 68, 42)), photo((48, 32))) < 4


@pytest.mark.parametrize(
    ("prompt", "digest"),
    [
        pytest.param("a red fox", "39a1a9db12b5", id="shapes"),
        pytest.param("a galaxy with a planet", "1c2e3a4afc71", id="noise and light"),
        pytest.param("misty forest", "b5ae3a067de5", id="many shapes"),
    ],
)
def test_pixels_are_those_of_any_other_machine_and_pillow(prompt: str, digest: str) -> None:
    assert hashlib.sha256(made(prompt=prompt).tobytes()).hexdigest()[:12] == digest
