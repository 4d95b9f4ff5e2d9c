"""ADetailer 25.3.0: slots and defaults, dropped tabs, regions that change, nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from extended import Extended, Made, encoded, flat
from PIL import Image, ImageChops

FACE = {"ad_model": "face_yolov8n.pt"}
HAND = {"ad_model": "hand_yolov8n.pt"}
NONE = {"ad_model": "None"}


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("adetailer")


def made(webui: Extended, args: list[Any], **fields: Any) -> Made:
    return webui.txt2img({"ADetailer": args}, **fields)


def models(answer: Made) -> list[str]:
    """The detectors that the infotext tells, in order."""
    return [value for key, value in answer.told.items() if key.startswith("ADetailer model")]


def changed(answer: Made, plain: Made) -> tuple[int, int, int, int] | None:
    """The box in which a picture differs from the plain one."""
    return ImageChops.difference(answer.images[0], plain.images[0]).getbbox()


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ([True, False, FACE], ["face_yolov8n.pt"]),
        ([True, False, HAND], ["hand_yolov8n.pt"]),
        ([HAND], ["hand_yolov8n.pt", "face_yolov8n.pt"]),
        ([True, HAND], ["hand_yolov8n.pt", "face_yolov8n.pt"]),
        ([FACE, HAND], ["face_yolov8n.pt", "hand_yolov8n.pt", "face_yolov8n.pt"]),
        ([FACE, HAND, 0], ["face_yolov8n.pt", "hand_yolov8n.pt"]),
        ([True, FACE, HAND], ["face_yolov8n.pt", "hand_yolov8n.pt"]),
        ([NONE], ["face_yolov8n.pt"]),
        ([True], ["face_yolov8n.pt"]),
        ([None], ["face_yolov8n.pt"]),
        ([True, "hand_yolov8n.pt"], ["face_yolov8n.pt"]),
        ([HAND | {"nope": 1}], ["face_yolov8n.pt"]),
        ([], []),
        ([False, False, FACE], []),
        ([True, False, {}], []),
        ([True, False, NONE], []),
        ([True, False, FACE | {"ad_mask_k_largest": 0}], []),
        ([True, False, FACE | {"ad_confidence": 2}], []),
        ([True, False, FACE | {"ad_tab_enable": False}], []),
        ([True, False, {}, {}, {}, {}, FACE], []),
    ],
)
def test_slots_that_are_not_sent_keep_their_defaults(
    webui: Extended, args: list[Any], expected: list[str]
) -> None:
    answer = made(webui, args)

    assert answer.status == 200
    assert models(answer) == expected


def test_keys_stand_in_their_order_with_the_number_of_the_tab(webui: Extended) -> None:
    tabs = [FACE | {"ad_prompt": "a, b"}, HAND | {"ad_use_steps": True, "ad_mask_k": 2}]
    answer = made(webui, [True, False, *tabs])

    assert list(answer.told) == [
        "ADetailer model",
        "ADetailer prompt",
        "ADetailer confidence",
        "ADetailer dilate erode",
        "ADetailer mask blur",
        "ADetailer denoising strength",
        "ADetailer inpaint only masked",
        "ADetailer inpaint padding",
        "ADetailer model 2nd",
        "ADetailer confidence 2nd",
        "ADetailer method to decide top k masks 2nd",
        "ADetailer mask only top k 2nd",
        "ADetailer dilate erode 2nd",
        "ADetailer mask blur 2nd",
        "ADetailer denoising strength 2nd",
        "ADetailer inpaint only masked 2nd",
        "ADetailer inpaint padding 2nd",
        "ADetailer use separate steps 2nd",
        "ADetailer steps 2nd",
        "ADetailer version",
    ]
    assert 'ADetailer prompt: "a, b"' in answer.info["infotexts"][0]


def test_only_what_was_found_changes(webui: Extended) -> None:
    size = {"width": 128, "height": 128}
    plain = webui.txt2img(**size)
    answer = made(webui, [True, False, FACE | {"ad_dilate_erode": 0, "ad_mask_blur": 0}], **size)

    assert len(answer.images) == len(plain.images) == 1
    assert changed(answer, plain) == (32, 32, 96, 96)


def test_a_moved_mask_changes_another_region(webui: Extended) -> None:
    size = {"width": 128, "height": 128}
    plain = webui.txt2img(**size)
    sharp = FACE | {"ad_dilate_erode": 0, "ad_mask_blur": 0}
    answer = made(webui, [True, False, sharp | {"ad_x_offset": 16, "ad_y_offset": 8}], **size)

    assert changed(answer, plain) == (48, 24, 112, 88)


def test_each_picture_of_a_batch_is_detailed(webui: Extended) -> None:
    plain = webui.txt2img(batch_size=2, n_iter=2)
    answer = made(webui, [True, False, FACE], batch_size=2, n_iter=2)
    pairs = zip(answer.images, plain.images, strict=True)

    assert [ImageChops.difference(*pair).getbbox() is not None for pair in pairs] == [True] * 4
    assert answer.info["all_seeds"] == plain.info["all_seeds"]


@pytest.mark.parametrize(
    "change",
    [
        {"ad_prompt": "a blue eye"},
        {"ad_negative_prompt": "blur"},
        {"ad_denoising_strength": 0.9},
        {"ad_use_cfg_scale": True, "ad_cfg_scale": 3},
        {"ad_use_steps": True, "ad_steps": 40},
        {"ad_use_sampler": True, "ad_sampler": "DDIM"},
        {"ad_inpaint_only_masked": False},
    ],
)
def test_the_region_follows_the_tab(webui: Extended, change: dict[str, Any]) -> None:
    first = made(webui, [True, False, FACE])
    answer = made(webui, [True, False, FACE | change])

    assert answer.images[0].tobytes() != first.images[0].tobytes()


@pytest.mark.parametrize(
    "change",
    [
        {"ad_model": "face_yolov8s.pt"},
        {"ad_model": "nope.pt"},
        {"ad_prompt": "[SKIP]"},
        {"ad_confidence": 0.95},
        {"ad_mask_min_ratio": 0.9},
    ],
)
def test_what_finds_nothing_says_that_it_ran(webui: Extended, change: dict[str, Any]) -> None:
    plain = webui.txt2img()
    answer = made(webui, [True, False, FACE | change])

    assert "ADetailer version" in answer.told
    assert changed(answer, plain) is None


def test_img2img_can_be_skipped(webui: Extended) -> None:
    start = flat((96, 64))
    fields = {"init_images": [encoded(start)], "width": 96, "height": 64, "steps": 20}
    answer = webui.img2img({"adetailer": [True, True, FACE]}, **fields)
    nothing = webui.img2img({"adetailer": [True, True, {"ad_model": "face_yolov8s.pt"}]}, **fields)

    assert answer.images[0].size == (96, 64)
    assert [answer.info[key] for key in ("width", "height", "sampler_name")] == [128, 128, "Euler"]
    assert answer.json["parameters"]["steps"] == 20
    assert "Steps: 1, Sampler: Euler" in answer.info["infotexts"][0]
    assert nothing.images[0].convert("RGB").tobytes() == start.tobytes()


def test_with_a_mask_img2img_is_not_skipped_and_nothing_is_detailed(webui: Extended) -> None:
    mask = Image.new("RGB", (64, 64), "white")
    answer = webui.img2img({"adetailer": [True, True, FACE]}, mask=encoded(mask))

    assert not any(key.startswith("ADetailer") for key in answer.told)
    assert answer.info["steps"] == 2


def test_units_of_controlnet_stay_out_of_the_passes_and_their_map_comes_once() -> None:
    webui = Extended("controlnet", "adetailer")
    unit = {
        "enabled": True,
        "module": "canny",
        "model": "control_v11p_sd15_canny",
        "image": encoded(flat()),
    }
    args = [True, False, FACE]
    alone = webui.txt2img({"controlnet": [unit]})
    off = webui.txt2img({"controlnet": [unit], "adetailer": args})
    through = webui.txt2img(
        {
            "controlnet": [unit],
            "adetailer": [True, False, FACE | {"ad_controlnet_model": "Passthrough"}],
        }
    )

    assert [len(one.images) for one in (alone, off, through)] == [2, 2, 2]
    assert changed(off, alone) is not None
    assert changed(through, off) is not None


def test_routes_say_version_detectors_and_schema(webui: Extended) -> None:
    schema = webui.get("/adetailer/v1/schema")

    assert webui.get("/adetailer/v1/version") == {"version": "25.3.0"}
    assert webui.get("/adetailer/v1/ad_model")["ad_model"][0] == "face_yolov8n.pt"
    assert schema["additionalProperties"] is False
    assert set(FACE) < set(schema["properties"])
