"""SD.Next of July 2026: what it does otherwise than that of 2025."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from asking import Asker, picture

from mockserver.backends.registry import simulate
from mockserver.backends.sdnext.infotext import scheduler_class
from mockserver.core.config import Config

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ask() -> Asker:
    return Asker(simulate("sdnext-2026-07"))


def test_options_are_those_stored_and_what_was_set_since(ask: Asker) -> None:
    before = ask.get("options").json
    answer = ask.post("options", {"jpeg_quality": 12, "no_such_option": 1}).json

    assert answer == {"updated": [{"jpeg_quality": True}, {"no_such_option": False}]}
    assert ask.get("options").json == {**before, "jpeg_quality": 12}


def test_a_first_start_shows_every_option(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    fresh = Asker(simulate("sdnext-2026-07", Config(fresh=True, state_file=file)))
    assert len(fresh.get("options").json) > 600
    fresh.post("options", {"jpeg_quality": 12})

    again = Asker(simulate("sdnext-2026-07", Config(state_file=file)))
    assert again.get("options").json["jpeg_quality"] == 12


def test_overridden_options_come_back_and_their_names_stay(ask: Asker) -> None:
    assert "webp_lossless" not in ask.get("options").json
    ask.draw(override_settings={"webp_lossless": True})
    assert ask.get("options").json["webp_lossless"] is False


@pytest.mark.parametrize("name", ["interrupt", "skip", "refresh-checkpoints", "reload-checkpoint"])
def test_what_has_nothing_to_say_says_nothing(ask: Asker, name: str) -> None:
    heard = ask("POST", f"/sdapi/v1/{name}")
    assert (heard.status, heard.body) == (204, b"")
    assert "content-type" not in heard.headers


def test_no_number_is_null(ask: Asker) -> None:
    heard = ask("POST", "/sdapi/v1/txt2img", b'{"prompt":"fox","width":64,"height":64,"steps":1,'
                b'"cfg_scale":NaN}')  # fmt: skip
    assert (heard.status, heard.json["parameters"]["cfg_scale"]) == (200, None)


def test_one_of_the_choices_in_braces_is_drawn_and_the_template_reported(ask: Asker) -> None:
    text = ask.draw(prompt=" a {red|red} {0::fox|1::cat} ").info["infotexts"][0]
    assert text.startswith("a red cat\n")
    assert "Template:  a {red|red} {0::fox|1::cat}" in text


@pytest.mark.parametrize(
    ("sampler", "name"),
    [
        pytest.param("Euler a", "EulerAncestralDiscreteScheduler", id="a name"),
        pytest.param("DPM++ 2M SDE", "DPMSolverMultistepScheduler", id="the beginning of it"),
        pytest.param("DPM++ 2M EDM", "EDMDPMSolverMultistepScheduler", id="the longest of two"),
        pytest.param("Euler FlowMatch", "EulerDiscreteScheduler", id="for flow models"),
        pytest.param("Hyperbolic Flow", "X", id="for flow models alone"),
        pytest.param("Karras Sigma", "CommonSigmaScheduler", id="a schedule of sigmas"),
        pytest.param("Default", "X", id="the model's own"),
    ],
)
def test_infotexts_name_the_class_of_the_scheduler(sampler: str, name: str) -> None:
    assert scheduler_class(sampler, "X") == name


def test_errors_begin_with_their_status(ask: Asker) -> None:
    heard = ask.draw(sampler_name="no such sampler")
    assert (heard.status, heard.json["errors"]) == (404, "404: Sampler not found")


def test_both_programs_shorten_odd_sizes() -> None:
    for profile in ("sdnext-2025-03", "sdnext-2026-07"):
        assert Asker(simulate(profile)).draw(width=70, height=65).image.size == (64, 64)


def test_half_a_data_uri_is_a_picture(ask: Asker) -> None:
    said: dict[str, Any] = {"image": f"data:image/png;{picture()}"}
    assert ask.post("png-info", said).status == 200
    assert json.loads(Asker(simulate("sdnext-2025-03")).post("png-info", said).body)["code"] == 500


def test_a_padding_that_leaves_nothing_of_the_mask_fails(ask: Asker) -> None:
    whole = {"init_images": [picture()], "mask": picture(), "inpaint_full_res": True}
    heard = ask.redraw(inpaint_full_res_padding=-1000, **whole)
    assert (heard.status, heard.json["error"]) == (500, "ValueError")
