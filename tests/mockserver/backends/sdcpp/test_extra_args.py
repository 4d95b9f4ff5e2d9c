"""JSON in the prompt, and what a second pass without an upscaler is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asking import Asker

from mockserver.backends.registry import simulate


@pytest.fixture
def ask() -> Asker:
    return Asker(simulate("sdcpp-master-827"))


def extra(**said: Any) -> str:
    return f"a <sd_cpp_extra_args>{json.dumps(said)}</sd_cpp_extra_args>fox"


def test_it_sets_fields_and_leaves_the_prompt(ask: Asker) -> None:
    sampling = {"sample_steps": 3, "eta": 0.5, "guidance": {"distilled_guidance": 2}}
    heard = ask.draw(prompt=extra(negative_prompt="bad", width=128, sample_params=sampling))
    info = heard.info
    assert (info["prompt"], info["negative_prompt"], info["steps"]) == ("a fox", "bad", 3)
    assert heard.image.size == (128, 64)
    assert "Guidance: 2.000000, Eta: 0.500000" in info["infotexts"][0]


def test_the_request_s_sampler_outweighs_it(ask: Asker) -> None:
    prompt = extra(sample_params={"sample_method": "heun", "scheduler": "karras"})
    assert ask.draw(prompt=prompt).info["sampler_name"] == "heun"
    assert ask.draw(prompt=prompt, sampler_name="lcm").info["sampler_name"] == "lcm"


def test_values_of_another_type_are_passed_over(ask: Asker) -> None:
    info = ask.draw(prompt=extra(width="128", seed=1.5, clip_skip=True, strength=None)).info
    assert (info["width"], "clip_skip" in info) == (64, False)


@pytest.mark.parametrize(
    ("prompt", "error"),
    [
        pytest.param("x <sd_cpp_extra_args>{</sd_cpp_extra_args>", "sd_cpp_extra_args", id="json"),
        pytest.param(extra(lora={}), "sd_cpp_extra_args", id="LoRAs in no list"),
        pytest.param(extra(init_image="x"), "sd_cpp_extra_args", id="no picture"),
        pytest.param(extra(strength=2), "params", id="too strong"),
        pytest.param(extra(cache_mode="zz"), "params", id="no such cache"),
    ],
)
def test_what_cannot_be_done_is_refused(ask: Asker, prompt: str, error: str) -> None:
    heard = ask.draw(prompt=prompt)
    assert (heard.status, heard.json) == (400, {"error": f"invalid {error}"})


@pytest.mark.parametrize(
    ("upscaler", "size", "told"),
    [("None", (64, 64), False), ("", (128, 128), True), ("Lanczos", (128, 128), True)],
)
def test_a_second_pass(ask: Asker, upscaler: str, size: tuple[int, int], *, told: bool) -> None:
    heard = ask.draw(enable_hr=True, hr_upscaler=upscaler)
    assert heard.image.size == size
    assert ("Hires upscale: " in heard.info["infotexts"][0]) is told


def test_without_metadata_a_picture_holds_none(ask: Asker) -> None:
    heard = ask.draw(prompt=extra(embed_image_metadata=False))
    assert "parameters" not in heard.image.info
    assert heard.info["infotexts"]
