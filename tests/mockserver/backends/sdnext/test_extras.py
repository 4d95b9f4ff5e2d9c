"""Upscaling."""

from __future__ import annotations

from typing import Any

import pytest
from generations import opened
from sdnext import Sdn, picture


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        pytest.param({}, (32, 16), id="no upscaler"),
        pytest.param({"upscaler_1": "nope"}, (32, 16), id="an unknown one"),
        pytest.param({"upscaler_1": "Resize Lanczos"}, (64, 32), id="twice unless told otherwise"),
        pytest.param(
            {"upscaler_1": "Resize Nearest", "upscaling_resize": 3}, (96, 48), id="by a factor"
        ),
        pytest.param(
            {
                "upscaler_1": "Resize Box",
                "resize_mode": 1,
                "upscaling_resize_w": 50,
                "upscaling_resize_h": 40,
            },
            (50, 40),
            id="to a size, cut off",
        ),
        pytest.param(
            {
                "upscaler_1": "Resize Box",
                "resize_mode": 1,
                "upscaling_resize_w": 50,
                "upscaling_resize_h": 40,
                "upscaling_crop": False,
            },
            (80, 40),
            id="to a size, whole",
        ),
    ],
)
def test_a_picture_is_made_larger(fields: dict[str, Any], size: tuple[int, int]) -> None:
    status, answer = Sdn().post("extra-single-image", image=picture((32, 16)), **fields)

    assert (status, list(answer)) == (200, ["html_info", "image"])
    assert opened(answer["image"]).size == size


def test_many_pictures_at_once() -> None:
    images = [{"data": picture((16, 16)), "name": "a"}, {"data": picture((8, 8)), "name": "b"}]

    answer = Sdn().post("extra-batch-images", imageList=images, upscaler_1="Resize Box")[1]

    assert [opened(image).size for image in answer["images"]] == [(32, 32), (16, 16)]
    assert answer["html_info"] == "Postprocess upscale by: 2, Postprocess upscaler: Resize Box"


def test_a_second_upscaler_is_laid_over_the_first() -> None:
    upscalers = {"upscaler_1": "Resize Box", "upscaler_2": "Resize Nearest"}

    answer = Sdn().post(
        "extra-single-image", image=picture(), **upscalers, extras_upscaler_2_visibility=0.5
    )[1]

    assert answer["html_info"].endswith("Postprocess upscaler 2: Resize Nearest")
    assert opened(answer["image"]).size == (128, 128)


def test_what_is_no_picture_is_refused() -> None:
    status, told = Sdn().post("extra-single-image", image="@@")
    assert (status, told["detail"]) == (500, "Invalid encoded image")
