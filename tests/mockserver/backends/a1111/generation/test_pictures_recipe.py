"""What changes pixels on a real server changes them here, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
from generations import img2img, in_base64, txt2img
from PIL import Image

from mockserver import Webui


@pytest.fixture(scope="module")
def webui() -> Webui:
    return Webui()


def pixels(webui: Webui, **fields: Any) -> list[bytes]:
    return txt2img(webui, **{"steps": 6, **fields}).pixels


def with_option(**options: Any) -> dict[str, Any]:
    return {"override_settings": options}


def test_the_same_request_gives_the_same_pixels_on_any_server(webui: Webui) -> None:
    assert pixels(webui) == pixels(Webui())


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"prompt": "a blue cat"}, id="prompt"),
        pytest.param({"negative_prompt": "blurry"}, id="negative prompt"),
        pytest.param({"prompt": "a (red) fox"}, id="emphasis"),
        pytest.param({"seed": 4321}, id="seed"),
        pytest.param({"steps": 7}, id="steps"),
        pytest.param({"cfg_scale": 4}, id="guidance"),
        pytest.param({"sampler_name": "Euler a"}, id="sampler"),
        pytest.param({"scheduler": "Karras"}, id="scheduler"),
        pytest.param({"subseed": 5, "subseed_strength": 0.3}, id="variation"),
        pytest.param({"seed_resize_from_w": 32, "seed_resize_from_h": 32}, id="seed resize"),
        pytest.param({"tiling": True}, id="tiling"),
        pytest.param({"s_churn": 5.0}, id="churn"),
        pytest.param({"styles": ["cinematic"]}, id="style"),
        pytest.param(
            {"refiner_checkpoint": "tiny-b", "refiner_switch_at": 0.5, "steps": 6}, id="refiner"
        ),
        pytest.param({"sampler_name": "Euler a", "eta": 0.5}, id="eta"),
        pytest.param(with_option(sd_model_checkpoint="tiny-b"), id="model"),
        pytest.param(with_option(CLIP_stop_at_last_layers=2), id="clip skip"),
        pytest.param(with_option(token_merging_ratio=0.5), id="token merging"),
        pytest.param(with_option(randn_source="NV"), id="RNG"),
        pytest.param(with_option(always_discard_next_to_last_sigma=True), id="discarding"),
        pytest.param(with_option(skip_early_cond=0.5), id="skipping early"),
        pytest.param(with_option(sd_vae_decode_method="TAESD"), id="VAE"),
        pytest.param(with_option(hypertile_enable_unet=True), id="hypertile"),
    ],
)
def test_this_changes_pixels(webui: Webui, fields: dict[str, Any]) -> None:
    assert pixels(webui, **fields) != pixels(webui)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"subseed": 5}, id="a subseed without strength"),
        pytest.param({"eta": 0.5}, id="eta with Euler"),
        pytest.param({"s_noise": 1.1}, id="noise without churn"),
        pytest.param({"scheduler": "Uniform"}, id="the model's own schedule by name"),
        pytest.param({"prompt": "  a red  fox "}, id="blanks"),
        pytest.param({"prompt": "a red fox # not a cat"}, id="a comment"),
        pytest.param({"prompt": "a red fox <lora:nope:1>"}, id="an unknown lora"),
        pytest.param({"n_iter": 1, "batch_size": 1}, id="counts of one"),
        pytest.param({"denoising_strength": 0.3}, id="a strength without hires fix"),
        pytest.param({"hr_scale": 3}, id="a factor without hires fix"),
        pytest.param({"seed_resize_from_w": 32}, id="half a seed resize"),
        pytest.param({"force_task_id": "task(x)"}, id="a task id"),
        pytest.param({"width": 66}, id="pixels beyond whole eights"),
        pytest.param({"restore_faces": False}, id="no face restoration"),
        pytest.param(with_option(randn_source="CPU"), id="RNG of the CPU"),
        pytest.param(with_option(eta_noise_seed_delta=5), id="ENSD with Euler"),
        pytest.param(with_option(add_model_name_to_info=False), id="what the infotext tells"),
        pytest.param(with_option(sd_model_checkpoint="tiny-a"), id="the loaded model"),
    ],
)
def test_this_does_not(webui: Webui, fields: dict[str, Any]) -> None:
    assert pixels(webui, **fields) == pixels(webui)


def test_each_picture_of_a_batch_is_that_of_its_own_seed(webui: Webui) -> None:
    batch = pixels(webui, seed=10, batch_size=2, n_iter=2)

    assert batch == [pixels(webui, seed=seed)[0] for seed in (10, 11, 12, 13)]


def test_with_one_step_most_samplers_do_the_same(webui: Webui) -> None:
    euler, heun = (pixels(webui, steps=1, sampler_name=name) for name in ("Euler", "Heun"))
    ddim = pixels(webui, steps=1, sampler_name="DDIM")

    assert euler == heun
    assert euler != ddim


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"hr_upscaler": "Lanczos"}, id="upscaler"),
        pytest.param({"denoising_strength": 0.9}, id="strength"),
        pytest.param({"hr_second_pass_steps": 3}, id="steps"),
        pytest.param({"hr_sampler_name": "Euler a"}, id="sampler"),
        pytest.param({"hr_prompt": "a cat"}, id="prompt"),
        pytest.param({"hr_checkpoint_name": "tiny-b"}, id="checkpoint"),
    ],
)
def test_the_second_pass_changes_pixels(webui: Webui, fields: dict[str, Any]) -> None:
    hires = {"enable_hr": True, "denoising_strength": 0.5, "steps": 2}

    assert pixels(webui, **{**hires, **fields}) != pixels(webui, **hires)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"denoising_strength": 0.8}, id="strength"),
        pytest.param({"initial_noise_multiplier": 1.2}, id="noise multiplier"),
        pytest.param(with_option(img2img_extra_noise=0.2), id="extra noise"),
        pytest.param(with_option(img2img_color_correction=True), id="colour correction"),
        pytest.param({"seed": 5}, id="seed"),
    ],
)
def test_this_changes_what_comes_of_a_picture(webui: Webui, fields: dict[str, Any]) -> None:
    start = {"init_images": [in_base64(Image.new("RGB", (64, 64), "teal"))], "steps": 6}

    assert img2img(webui, **{**start, **fields}).pixels != img2img(webui, **start).pixels
