"""Segment Anything: masks that follow points, boxes and the amount of dilation."""

from __future__ import annotations

from typing import Any

import pytest
from extended import Extended, decoded, encoded, picture
from PIL import Image

PICTURE = encoded(picture())
MODEL = "mobile_sam.pt"


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("segment-anything")


def predicted(webui: Extended, **fields: Any) -> Any:
    return webui.post("/sam/sam-predict", input_image=PICTURE, sam_model_name=MODEL, **fields)


def square(side: int = 16) -> Image.Image:
    image = Image.new("L", (64, 64), 0)
    image.paste(255, (24, 24, 24 + side, 24 + side))
    return image


def whites(image: Image.Image) -> int:
    return image.convert("L").histogram()[255]


def test_each_kind_of_picture_comes_three_times(webui: Extended) -> None:
    found = predicted(webui, sam_positive_points=[[20, 20]], sam_negative_points=[[50, 50]])

    assert found["msg"] == "SAM inference with 0 box, 1 positive prompts, 1 negative prompts done."
    assert [decoded(mask).mode for mask in found["masks"]] == ["1"] * 3
    assert [decoded(one).mode for one in found["blended_images"]] == ["RGBA"] * 3
    assert [decoded(one).mode for one in found["masked_images"]] == ["RGBA"] * 3


def test_masks_hold_the_positive_points_and_not_the_negative_ones(webui: Extended) -> None:
    found = predicted(webui, sam_positive_points=[[20, 20]], sam_negative_points=[[30, 20]])

    for text in found["masks"]:
        mask = decoded(text)
        assert mask.getpixel((19, 20))
        assert not mask.getpixel((30, 20))


def test_a_text_adds_its_box(webui: Extended) -> None:
    found = predicted(webui, dino_enabled=True, dino_text_prompt="fox")

    assert found["msg"].startswith("SAM inference with 1 box, 0 positive")
    assert decoded(found["masks"][0]).getpixel((32, 32))


def test_without_points_there_is_a_message_alone(webui: Extended) -> None:
    assert list(predicted(webui)) == ["msg"]


def test_a_model_that_is_not_there_is_an_error(webui: Extended) -> None:
    answer = webui.answer("/sam/sam-predict", {"input_image": PICTURE})

    assert answer.status_code == 500
    assert answer.get_json()["errors"] == (
        "sam_vit_h_4b8939.pth not found, please download model to models/sam."
    )


@pytest.mark.parametrize(("amount", "grown"), [(0, 16), (1, 16), (3, 18), (9, 24)])
def test_dilation_grows_a_mask_by_its_amount(webui: Extended, amount: int, grown: int) -> None:
    found = webui.post(
        "/sam/dilate-mask",
        input_image=PICTURE,
        mask=encoded(square()),
        dilate_amount=amount,
    )
    mask = decoded(found["mask"])

    left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
    assert (mask.mode, right - left, bottom - top) == ("L", grown, grown)
    assert whites(mask) <= grown * grown


def test_the_masked_picture_is_empty_outside(webui: Extended) -> None:
    found = webui.post("/sam/dilate-mask", input_image=PICTURE, mask=encoded(square()))
    masked = decoded(found["masked_image"])

    assert masked.getpixel((0, 0)) == (0, 0, 0, 0)
    assert masked.getpixel((32, 32)) == (180, 40, 40, 255)


def test_a_mask_of_another_size_is_an_error(webui: Extended) -> None:
    small = encoded(square().resize((32, 64)))
    answer = webui.answer("/sam/dilate-mask", {"input_image": PICTURE, "mask": small})

    assert answer.get_json()["errors"].endswith("is 64 but corresponding boolean dimension is 32")


@pytest.mark.parametrize("route", ["controlnet-seg", "category-mask"])
def test_two_bodies_are_wanted(webui: Extended, route: str) -> None:
    answer = webui.answer(f"/sam/{route}", {"input_image": PICTURE})

    places = [error["loc"] for error in answer.get_json()["detail"]]
    assert places == [["body", "payload"], ["body", "autosam_conf"]]


def test_both_bodies_give_segments_and_a_category(webui: Extended) -> None:
    payload = {"input_image": PICTURE, "sam_model_name": MODEL, "category": "1"}
    sent = {"payload": payload, "autosam_conf": {}}

    assert "blended_postsam" in webui.post("/sam/controlnet-seg", **sent)
    assert decoded(webui.post("/sam/category-mask", **sent)["mask"]).size == (64, 64)


def test_the_routes_without_a_body_say_what_is_there(webui: Extended) -> None:
    assert webui.get("/sam/heartbeat") == {"msg": "Success!"}
    assert webui.get("/sam/sam-model") == [MODEL]
