"""Tiled Diffusion writes its settings as JSON, sets sizes, and fails in the sampler."""

from __future__ import annotations

from typing import Any

import pytest
from extended import Extended, encoded, picture

TITLE = "Tiled Diffusion"


def args(**changes: Any) -> list[Any]:
    slots = [True, "MultiDiffusion", False, True, 96, 96, 8, 8, 4, 4, "None", 2, False, 10, 1, 1]
    slots += [64, False, False, False, False]
    for number, value in changes.items():
        slots[int(number.removeprefix("slot"))] = value
    return slots


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("tiled-diffusion")


def test_several_tiles_are_reported_as_json_without_quotes(webui: Extended) -> None:
    plain = webui.txt2img(width=128, height=128)
    made = webui.txt2img({TITLE: args()}, width=128, height=128)

    assert (
        'Tiled Diffusion: {"Method": "MultiDiffusion", "Tile tile width": 8'
        in (made.info["infotexts"][0])
    )
    assert made.json["images"] != plain.json["images"]


def test_a_single_tile_is_no_tile(webui: Extended) -> None:
    assert webui.txt2img({TITLE: args()}).told == {}


def test_the_size_is_overwritten_in_txt2img(webui: Extended) -> None:
    made = webui.txt2img({TITLE: args(slot2=True, slot4=192, slot5=128)})

    assert made.images[0].size == (192, 128)
    assert (made.info["width"], made.json["parameters"]["width"]) == (192, 64)


def test_an_upscaler_enlarges_what_img2img_starts_from(webui: Extended) -> None:
    made = webui.img2img({TITLE: args(slot10="Lanczos")})

    assert made.images[0].size == (128, 128)
    assert list(made.told)[:3] == [
        "Tiled Diffusion upscaler",
        "Tiled Diffusion scale factor",
        "Tiled Diffusion",
    ]
    assert made.told["Tiled Diffusion"]["Keep input size"] is True


def test_img2img_keeps_the_size_of_its_picture(webui: Extended) -> None:
    made = webui.img2img({TITLE: args()}, init_images=[encoded(picture((128, 192)))])

    assert made.images[0].size == (128, 192)


def test_an_unknown_method_is_an_error_where_there_are_tiles(webui: Extended) -> None:
    made = webui.txt2img({TITLE: args(slot1="nope")}, width=128, height=128)
    single = webui.txt2img({TITLE: args(slot1="nope")})

    assert (made.status, made.crash) == (500, ("ValueError", "'nope' is not a valid Method"))
    assert single.status == 200


def test_a_latent_as_low_as_the_overlap_divides_by_nought(webui: Extended) -> None:
    made = webui.txt2img({TITLE: args(slot6=16, slot7=16, slot8=8)}, width=256)

    assert (made.status, made.crash[0]) == (500, "ZeroDivisionError")


def test_regions_are_reported_with_their_numbers(webui: Extended) -> None:
    region = [True, 0.5, 0.0, 0.75, 1.0, "a cat", "", "Foreground", 0.2, 7]
    off = [False, *region[1:]]
    made = webui.txt2img({TITLE: [*args(slot18=True), *off, *region]})

    assert made.told["Tiled Diffusion"]["Region control"] == {
        "Region 2": {
            "enable": True,
            "x": 0.5,
            "y": 0.0,
            "w": 0.5,
            "h": 1.0,
            "prompt": "a cat",
            "neg_prompt": "",
            "blend_mode": "Foreground",
            "feather_ratio": 0.2,
            "seed": 7,
        }
    }


def test_tiled_vae_leaves_no_trace(webui: Extended) -> None:
    made = webui.txt2img({"Tiled VAE": [True, 960, 64, True, True, True, False]})

    assert made.told == {}
    assert made.json["images"] == webui.txt2img().json["images"]
