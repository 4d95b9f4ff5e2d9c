"""What KoboldCpp 1.115.1 does otherwise than 1.111."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Asker, picture

from mockserver import Config
from mockserver.backends.koboldcpp.recipe import listed_sampler
from mockserver.backends.registry import simulate


@pytest.fixture
def ask() -> Asker:
    return Asker(simulate("koboldcpp-1.115.1", Config(seed=1)))


def test_a_comma_follows_each_prompt(ask: Asker) -> None:
    info = ask.draw(prompt="fox", adapter={"add_sd_negative_prompt": "cat"}).info
    assert (info["prompt"], info["negative_prompt"]) == ("fox, ", ", cat")


def test_prompts_keep_their_letters_and_their_length(ask: Asker) -> None:
    assert ask.draw(prompt="é" * 900).info["prompt"] == "é" * 900 + ", "


@pytest.mark.parametrize(
    ("eta", "shown"),
    [
        pytest.param(0.5, 0.5, id="within bounds"),
        pytest.param(1, 1.0, id="the upper bound"),
        pytest.param(1.5, None, id="beyond it"),
        pytest.param(-1, None, id="below nothing"),
        pytest.param(None, None, id="left open"),
    ],
)
def test_infotexts_name_the_eta(ask: Asker, eta: Any, shown: float | None) -> None:
    info = ask.draw(eta=eta).info
    assert info.get("eta") == shown
    line = "inf" if shown is None else f"{shown:g}"
    assert f"Sampler: euler_a| Eta: {line} | Clip skip" in info["infotexts"][0]


@pytest.mark.parametrize(
    ("name", "sampler"),
    [
        pytest.param("DPM++ 2M Karras", "dpm++2m", id="an alias in any case"),
        pytest.param("Euler A", "euler_a", id="a listed name"),
        pytest.param("er_sde", "er_sde", id="a name without aliases"),
        pytest.param("ER_SDE", "none", id="that name in another case"),
        pytest.param("default", "none", id="the model's own"),
    ],
)
def test_the_list_of_samplers_says_their_names(ask: Asker, name: str, sampler: str) -> None:
    assert listed_sampler(name, ask.get("samplers").json, "none") == sampler


def test_without_an_upscaler_hires_changes_nothing_and_extras_give_no_picture(ask: Asker) -> None:
    assert ask.draw(enable_hr=True).image.size == (64, 64)
    assert ask.post("extra-single-image", {"image": picture()}).json["image"] == ""


def test_a_single_extra_image_is_what_it_starts_from(ask: Asker) -> None:
    assert ask.draw(extra_images=[picture()]).info["denoising_strength"] == pytest.approx(0.6)
    assert "denoising_strength" not in ask.draw(extra_images=[picture(), picture()]).info


def test_an_answer_dates_the_job_and_has_a_final_frame(ask: Asker) -> None:
    heard = ask.draw()
    assert list(heard.json)[-1] == "final_frame"
    assert list(heard.info)[-1] == "job_timestamp"
