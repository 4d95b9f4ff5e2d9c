"""Units of ControlNet and tabs of ADetailer, refused where a server would leave them out."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageDraw

import mockserver
from conformance.client import (
    ADetailerTab,
    Client,
    ControlNetUnit,
    Img2Img,
    Txt2Img,
    adetailer_args,
)
from conformance.client.scripts import UNCHECKED
from conformance.errors import PayloadError

if TYPE_CHECKING:
    from collections.abc import Iterator

CANNY = "control_v11p_sd15_canny"
SMALL: dict[str, Any] = {"prompt": "a fox", "width": 64, "height": 64, "steps": 2, "seed": 7}


def drawn(mode: str = "RGB", size: int = 64) -> Image.Image:
    image = Image.new("RGB", (size, size), "white")
    ImageDraw.Draw(image).rectangle((8, 8, size // 2, size // 2), fill="red", outline="black")
    return image.convert(mode)


def text(image: Image.Image) -> str:
    out = BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def unit(**changes: Any) -> dict[str, Any]:
    return {"enabled": True, "module": "canny", "model": CANNY, "image": drawn()} | changes


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with mockserver.activate("http://127.0.0.1:7860", extensions=("controlnet", "adetailer")) as w:
        yield Client(w.url)


WRONG_UNITS: list[tuple[str, dict[str, Any], str]] = [
    ("resize_mode", unit(resize_mode=1), "write 'Crop and Resize'"),
    ("resize_mode", unit(resize_mode=0), "write 'Just Resize'"),
    ("resize_mode", unit(resize_mode=2), "write 'Resize and Fill'"),
    ("resize_mode", unit(resize_mode=3), "write one of 'Just Resize'"),
    ("resize_mode", unit(resize_mode=-1), "write one of 'Just Resize'"),
    ("resize_mode", unit(resize_mode="Crop"), "is not understood"),
    ("control_mode", unit(control_mode=0), "numbers are refused with 500 since 1.1.448"),
    ("control_mode", unit(control_mode="balanced"), "is not understood"),
    ("hr_option", unit(hr_option="HiResFixOption.BOTH"), "write one of 'Both'"),
    ("weight", unit(weight=2.5), "at most 2"),
    ("guidance_start", unit(guidance_start=0.8, guidance_end=0.2), "behind guidance_end"),
    ("wieght", unit(wieght=1.0), "did you mean 'weight'?"),
    ("guess_mode", unit(guess_mode=True), "write control_mode"),
    ("input_image", unit(input_image=drawn()), "by another name"),
    ("model", unit(model="None"), "does nothing"),
    ("image", unit(image=""), "leave it out"),
    ("image", unit(image=drawn("RGBA")), "send it as RGB"),
    ("image", unit(image=text(drawn("LA"))), "send it as RGB"),
    ("image", unit(image=b"no picture"), "no known picture format"),
    ("mask", unit(mask=drawn(size=32)), "it is 32x32, the image 64x64"),
    ("mask", unit(image={"image": drawn(), "mask": drawn(size=32)}), "it is 32x32"),
    ("effective_region_mask", unit(effective_region_mask=drawn("L")), "one channel"),
    ("enabled", unit(enabled=None), "null is refused"),
]


@pytest.mark.parametrize(("field", "given", "words"), WRONG_UNITS)
def test_a_unit_that_would_be_left_out_is_refused(
    field: str, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(PayloadError, match=words) as caught:
        ControlNetUnit(**given)
    assert caught.value.field == field


def test_a_unit_says_whether_it_is_on() -> None:
    with pytest.raises(PayloadError, match="enabled: a unit without it is off"):
        ControlNetUnit(module="canny", model=CANNY)
    assert ControlNetUnit(version=UNCHECKED, module="canny", model=CANNY)


def test_numbers_are_modes_until_1_1_447() -> None:
    made = ControlNetUnit(version=UNCHECKED, **unit(resize_mode=1, control_mode=2))
    assert made.to_json()["resize_mode"] == 1


def test_a_unit_that_is_off_may_be_unfinished() -> None:
    assert ControlNetUnit(enabled=False).to_json() == {"enabled": False}


def test_references_need_no_model() -> None:
    assert ControlNetUnit(enabled=True, module="reference_only", image=drawn())


WRONG_TABS: list[tuple[str, dict[str, Any], str]] = [
    ("ad_mask_k_largest", {"ad_model": "face_yolov8n.pt", "ad_mask_k_largest": 0}, "ad_mask_k"),
    ("ad_promt", {"ad_model": "face_yolov8n.pt", "ad_promt": "a"}, "did you mean 'ad_prompt'"),
    ("ad_steps", {"ad_model": "face_yolov8n.pt", "ad_steps": 0}, "at least 1"),
    ("ad_prompt", {"ad_model": "face_yolov8n.pt", "ad_prompt": None}, "null"),
    ("ad_model", {"ad_prompt": "a face"}, "does nothing"),
    ("ad_mask_filter_method", {"ad_model": "a.pt", "ad_mask_filter_method": "Size"}, "'Area'"),
]


@pytest.mark.parametrize(("field", "given", "words"), WRONG_TABS)
def test_a_tab_that_would_be_dropped_is_refused(
    field: str, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(PayloadError, match=words) as caught:
        ADetailerTab(**given)  # type: ignore[misc]
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("scripts", "words"),
    [
        ({"controlnet": [unit(image=None)]}, r"alwayson_scripts.controlnet: .* write {'args'"),
        ({"ControlNet": {"args": [["canny"]]}}, r"ControlNet.args\[0\].unit: .* no object"),
        ({"controlnet": {"args": [{"module": "canny"}]}}, r"args\[0\].enabled"),
        ({"controlnet": {"args": [unit(image=None)]}}, r"args\[0\].image: .* in txt2img"),
        ({"ADetailer": {"args": [{"ad_model": "a.pt"}]}}, r"write \[True, False, {...}\]"),
        ({"ADetailer": {"args": [True]}}, "the first detector runs as well"),
        ({"adetailer": {"args": [True, "face_yolov8n.pt"]}}, "booleans and tabs, not 'face"),
        ({"adetailer": {"args": [True, False, {"ad_model": ""}]}}, r"args\[2\].ad_model"),
    ],
)
def test_objects_in_a_payload_are_looked_at_likewise(scripts: dict[str, Any], words: str) -> None:
    with pytest.raises(PayloadError, match=words):
        Txt2Img(alwayson_scripts=scripts)


def test_a_unit_takes_the_picture_of_img2img() -> None:
    bare = {"controlnet": {"args": [unit(image=None)]}}
    assert Img2Img(init_images=[drawn()], alwayson_scripts=bare)


def test_other_scripts_go_out_as_they_are() -> None:
    scripts = {"seed": {"args": [1]}, "Tiled VAE": [True], "ADetailer": {"args": [False]}}
    assert Txt2Img(alwayson_scripts=scripts).to_json() == {"alwayson_scripts": scripts}


def test_pictures_are_distinguished_from_maps(client: Client) -> None:
    units = [ControlNetUnit(**unit()), ControlNetUnit(**unit(weight=0.5))]
    payload = Txt2Img(**SMALL, batch_size=2, alwayson_scripts={"controlnet": {"args": units}})
    answer = client.txt2img(payload)
    assert (len(answer.images), len(answer.pictures()), len(answer.maps())) == (4, 2, 2)
    assert [picture.infotext is None for picture in answer.maps()] == [True, True]
    assert "Weight: 0.5" in str(answer.info.parsed[0].value("ControlNet 1"))


def test_a_plain_answer_has_no_maps(client: Client) -> None:
    answer = client.txt2img(Txt2Img(**SMALL))
    assert (len(answer.pictures()), answer.maps()) == (1, [])


def test_a_tab_runs_as_it_was_written(client: Client) -> None:
    tab = ADetailerTab(ad_model="hand_yolov8n.pt", ad_prompt="a hand")
    answer = client.txt2img(Txt2Img(**SMALL, alwayson_scripts={"ADetailer": adetailer_args(tab)}))
    infotext = answer.info.parsed[0]
    assert infotext.value("ADetailer model") == "hand_yolov8n.pt"
    assert infotext.value("ADetailer model 2nd") is None


def test_lists_of_the_extensions(client: Client) -> None:
    assert client.controlnet_version() == 3
    assert any(name.startswith(f"{CANNY} [") for name in client.controlnet_models())
    assert "canny" in client.controlnet_modules()
    assert "face_yolov8n.pt" in client.adetailer_models()


def test_a_map_is_detected(client: Client) -> None:
    (found,) = client.controlnet_detect([drawn()], "canny", processor_res=64)
    assert found.size == (64, 64)
    with pytest.raises(PayloadError, match=r"masks\[0\]: over a mask of one channel"):
        client.controlnet_detect([drawn()], "inpaint", masks=[drawn("L")])
    with pytest.raises(PayloadError, match="images: the server refuses"):
        client.controlnet_detect([])


def test_units_of_the_same_fields_are_equal_and_show_them_in_short() -> None:
    one, same = ADetailerTab(ad_model="a.pt"), ADetailerTab(ad_model="a.pt")
    other = ADetailerTab(ad_model="b" * 90 + ".pt")
    assert (one, hash(one)) == (same, hash(same))
    assert one not in (other, {"ad_model": "a.pt"})
    assert repr(one) == "ADetailerTab(ad_model='a.pt')"
    assert len(repr(other)) < 70
    one.to_json()["ad_model"] = "changed"
    assert one == same


def test_a_picture_that_nobody_can_open_is_refused_under_its_key() -> None:
    with pytest.raises(PayloadError, match=r"^image: "):
        ControlNetUnit(**unit(image=b"no picture"))
    with pytest.raises(PayloadError, match=r"^image"):
        ControlNetUnit(**unit(image=object()))
