"""txt2img and img2img of stable-diffusion.cpp."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asking import Asker, opened, picture

from mockserver import Config
from mockserver.backends.registry import simulate


@pytest.fixture
def ask() -> Asker:
    return Asker(simulate("sdcpp-master-827", Config(seed=1)))


def metadata(infotext: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(infotext.partition(", SDCPP: ")[2])
    return found


def test_an_answer_repeats_its_request(ask: Asker) -> None:
    body = {"prompt": "fox", "width": 64, "height": 64, "steps": 1.0, "anything": {"b": 1, "a": 2}}
    told = ask.post("txt2img", body).json
    assert list(told) == ["images", "info", "parameters"]
    assert told["parameters"] == body
    assert list(told["parameters"]) == sorted(body)


def test_an_infotext_can_be_read_by_people_and_by_programs(ask: Asker) -> None:
    heard = ask.draw(negative_prompt="cat", sampler_name="Euler", scheduler="karras", clip_skip=2)
    text = heard.image.info["parameters"]
    assert text.partition(", SDCPP: ")[0] == (
        "a red fox\nNegative prompt: cat\nSteps: 1, CFG scale: 7.000000, Guidance: 3.500000, "
        "Eta: inf, Seed: 7, Size: 64x64, Model: sd15-small-random.safetensors, RNG: cuda, "
        "Sampler: euler karras, Clip skip: 2, Version: stable-diffusion.cpp"
    )
    told = metadata(text)
    assert told["prompt"] == {"positive": "a red fox", "negative": "cat"}
    assert (told["sampling"]["method"], told["sampling"]["scheduler"]) == ("euler", "karras")
    assert heard.info["infotexts"] == [text]


def test_info_says_what_was_drawn(ask: Asker) -> None:
    told = ask.draw(batch_size=2, scheduler="karras").info
    assert told["all_seeds"] == [7, 8]
    assert told["all_prompts"] == ["a red fox"] * 2
    assert told["extra_generation_params"] == {"Schedule type": "karras"}
    assert "denoising_strength" not in told
    assert list(told) == sorted(told)


@pytest.mark.parametrize(
    ("asked", "drawn"), [((96, 72), (128, 128)), ((8, 8), (64, 64)), ((64, 128), (64, 128))]
)
def test_sizes_are_rounded_up_but_reported_as_asked(
    ask: Asker, asked: tuple[int, int], drawn: tuple[int, int]
) -> None:
    heard = ask.draw(width=asked[0], height=asked[1])
    assert heard.image.size == drawn
    assert (heard.info["width"], heard.info["height"]) == asked


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"prompt": ""}, "prompt required", id="no prompt"),
        pytest.param({"width": 0}, "width and height must be positive", id="no width"),
        pytest.param({"cfg_scale": -1}, "invalid params", id="negative guidance"),
        pytest.param({"enable_hr": True, "hr_upscaler": "nope"}, "invalid params", id="upscaler"),
        pytest.param({"enable_hr": True, "hr_scale": 0}, "invalid params", id="no scale"),
        pytest.param({"lora": [{}]}, "lora.path required", id="LoRA without a path"),
        pytest.param({"lora": [{"path": "x"}]}, "invalid lora path: x", id="no such LoRA"),
    ],
)
def test_what_is_out_of_range(ask: Asker, fields: dict[str, Any], words: str) -> None:
    heard = ask.draw(**fields)
    assert (heard.status, heard.json) == (400, {"error": words})


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        pytest.param({"steps": "3"}, "number, but is string", id="text for a number"),
        pytest.param({"enable_hr": 1}, "boolean, but is number", id="number for a flag"),
        pytest.param({"prompt": None}, "string, but is null", id="null for a text"),
        pytest.param({"lora": [{"path": 1}]}, "string, but is number", id="inside a LoRA"),
    ],
)
def test_another_type_is_an_error_of_the_server(
    ask: Asker, fields: dict[str, Any], wanted: str
) -> None:
    heard = ask.draw(**fields)
    words = f"[json.exception.type_error.302] type must be {wanted}"
    assert (heard.status, heard.json) == (500, {"error": "server_error", "message": words})


def test_the_first_fault_is_reported(ask: Asker) -> None:
    assert ask.draw(prompt="", steps="x").status == 500
    assert ask.draw(prompt="", width=0).json == {"error": "width and height must be positive"}


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        pytest.param({"steps": 0}, "steps", 1, id="too few steps"),
        pytest.param({"steps": 1000}, "steps", 100, id="too many steps"),
        pytest.param({"steps": 2.9}, "steps", 2, id="a fraction of steps"),
        pytest.param({"cfg_scale": True}, "cfg_scale", 1.0, id="a flag for a number"),
        pytest.param({"cfg_scale": 1e300}, "cfg_scale", None, id="beyond 32 bits"),
        pytest.param({"batch_size": 0}, "all_seeds", [7], id="too small a batch"),
        pytest.param({"batch_size": 20}, "all_seeds", [*range(7, 15)], id="too large a batch"),
        pytest.param({"n_iter": "x"}, "all_seeds", [7], id="what is not read"),
    ],
)
def test_values_are_brought_within_bounds(
    ask: Asker, fields: dict[str, Any], name: str, value: Any
) -> None:
    assert ask.draw(**fields).info[name] == value


def test_defaults_are_those_of_its_start(ask: Asker) -> None:
    told = ask.post("txt2img", {"prompt": "fox", "width": 64, "height": 64}).info
    assert (told["steps"], told["cfg_scale"]) == (20, 7.0)
    assert ask.post("txt2img", {"prompt": "fox", "steps": 1}).image.size == (512, 512)


def test_a_seed_left_to_it_is_drawn_each_time(ask: Asker) -> None:
    seeds = {ask.draw(seed=-1).info["seed"] for _ in range(3)}
    assert len(seeds) == 3
    assert min(seeds) >= 0


def test_img2img_starts_from_the_first_picture(ask: Asker) -> None:
    given = picture(colour=77)
    heard = ask.redraw(init_images=[given, picture(colour=3)], denoising_strength=0)
    assert heard.image.tobytes() == opened(given).tobytes()
    assert heard.info["denoising_strength"] == 0.0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_pictures_may_be_of_many_formats(ask: Asker, kind: str) -> None:
    given = picture(colour=77, kind=kind)
    heard = ask.redraw(init_images=[given], denoising_strength=0)
    assert heard.image.tobytes() == opened(given).convert("RGB").tobytes()


def test_without_a_size_it_takes_the_pictures(ask: Asker) -> None:
    body = {"prompt": "fox", "steps": 1, "init_images": [picture((128, 64))]}
    heard = ask.post("img2img", body)
    assert (heard.info["width"], heard.info["height"]) == (128, 64)


@pytest.mark.parametrize(
    "init",
    [
        pytest.param(None, id="null"),
        pytest.param([], id="none"),
        pytest.param(picture(), id="no list"),
        pytest.param(["aGVsbG8="], id="no picture"),
        pytest.param([picture(mode="L")], id="grey"),
    ],
)
def test_without_a_picture_img2img_is_txt2img(ask: Asker, init: Any) -> None:
    heard = ask.redraw(init_images=init, denoising_strength=0.2)
    assert heard.image.tobytes() == ask.draw(steps=2).image.tobytes()
    assert heard.info["denoising_strength"] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("asked", "told"), [(None, 0.75), (2, 1.0), (-3, 0.75)], ids=["left out", "large", "negative"]
)
def test_strengths(ask: Asker, asked: float | None, told: float) -> None:
    fields = {} if asked is None else {"denoising_strength": asked}
    assert ask.redraw(init_images=[picture()], **fields).info["denoising_strength"] == told


def test_where_a_mask_is_black_the_picture_stays(ask: Asker) -> None:
    given, black = picture(colour=77), picture(mode="L", colour=0)
    fields = {"init_images": [f"data:image/png;base64,{given}"], "mask": black}
    kept = ask.redraw(**fields)
    painted = ask.redraw(**fields, inpainting_mask_invert=1)
    assert kept.image.tobytes() == opened(given).tobytes()
    assert painted.image.tobytes() != opened(given).tobytes()


def test_loras_are_reported_and_change_the_picture(ask: Asker) -> None:
    lora = {"path": "demo_lora.safetensors", "multiplier": 0.5}
    heard = ask.draw(lora=[lora, lora, "ignored"])
    told = metadata(heard.image.info["parameters"])["loras"]
    name = "demo_lora.safetensors"
    assert told == [{"name": name, "multiplier": 1.0, "is_high_noise": False}]
    assert heard.image.tobytes() != ask.draw().image.tobytes()


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        pytest.param({}, (128, 128), id="twice as large by default"),
        pytest.param({"hr_scale": 3}, (192, 192), id="by a factor"),
        pytest.param({"hr_resize_x": 192, "hr_resize_y": 64}, (192, 64), id="to a size"),
    ],
)
def test_a_second_pass_enlarges(ask: Asker, fields: dict[str, Any], size: tuple[int, int]) -> None:
    heard = ask.draw(enable_hr=True, hr_upscaler="Lanczos", hr_steps=3, **fields)
    text = heard.image.info["parameters"]
    assert heard.image.size == size
    assert (heard.info["width"], heard.info["height"]) == (64, 64)
    assert "Hires upscale: Lanczos" in text
    assert metadata(text)["hires"]["steps"] == 3


def test_a_picture_beyond_all_memory_has_no_result(ask: Asker) -> None:
    heard = ask.draw(width=2**31 - 1, height=2**31 - 1)
    told = {"error": "generate_image returned no results"}
    assert (heard.status, heard.json) == (500, told)


def test_prompts_of_any_script_come_back(ask: Asker) -> None:
    heard = ask.draw(prompt="狐 café\0x")
    assert heard.info["prompt"] == "狐 café\0x"
    raw = heard.image.info["parameters"].encode("latin-1")
    assert raw == "狐 café".encode()
