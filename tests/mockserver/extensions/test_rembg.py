"""rembg cuts out what stands before the background."""

from __future__ import annotations

from typing import Any

import pytest
from extended import Extended, decoded, encoded, picture

PICTURE = encoded(picture())


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("rembg")


def test_the_background_becomes_transparent_and_the_middle_stays(webui: Extended) -> None:
    made = decoded(webui.post("/rembg", input_image=PICTURE)["image"])
    corner, middle = made.getpixel((0, 0)), made.getpixel((32, 32))

    assert made.mode == "RGBA"
    assert isinstance(corner, tuple)
    assert isinstance(middle, tuple)
    assert corner[3] < 64
    assert middle[3] > 192


def test_the_mask_alone_is_grey(webui: Extended) -> None:
    mask = decoded(webui.post("/rembg", input_image=PICTURE, return_mask=True)["image"])

    assert (mask.mode, mask.size) == ("L", (64, 64))


@pytest.mark.parametrize("model", ["None", ""])
def test_no_model_gives_null(webui: Extended, model: str) -> None:
    answer = webui.answer("/rembg", {"input_image": PICTURE, "model": model})

    assert (answer.status_code, answer.get_json()) == (200, None)


def test_an_unknown_model_is_passed_over(webui: Extended) -> None:
    known = webui.post("/rembg", input_image=PICTURE)

    assert webui.post("/rembg", input_image=PICTURE, model="nope") == known


@pytest.mark.parametrize("body", [None, {}, {"input_image": "@@"}])
def test_what_is_no_picture_is_refused(webui: Extended, body: Any) -> None:
    answer = webui.answer("/rembg", body)

    assert (answer.status_code, answer.get_json()["detail"]) == (500, "Invalid encoded image")


def test_its_route_is_open_where_the_api_asks_for_credentials() -> None:
    webui = Extended("rembg", auth=(("user", "pass"),))

    assert webui.answer("/rembg", {"input_image": PICTURE}).status_code == 200
    assert webui.client.get("/sdapi/v1/scripts").status_code == 401
