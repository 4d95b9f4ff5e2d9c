"""Lint of what is sent to extensions: most of it fails on the real server without a word."""

from __future__ import annotations

from typing import Any

import pytest
from extended import Extended, encoded, picture

from mockserver import Config
from mockserver.backends.registry import simulate
from mockserver.lint import Finding, Linter
from mockserver.lint.facts import Facts

CANNY = "control_v11p_sd15_canny [f1aa6b3f]"
UNIT = {"enabled": True, "module": "canny", "model": CANNY, "image": encoded(picture())}
FACE = {"ad_model": "face_yolov8n.pt"}
PICTURE = {"init_images": [UNIT["image"]]}


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("controlnet", "adetailer")


def lint(webui: Extended, name: str, args: list[Any], tab: str = "", **body: Any) -> list[Finding]:
    """What is said of a request; img2img where it has pictures."""
    tab = tab or ("img2img" if "init_images" in body else "txt2img")
    sent = {"alwayson_scripts": {name: {"args": args}}, **body}
    return list(Linter(Facts(webui.webui)).lint("POST", f"/sdapi/v1/{tab}", sent))


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        ({"resize_mode": 1}, "unit-refused", "send 'Crop and Resize'"),
        ({"control_mode": 2}, "unit-refused", "send 'ControlNet is more important'"),
        ({"module": "cany"}, "unit-refused", "did you mean 'canny'?"),
        ({"weight": 3}, "unit-refused", "less than or equal to 2.0"),
        ({"input_image": "x"}, "unit-refused", "Conflict of field"),
        ({"model": "control_v11p_sd15_cany"}, "unit-silent", "mean 'control_v11p_sd15_canny'?"),
        ({"model": "None"}, "unit-silent", "send a 'model'"),
        ({"model": "diffusers_xl_canny_mid"}, "unit-silent", "not compatible"),
        ({"image": None}, "unit-silent", "has no image"),
        ({"image": ""}, "unit-silent", "empty text"),
        ({"image": "@@"}, "unit-silent", "Invalid encoded image"),
        ({"image": encoded(picture(mode="RGBA"))}, "unit-silent", "its form or channels"),
        ({"mask": encoded(picture((32, 32)))}, "unit-silent", "not aligned with mask"),
        ({"effective_region_mask": encoded(picture(mode="L"))}, "unit-silent", "one channel"),
        ({"guessmode": True}, "unknown-unit-field", "send 'control_mode'"),
        ({"treshold_a": 1}, "unknown-unit-field", "did you mean 'threshold_a'?"),
        ({"processor_res": 9000}, "unit-number", "512 is taken"),
    ],
)
def test_a_unit_is_judged(webui: Extended, change: dict[str, Any], rule: str, words: str) -> None:
    (found,) = lint(webui, "ControlNet", [UNIT | change])

    assert found.rule == rule
    assert words in str(found)
    assert found.place.startswith("alwayson_scripts.ControlNet.args[0]")


def test_a_unit_without_enabled_does_nothing(webui: Extended) -> None:
    unit = {key: value for key, value in UNIT.items() if key != "enabled"}
    (found,) = lint(webui, "controlnet", [unit])

    assert found.rule == "unit-off"


def test_units_by_position_are_ignored(webui: Extended) -> None:
    assert {found.rule for found in lint(webui, "controlnet", [True, "canny", CANNY])} == {
        "unit-form"
    }


@pytest.mark.parametrize(
    "units",
    [[UNIT], [], [{}], [UNIT | {"enabled": False, "model": "None"}], [UNIT | {"module": "none"}]],
)
def test_units_in_order_are_left_alone(webui: Extended, units: list[Any]) -> None:
    assert lint(webui, "controlnet", units) == []


def test_in_img2img_a_unit_needs_no_image(webui: Extended) -> None:
    unit = {key: value for key, value in UNIT.items() if key != "image"}

    assert lint(webui, "controlnet", [unit], **PICTURE) == []


def test_before_pydantic_numbers_pass() -> None:
    old = Extended("controlnet@1.1.447")
    unit = {"module": "canny", "model": CANNY, "image": UNIT["image"], "resize_mode": 1}

    assert lint(old, "controlnet", [unit]) == []


