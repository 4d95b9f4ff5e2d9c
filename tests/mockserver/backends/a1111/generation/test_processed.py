"""The info of an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from generations import Made, txt2img

from mockserver.profiles.generation import INFO_KEYS


def test_info_has_its_keys_in_the_webuis_order() -> None:
    assert list(txt2img().info) == list(INFO_KEYS)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"cfg_scale": 7}, {"cfg_scale": 7.0}, id="guidance is a float"),
        pytest.param({"steps": "3"}, {"steps": 3}, id="a text for a number"),
        pytest.param({"width": 70}, {"width": 70, "height": 64}, id="the size asked for"),
        pytest.param({"restore_faces": None}, {"restore_faces": False}, id="face restoration"),
        pytest.param(
            {"restore_faces": True},
            {"restore_faces": True, "face_restoration_model": "CodeFormer"},
            id="its model",
        ),
        pytest.param({}, {"denoising_strength": None}, id="no strength without hires fix"),
        pytest.param({"styles": None}, {"styles": []}, id="no styles"),
        pytest.param(
            {}, {"sd_model_name": "tiny-a", "sd_model_hash": "a9f628e616"}, id="the model"
        ),
        pytest.param({}, {"version": "v1.10.1", "clip_skip": 1}, id="version and clip skip"),
        pytest.param(
            {"sampler_name": "DPM++ 2M Karras"}, {"sampler_name": "DPM++ 2M"}, id="the sampler"
        ),
    ],
)
def test_info_lists_what_was_used(fields: dict[str, Any], told: dict[str, Any]) -> None:
    info = txt2img(**fields).info

    assert {key: info[key] for key in told} == told
    assert [type(info[key]) for key in told] == [type(value) for value in told.values()]


def test_what_json_does_not_know_is_null_in_it() -> None:
    made: Made = txt2img(enable_hr=True, denoising_strength=0.5)

    assert made.info["extra_generation_params"]["Hires prompt"] is None


def test_info_is_json_text_with_escapes() -> None:
    made = txt2img(prompt="狐 café")

    assert made.generated.info.isascii()
    assert json.loads(made.generated.info)["prompt"] == "狐 café"
