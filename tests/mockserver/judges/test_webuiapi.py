"""The PyPI client webuiapi, unchanged, against the mock: each of its calls to the webui's API."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import requests
from PIL import Image, ImageChops
from webuiapi import HiResUpscaler, Upscaler, WebUIApi

import mockserver

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = {"width": 64, "height": 64, "steps": 2, "seed": 7}


@pytest.fixture
def api() -> Iterator[WebUIApi]:
    with mockserver.activate("http://127.0.0.1:7860"):
        yield WebUIApi()


@pytest.fixture
def red() -> Image.Image:
    return Image.new("RGB", (64, 64), "red")


def test_txt2img_gives_pictures_and_what_they_are(api: WebUIApi) -> None:
    result = api.txt2img(prompt="a fox", negative_prompt="blurry", batch_size=2, **SMALL)

    assert [image.size for image in result.images] == [(64, 64)] * 2
    assert result.image.info["parameters"].startswith("a fox\nNegative prompt: blurry\nSteps: 2, ")
    assert (result.info["sampler_name"], result.info["all_seeds"]) == ("Euler a", [7, 8])
    assert result.parameters["sampler_name"] == "Euler a"


def test_hires_gives_the_larger_picture(api: WebUIApi) -> None:
    result = api.txt2img(enable_hr=True, hr_upscaler=HiResUpscaler.Latent, **SMALL)

    assert result.image.size == (128, 128)


def test_img2img_starts_from_a_picture(api: WebUIApi, red: Image.Image) -> None:
    kept = api.img2img(images=[red], denoising_strength=0, **SMALL)
    changed = api.img2img(images=[red], denoising_strength=0.9, **SMALL)

    assert kept.image.convert("RGB").tobytes() == red.tobytes()
    assert ImageChops.difference(changed.image.convert("RGB"), red).getbbox() is not None


def test_img2img_keeps_what_the_mask_covers(api: WebUIApi, red: Image.Image) -> None:
    mask = Image.new("L", (64, 64), 0)
    mask.paste(255, (32, 0, 64, 64))
    result = api.img2img(
        images=[red], mask_image=mask, mask_blur=0, inpaint_full_res=False, **SMALL
    )

    left = result.image.convert("RGB").crop((0, 0, 32, 64))
    assert left.tobytes() == red.crop((0, 0, 32, 64)).tobytes()


def test_a_script_runs_by_its_name(api: WebUIApi) -> None:
    arguments = [False, False, "positive", "comma", 0]
    result = api.txt2img(prompt="a|b", script_name="Prompt matrix", script_args=arguments, **SMALL)

    assert len(result.images) >= 2


def test_extras_make_pictures_larger(api: WebUIApi, red: Image.Image) -> None:
    one = api.extra_single_image(red, upscaler_1=Upscaler.Lanczos, upscaling_resize=1.5)
    two = api.extra_batch_images([red, red], upscaler_1=Upscaler.Nearest, upscaling_resize=2)

    assert one.image.size == (96, 96)
    assert "Postprocess upscaler: Lanczos" in one.info
    assert [image.size for image in two.images] == [(128, 128)] * 2


def test_png_info_reads_what_txt2img_wrote(api: WebUIApi) -> None:
    made = api.txt2img(prompt="a fox", **SMALL)
    read = api.png_info(made.image)

    assert read.info == made.info["infotexts"][0]
    assert (read.parameters["Prompt"], read.parameters["Seed"]) == ("a fox", "7")


def test_interrogate_gives_a_caption(api: WebUIApi, red: Image.Image) -> None:
    assert isinstance(api.interrogate(red).info, str)
    with pytest.raises(RuntimeError, match="Model not found"):
        api.interrogate(red, model="nope")


def test_options_are_set_and_read(api: WebUIApi) -> None:
    assert api.set_options({"CLIP_stop_at_last_layers": 2}) is None

    assert api.get_options()["CLIP_stop_at_last_layers"] == 2
    assert api.txt2img(**SMALL).info["clip_skip"] == 2


def test_the_model_is_switched_by_a_name_that_is_near(api: WebUIApi) -> None:
    api.util_set_model("tiny-b")

    assert api.util_get_current_model().startswith("tiny-b.safetensors")
    assert api.txt2img(**SMALL).info["sd_model_name"] == "tiny-b"
    assert api.util_get_current_model() in api.util_get_model_names()


def test_progress_and_what_ends_a_job_are_answered(api: WebUIApi) -> None:
    assert api.get_progress()["progress"] == 0
    assert api.interrupt() == {}
    assert api.skip() is None
    assert api.refresh_checkpoints() is None
    api.util_wait_for_ready()


@pytest.mark.parametrize(
    "name",
    [
        "cmd_flags",
        "embeddings",
        "face_restorers",
        "hypernetworks",
        "latent_upscale_modes",
        "loras",
        "memory",
        "prompt_styles",
        "realesrgan_models",
        "samplers",
        "schedulers",
        "scripts",
        "sd_models",
        "sd_vae",
        "upscalers",
    ],
)
def test_lists_are_lists_with_something_in_them(api: WebUIApi, name: str) -> None:
    assert getattr(api, f"get_{name}")()


def test_names_for_choosing_are_reported(api: WebUIApi) -> None:
    assert "Euler a" in api.util_get_sampler_names()
    assert "karras" in api.util_get_scheduler_names()


def test_what_the_webui_does_not_have_is_not_found(api: WebUIApi) -> None:
    assert api.get_artists() == {"detail": "Not Found"}
    with pytest.raises(KeyError):
        api.controlnet_version()


def test_own_routes_are_reached(api: WebUIApi) -> None:
    assert api.custom_get("internal/ping") == {}
    result = api.custom_post("sdapi/v1/txt2img", payload=SMALL)
    assert result.image.size == (64, 64)


def test_credentials_are_sent() -> None:
    with mockserver.activate("http://127.0.0.1:7860", auth=(("user", "pass"),)):
        api = WebUIApi(username="user", password="pass")
        assert api.get_samplers()[0]["name"] == "DPM++ 2M"

        stranger = WebUIApi()
        assert stranger.get_samplers()["detail"] == "Not authenticated"


def test_an_error_says_status_and_words(api: WebUIApi) -> None:
    with pytest.raises(RuntimeError, match="KeyError"):
        api.txt2img(override_settings={"filter_nsfw": True}, **SMALL)


def test_over_a_real_port_it_is_the_same(red: Image.Image) -> None:
    app = mockserver.create_app()
    server = mockserver.ThreadedServer(app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    api = WebUIApi(baseurl=f"{server.url}/sdapi/v1")

    assert api.txt2img(prompt="a", **SMALL).image.size == (64, 64)
    assert api.img2img(images=[red], **SMALL).image.size == (64, 64)
    server.end()
    thread.join(5)
    with pytest.raises(requests.ConnectionError):
        api.get_samplers()