@pytest.mark.parametrize(
    ("unit", "rule", "words"),
    [
        ({"input_image": ""}, "unknown-unit-field", "send 'image'"),
        ({"module": "depth"}, "unit-silent", "Forge calls it 'depth_midas'"),
        ({"module": "cany"}, "unit-silent", "did you mean 'canny'?"),
        ({"model": "control_v11p_sd15_canny"}, "unit-silent", "though the map comes"),
        ({"image": None}, "unit-silent", "has no image"),
        ({"image": {"image": "x"}}, "unit-silent", "send base64"),
    ],
)
def test_forge_judges_otherwise(unit: dict[str, Any], rule: str, words: str) -> None:
    webui = simulate("forge", Config(extensions=("controlnet",)))
    sent = {"alwayson_scripts": {"controlnet": {"args": [UNIT | unit]}}}
    (found,) = Linter(Facts(webui)).lint("POST", "/sdapi/v1/txt2img", sent)

    assert (found.rule, words in str(found)) == (rule, True)


def test_one_argument_that_is_no_unit_switches_all_off_in_forge() -> None:
    webui = simulate("forge", Config(extensions=("controlnet",)))
    sent = {"alwayson_scripts": {"controlnet": {"args": [UNIT, True]}}}
    (found,) = Linter(Facts(webui)).lint("POST", "/sdapi/v1/txt2img", sent)

    assert found.rule == "unit-form"


@pytest.mark.parametrize(
    ("args", "rule", "words"),
    [
        ([FACE], "adetailer-default", "face_yolov8n.pt runs as well"),
        ([True, FACE], "adetailer-default", "send the whole form"),
        ([True], "adetailer-default", "face_yolov8n.pt runs, nothing else"),
        ([True, False, {}], "adetailer-nothing", "no tab names a detector"),
        ([True, False, FACE | {"ad_mask_k_largest": 0}], "adetailer-dropped", "ad_mask_k"),
        ([True, False, FACE | {"ad_promt": ""}], "adetailer-dropped", "mean 'ad_prompt'?"),
        ([True, False, FACE | {"ad_confidence": 2}], "adetailer-dropped", "less than or equal"),
        ([True, False, {"ad_model": "face_yolo8n.pt"}], "adetailer-model", "'face_yolov8n.pt'?"),
    ],
)
def test_a_tab_is_judged(webui: Extended, args: list[Any], rule: str, words: str) -> None:
    (found,) = lint(webui, "ADetailer", args)

    assert found.rule == rule
    assert words in str(found)


@pytest.mark.parametrize("args", [[True, False, FACE], [False], [], [True, False, FACE, FACE]])
def test_tabs_in_order_are_left_alone(webui: Extended, args: list[Any]) -> None:
    assert lint(webui, "adetailer", args) == []


def test_with_a_mask_nothing_is_skipped_or_detailed(webui: Extended) -> None:
    mask = encoded(picture())
    (found,) = lint(webui, "adetailer", [True, True, FACE], mask=mask, **PICTURE)

    assert found.rule == "adetailer-skip"


def test_bodies_of_their_routes_are_judged(webui: Extended) -> None:
    body = {"controlnet_module": "canny", "controlnet_images": []}
    (found,) = Linter(Facts(webui.webui)).lint("POST", "/controlnet/detect", body)

    assert str(found).endswith("did you mean 'controlnet_input_images'?")


def test_arguments_of_your_own_script_are_judged() -> None:
    webui = Extended()
    sampler = {"label": "Mode", "value": "fast", "choices": ["fast", "slow"]}
    strength = {"label": "Strength", "value": 1.0, "minimum": 0, "maximum": 2}
    webui.webui.extensions.add("My Script", args=[False, sampler, strength, None])
    found = lint(webui, "my script", [1, "quick", 3, "x", "y"])

    assert [finding.rule for finding in found] == ["script-arguments"] + ["own-argument"] * 3
    assert [words.split(") ")[1] for words in map(str, found[1:])] == [
        "is a number, its default is a boolean",
        "is none of fast, slow",
        "is 3, outside 0 to 2",
    ]
    assert lint(webui, "my script", [True, "slow", 2]) == []
