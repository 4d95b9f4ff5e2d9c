"""Both outpainting scripts: a picture grows beyond its edges."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Made, img2img, in_base64
from PIL import Image

from mockserver.core.errors import ServerError

PICTURE = Image.radial_gradient("L").resize((64, 64)).convert("RGB")
ALL = ["left", "right", "up", "down"]


def grown(script: str, args: list[Any], **fields: Any) -> Made:
    start = {"init_images": [in_base64(PICTURE)], "denoising_strength": 0.8}
    return img2img(**{**start, "script_name": script, "script_args": args, **fields})


def mk2(pixels: Any = 16, blur: Any = 0, direction: Any = None, *rest: Any, **fields: Any) -> Made:
    args = ["", pixels, blur, ALL if direction is None else direction, *(rest or (1.0, 0.05))]
    return grown("Outpainting mk2", args, **fields)


def poor(
    pixels: Any = 16, blur: Any = 0, fill: Any = 1, direction: Any = None, **more: Any
) -> Made:
    args = [pixels, blur, fill, ALL if direction is None else direction]
    return grown("Poor man's outpainting", args, **more)


@pytest.mark.parametrize("script", [mk2, poor])
@pytest.mark.parametrize(
    ("direction", "size"),
    [
        pytest.param(["left"], (128, 64), id="to one side"),
        pytest.param(["up", "down"], (64, 128), id="to two"),
        pytest.param(ALL, (128, 128), id="to all"),
    ],
)
def test_a_picture_grows_to_multiples_of_64(
    script: Any, direction: list[str], size: tuple[int, int]
) -> None:
    assert script(direction=direction).sizes == [size]


@pytest.mark.parametrize("script", [mk2, poor])
def test_the_old_picture_is_kept(script: Any) -> None:
    made = script(direction=["right"]).files[0].convert("RGB")

    assert made.crop((0, 0, 48, 64)).tobytes() == PICTURE.crop((0, 0, 48, 64)).tobytes()


def test_mk2_answers_every_picture_of_a_batch_and_their_grid() -> None:
    made = mk2(direction=["left"], batch_size=2)

    assert made.sizes == [(256, 64), (128, 64), (128, 64)]
    assert made.texts == [None, None, None]


def test_mk2_without_a_side_answers_the_picture() -> None:
    made = mk2(direction=[])

    assert made.pixels == [PICTURE.tobytes()]
    assert (made.info["seed"], made.infotexts) == (-1, [None])


def test_noise_and_colours_of_mk2_change_pixels() -> None:
    assert mk2(16, 0, ["left"], 1.0, 0.05).pixels != mk2(16, 0, ["left"], 2.0, 0.05).pixels


def test_the_blur_of_the_mask_is_reported_as_it_is_used() -> None:
    assert "Mask blur: 16" in mk2(blur=4).line
    assert "Mask blur: 8" in poor(blur=4).line


def test_seeds_count_up_from_tile_to_tile() -> None:
    assert poor().info["all_seeds"] != poor(direction=["left"]).info["all_seeds"]


@pytest.mark.parametrize(
    ("made", "error"),
    [
        pytest.param(
            lambda: mk2(direction=5), "argument of type 'int' is not iterable", id="direction"
        ),
        pytest.param(
            lambda: mk2(pixels="x"),
            "'>' not supported between instances of 'str' and 'int'",
            id="pixels",
        ),
        pytest.param(
            lambda: poor(blur=None),
            "unsupported operand type(s) for *: 'NoneType' and 'int'",
            id="blur",
        ),
        pytest.param(lambda: mk2(init_images=[]), "list index out of range", id="no picture"),
    ],
)
def test_odd_arguments_are_a_500(made: Any, error: str) -> None:
    with pytest.raises(ServerError) as caught:
        made()

    assert caught.value.text == error


def test_a_word_for_the_fill_fills() -> None:
    assert poor(fill="original").sizes == [(128, 128)]
    assert "Masked content" not in poor(fill="original").line
    assert "Masked content: fill" in poor(fill=0).line
