"""txt2img and img2img of KoboldCpp."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Asker, opened, picture

from mockserver import Config
from mockserver.backends.registry import simulate
from mockserver.fixtures.fixture_set import FixtureSet


@pytest.fixture
def ask() -> Asker:
    return Asker(simulate("koboldcpp-1.111", Config(seed=1)))


def test_an_answer_holds_one_picture_and_what_is_said_of_it(ask: Asker) -> None:
    told = ask.draw(batch_size=4, n_iter=2).json
    assert list(told) == ["images", "parameters", "info", "animated", "extra_data"]
    assert (len(told["images"]), told["parameters"], told["animated"]) == (1, {}, False)


def test_the_picture_says_the_same_as_info(ask: Asker) -> None:
    heard = ask.draw(negative_prompt="cat", clip_skip=2, scheduler="Karras", cfg_scale=7.25)
    line = (
        "Prompt: a red fox | NegativePrompt: cat | Steps: 1 | CFGScale: 7.25 | Guidance: 0 | "
        "Seed: 7 | Size: 64x64 | Sampler: euler_a karras | Clip skip: 2 | "
        "Model: sd15-full-random.safetensors | Version: KoboldCpp"
    )
    assert heard.image.info == {"parameters": line}
    assert heard.info == {
        "all_negative_prompts": ["cat"],
        "all_prompts": ["a red fox"],
        "all_seeds": [7],
        "cfg_scale": 7.25,
        "clip_skip": 2,
        "extra_generation_params": {"Schedule type": "karras"},
        "height": 64,
        "infotexts": [line],
        "negative_prompt": "cat",
        "prompt": "a red fox",
        "sampler_name": "euler_a",
        "sd_model_name": "sd15-full-random.safetensors",
        "seed": 7,
        "steps": 1,
        "version": "KoboldCpp",
        "width": 64,
    }
    assert list(heard.info) == sorted(heard.info)


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        pytest.param({"steps": None}, "steps", 20, id="steps left out"),
        pytest.param({"steps": 0}, "steps", 1, id="too few steps"),
        pytest.param({"steps": 1000}, "steps", 80, id="too many steps"),
        pytest.param({"cfg_scale": 100}, "cfg_scale", 25.0, id="much guidance"),
        pytest.param({"cfg_scale": -3}, "cfg_scale", 1.0, id="little guidance"),
        pytest.param({"scheduler": "nope"}, "extra_generation_params", {}, id="no such scheduler"),
        pytest.param({"scheduler": "default"}, "extra_generation_params", {}, id="the default one"),
        pytest.param({"seed": 2**32 + 5}, "seed", 5, id="seeds have 32 bits"),
        pytest.param({"width": 70}, "width", 64, id="width in steps of 64"),
    ],
)
def test_values_are_brought_within_bounds(
    ask: Asker, fields: dict[str, Any], name: str, value: Any
) -> None:
    assert ask.draw(**fields).info[name] == value


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        pytest.param({"add_sd_prompt": "sharp"}, "prompt", "a red fox, sharp", id="prompt"),
        pytest.param({"add_sd_negative_prompt": "cat"}, "negative_prompt", "cat", id="negative"),
        pytest.param({"add_sd_step_limit": 3}, "steps", 3, id="steps"),
        pytest.param({"add_sd_cfg_limit": "4.5"}, "cfg_scale", 4.5, id="guidance"),
    ],
)
def test_an_adapter_adds_to_prompts_and_sets_bounds(
    ask: Asker, fields: dict[str, Any], name: str, value: Any
) -> None:
    assert ask.draw(steps=5, cfg_scale=7, adapter=fields).info[name] == value


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        pytest.param({"flow_shift": 3}, "Sampler: euler_a| Flow Shift: 3 | Clip", id="flow"),
        pytest.param({"flow_shift": 0}, "Sampler: euler_a | Clip", id="no flow"),
        pytest.param(
            {"shifted_timestep": "7", "scheduler": "karras"},
            "Sampler: euler_a karras| Timestep Shift: 7 | Clip",
            id="timestep",
        ),
        pytest.param({"shifted_timestep": 1001}, "Sampler: euler_a | Clip", id="too far"),
    ],
)
def test_the_infotext_names_shifts(ask: Asker, fields: dict[str, Any], line: str) -> None:
    assert line in ask.draw(**fields).info["infotexts"][0]


def test_tags_of_loras_leave_the_prompt(ask: Asker) -> None:
    told = ask.draw(prompt="fox <lora:demo_lora:0.5> and <lora:x:y>, <lora:nope:1>")
    assert told.info["all_prompts"] == ["fox  and <lora:x:y>, "]
    assert told.info["prompt"] == "fox  and <lora:x:y>, <lora:demo_lora:0.5>"


def test_a_picture_sent_as_reference_is_not_painted_over(ask: Asker) -> None:
    told = ask.redraw(init_images=[picture()], send_as_refimg=True)
    assert "denoising_strength" not in told.info


def test_the_defaults_are_its_own(ask: Asker) -> None:
    told = ask.post("txt2img", {"steps": 1}).info
    assert (told["prompt"], told["width"], told["height"]) == ("", 512, 512)
    assert (told["cfg_scale"], told["sampler_name"]) == (5.0, "euler_a")


def test_a_seed_left_to_it_has_six_digits(ask: Asker) -> None:
    seeds = [ask.draw(seed=-1).info["seed"] for _ in range(3)]
    assert len(set(seeds)) == 3
    assert all(100_000 <= seed <= 999_999 for seed in seeds)


def test_the_same_seed_gives_the_same_picture(ask: Asker) -> None:
    assert ask.draw().body == ask.draw().body
    assert ask.draw().image.tobytes() != ask.draw(seed=8).image.tobytes()


@pytest.mark.parametrize("name", ["txt2img", "img2img"])
@pytest.mark.parametrize("given", [True, False], ids=["with a picture", "without"])
def test_either_route_starts_from_a_picture_if_it_gets_one(
    ask: Asker, name: str, given: bool
) -> None:
    images = [picture()] if given else []
    body = {"prompt": "fox", "steps": 2, "width": 64, "height": 64, "init_images": images}
    assert ("denoising_strength" in ask.post(name, body).info) is given


@pytest.mark.parametrize(
    "init",
    [
        pytest.param("aGVsbG8=", id="no picture"),
        pytest.param("http://127.0.0.1:9/x.png", id="an address"),
        pytest.param(picture(kind="WEBP"), id="WEBP"),
        pytest.param(picture(mode="L"), id="grey"),
    ],
)
def test_a_picture_that_cannot_be_read_gives_none(ask: Asker, init: str) -> None:
    heard = ask.redraw(init_images=[init])
    assert (heard.status, heard.json["images"], heard.info) == (200, [""], {})


def test_nothing_painted_over_in_one_step_gives_the_picture_back(ask: Asker) -> None:
    given = picture((64, 64), colour=77)
    heard = ask.redraw(init_images=[given], steps=1, denoising_strength=0)
    assert heard.image.tobytes() == opened(given).tobytes()
    assert (heard.image.info, heard.info["infotexts"]) == ({}, [])


def test_where_a_mask_is_black_the_picture_stays(ask: Asker) -> None:
    given, black = picture(colour=77), picture(mode="L", colour=0)
    kept = ask.redraw(init_images=[given], mask=black, denoising_strength=1)
    painted = ask.redraw(
        init_images=[given], mask=black, denoising_strength=1, inpainting_mask_invert=1
    )
    assert kept.image.tobytes() == opened(given).tobytes()
    assert painted.image.tobytes() != opened(given).tobytes()


def test_a_mask_that_cannot_be_read_is_none(ask: Asker) -> None:
    given = picture(colour=77)
    broken = ask.redraw(init_images=[given], mask="aGVsbG8=")
    assert broken.image.tobytes() == ask.redraw(init_images=[given]).image.tobytes()


def test_hires_is_the_upscaler_afterwards(ask: Asker) -> None:
    heard = ask.draw(enable_hr=True)
    assert heard.image.size == (256, 256)
    assert (heard.info["width"], heard.image.info["parameters"].count("64x64")) == (64, 1)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"steps": {}}, id="object for a number"),
        pytest.param({"prompt": None}, id="null for a prompt"),
        pytest.param({"steps": [3]}, id="list of a number"),
        pytest.param({"shifted_timestep": [3]}, id="list for a shift of timesteps"),
        pytest.param({"flow_shift": [3]}, id="list for a shift of flow"),
        pytest.param({"frames": [3]}, id="list for frames"),
        pytest.param({"circular_x": [1]}, id="list for a circular axis"),
        pytest.param({"remove_limits": {}}, id="object for remove_limits"),
        pytest.param({"extra_images": [5]}, id="number among extra images"),
        pytest.param({"extra_images": 5}, id="number for extra images"),
        pytest.param({"video_output_type": None}, id="null for a kind of video"),
        pytest.param({"adapter": "text"}, id="text for an adapter"),
        pytest.param({"adapter": None}, id="null for an adapter"),
        pytest.param({"adapter": {"add_sd_prompt": None}}, id="null for a prompt of an adapter"),
        pytest.param({"lora": None}, id="null for LoRAs"),
        pytest.param({"init_images": [5]}, id="number for a picture"),
        pytest.param([1, 2], id="a list"),
        pytest.param("hello", id="a text"),
        pytest.param(None, id="null"),
    ],
)
def test_what_trips_it_breaks_the_connection(ask: Asker, body: Any) -> None:
    assert ask.post("img2img", body).status is None


def test_it_goes_on_afterwards(ask: Asker) -> None:
    ask.draw(steps=[])
    assert ask.draw().status == 200


def test_without_a_model_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    server = simulate("koboldcpp-1.111")
    monkeypatch.setattr(FixtureSet, "get", lambda *_: [])
    heard = Asker(server).draw()
    assert (heard.status, heard.json["images"], heard.info) == (200, [""], {})
