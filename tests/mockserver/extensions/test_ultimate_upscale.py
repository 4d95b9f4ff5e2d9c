"""Ultimate SD upscale: eighteen positional arguments, tiles, seams."""

from __future__ import annotations

from typing import Any

import pytest
from extended import Extended, Made

TITLE = "Ultimate SD upscale"


def upscaled(webui: Extended, **changes: Any) -> Made:
    slots = [None, 64, 64, 8, 16, 64, 0.35, 32, 0, True, 0, False, 8, 0, 2, 2048, 2048, 2]
    for number, value in changes.items():
        slots[int(number.removeprefix("slot"))] = value
    return webui.img2img(script_name=TITLE, script_args=slots)


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("ultimate-upscale")


def test_the_picture_has_the_size_of_the_scale(webui: Extended) -> None:
    made = upscaled(webui)

    assert made.images[0].size == (128, 128)
    assert list(made.told)[:5] == [
        "Ultimate SD upscale upscaler",
        "Ultimate SD upscale tile_width",
        "Ultimate SD upscale tile_height",
        "Ultimate SD upscale mask_blur",
        "Ultimate SD upscale padding",
    ]


def test_a_custom_size_is_taken(webui: Extended) -> None:
    assert upscaled(webui, slot14=1, slot15=192, slot16=64).images[0].size == (192, 64)


def test_a_scale_is_rounded_up_to_whole_64s(webui: Extended) -> None:
    assert upscaled(webui, slot17=1.2).images[0].size == (128, 128)


@pytest.mark.parametrize("seams", [1, 2, 3])
def test_mended_seams_are_a_second_picture_with_one_seed(webui: Extended, seams: int) -> None:
    made = upscaled(webui, slot13=seams)

    assert len(made.images) == len(made.info["infotexts"]) == 2
    assert len(made.info["all_seeds"]) == 1
    assert made.json["images"][0] != made.json["images"][1]


def test_every_tile_is_redrawn_in_either_order(webui: Extended) -> None:
    kept = upscaled(webui, slot10=2)
    linear, chess = upscaled(webui), upscaled(webui, slot10=1)

    assert kept.info["infotexts"] == [""]
    assert len({kept.json["images"][0], linear.json["images"][0], chess.json["images"][0]}) == 3


def test_a_name_where_a_number_is_wanted_is_an_error(webui: Extended) -> None:
    made = upscaled(webui, slot8="Lanczos")

    assert made.crash == (
        "TypeError",
        "list indices must be integers or slices, not str",
    )


def test_missing_arguments_are_named(webui: Extended) -> None:
    made = webui.img2img(script_name=TITLE, script_args=[None, 64, 64, 8, 16])

    assert made.crash[1].startswith(
        "Script.run() missing 13 required positional arguments: 'seams_fix_width', "
    )


def test_txt2img_has_no_such_script(webui: Extended) -> None:
    made = webui.txt2img(script_name=TITLE, script_args=[])

    assert (made.status, made.json["detail"]) == (422, f"Script '{TITLE}' not found")
