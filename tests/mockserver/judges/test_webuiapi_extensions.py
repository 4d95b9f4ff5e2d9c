"""webuiapi 0.9.17, unchanged, against ControlNet and ADetailer: as it fared with the real server.

What it does wrong was recorded with a genuine v1.10.1 too (shared/spec/extensions.md, section 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from webuiapi import ADetailer, ControlNetInterface, ControlNetUnit, WebUIApi

import mockserver

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL: dict[str, Any] = {"width": 64, "height": 64, "steps": 2, "seed": 7}
CANNY = "control_v11p_sd15_canny [f1aa6b3f]"


@pytest.fixture
def api() -> Iterator[WebUIApi]:
    with mockserver.activate("http://127.0.0.1:7860", extensions=("controlnet", "adetailer")):
        yield WebUIApi()


@pytest.fixture
def photo() -> Image.Image:
    image = Image.new("RGB", (64, 64), "white")
    image.paste("black", (16, 16, 48, 48))
    return image


def test_lists_are_read(api: WebUIApi) -> None:
    assert api.controlnet_version() == 3
    assert CANNY in api.controlnet_model_list()
    assert "canny" in api.controlnet_module_list()


def test_a_unit_acts_and_its_map_comes_last(api: WebUIApi, photo: Image.Image) -> None:
    plain = api.txt2img(**SMALL)
    unit = ControlNetUnit(image=photo, module="canny", model=CANNY)
    result = api.txt2img(controlnet_units=[unit], **SMALL)

    assert [len(plain.images), len(result.images)] == [1, 2]
    assert "parameters" not in result.images[1].info
    assert result.image.tobytes() != plain.image.tobytes()
    assert result.info["extra_generation_params"]["ControlNet 0"].startswith("Module: canny, ")


def test_a_unit_guides_img2img(api: WebUIApi, photo: Image.Image) -> None:
    unit = ControlNetUnit(image=photo, module="invert", model=CANNY, control_mode=2)
    result = api.img2img(images=[photo], controlnet_units=[unit], **SMALL)

    assert [image.size for image in result.images] == [(64, 64)] * 2


def test_without_an_image_a_unit_silently_does_nothing(api: WebUIApi) -> None:
    plain = api.txt2img(**SMALL)
    result = api.txt2img(controlnet_units=[ControlNetUnit(module="canny", model=CANNY)], **SMALL)

    assert len(result.images) == 1
    assert result.image.tobytes() == plain.image.tobytes()
    assert "ControlNet 0" in result.info["extra_generation_params"]


def test_a_number_for_the_resize_mode_is_refused(api: WebUIApi, photo: Image.Image) -> None:
    unit = ControlNetUnit(image=photo, module="canny", model=CANNY, resize_mode=1)
    with pytest.raises(RuntimeError, match=r"(?s)500.*resize_mode"):
        api.txt2img(controlnet_units=[unit], **SMALL)


def test_before_pydantic_the_same_number_is_taken(photo: Image.Image) -> None:
    unit = ControlNetUnit(image=photo, module="canny", model=CANNY, resize_mode=1)
    with mockserver.activate(
        "http://127.0.0.1:7860", extensions=("controlnet@1.1.447", "adetailer")
    ):
        assert len(WebUIApi().txt2img(controlnet_units=[unit], **SMALL).images) == 2


def test_detect_sends_its_images_under_a_name_that_is_none(
    api: WebUIApi, photo: Image.Image
) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)422.*No image selected"):
        api.controlnet_detect([photo], module="canny")


def test_the_deprecated_interface_calls_routes_that_are_gone(
    api: WebUIApi, photo: Image.Image
) -> None:
    with pytest.raises(RuntimeError, match="404"):
        ControlNetInterface(api).txt2img(controlnet_image=[photo])


def test_a_tab_with_a_key_of_old_is_dropped_and_the_default_runs(api: WebUIApi) -> None:
    result = api.txt2img(adetailer=[ADetailer(ad_model="hand_yolov8n.pt")], **SMALL)

    assert result.info["extra_generation_params"]["ADetailer model"] == "face_yolov8n.pt"


def test_installed_but_unused_adetailer_stays_off(api: WebUIApi) -> None:
    result = api.txt2img(**SMALL)

    assert api.has_adetailer
    assert result.parameters["alwayson_scripts"]["ADetailer"] == {"args": [False]}
    assert result.info["extra_generation_params"] == {}
