"""The request field infotext."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Made, img2img, in_base64
from PIL import Image

from mockserver import Webui
from mockserver.backends.a1111.generation import pipeline
from mockserver.core.errors import ServerError

TEXT = (
    "a blue cat\nNegative prompt: dog\n"
    "Steps: 3, Sampler: Euler a, Schedule type: Karras, CFG scale: 4.5, Seed: 99, Size: 72x80"
)


def applied(text: str, webui: Webui | None = None, /, **fields: Any) -> Made:
    """A txt2img that sends nothing but an infotext and `fields`."""
    webui = webui or Webui()
    model = webui.models.get("StableDiffusionProcessingTxt2Img")
    return Made(pipeline.txt2img(webui, model.validate({"infotext": text, **fields})))


def test_an_infotext_fills_the_fields_that_were_not_sent() -> None:
    made = applied(TEXT)

    assert made.infotexts[0].startswith(f"{TEXT}, Model hash")
    assert made.parameters["prompt"] == "a blue cat"
    assert made.parameters["steps"] == 3
    assert made.parameters["sampler_name"] == "Euler a"
    assert made.parameters["infotext"] == TEXT


def test_a_field_that_was_sent_wins() -> None:
    made = applied(TEXT, steps=2, prompt="a red fox", seed=5)

    assert made.info["prompt"] == "a red fox"
    assert "Steps: 2, Sampler: Euler a" in made.line
    assert "Seed: 5" in made.line


@pytest.mark.parametrize(
    ("told", "options"),
    [
        pytest.param("Clip skip: 2", {"CLIP_stop_at_last_layers": 2}, id="a number"),
        pytest.param("RNG: CPU", {"randn_source": "CPU"}, id="a text"),
        pytest.param("ENSD: 31337", {"eta_noise_seed_delta": 31337}, id="another number"),
        pytest.param("Clip skip: 1", {}, id="the option's own value"),
    ],
)
def test_settings_that_differ_become_overrides(told: str, options: dict[str, Any]) -> None:
    assert applied(f"{TEXT}, {told}").parameters["override_settings"] == options


def test_an_override_that_was_sent_wins() -> None:
    made = applied(f"{TEXT}, Clip skip: 2", override_settings={"CLIP_stop_at_last_layers": 3})

    assert "Clip skip: 3" in made.line


def test_the_model_of_the_text_is_used_only_where_an_option_says_so() -> None:
    webui = Webui()
    text = f"{TEXT}, Model hash: f75f886628"

    assert "Model: tiny-a" in applied(text, webui).line

    webui.options.put("disable_weights_auto_swap", value=False)

    assert "Model: tiny-b" in applied(text, webui).line


def test_hires_fix_of_the_text_asks_for_a_sampler_that_there_is_not() -> None:
    with pytest.raises(ServerError, match="AssertionError: bad sampler name: Use same sampler"):
        applied(f"{TEXT}, Denoising strength: 0.5, Hires upscale: 2, Hires upscaler: Latent")


def test_hires_fix_of_the_text_with_a_sampler_of_its_own_is_made() -> None:
    made = applied(
        f"{TEXT}, Denoising strength: 0.5, Hires sampler: Heun, Hires upscale: 2, "
        "Hires upscaler: Latent, Hires steps: 2"
    )

    assert made.sizes == [(144, 160)]
    assert "Hires sampler: Heun, Hires upscale: 2.0, Hires steps: 2" in made.line


def test_a_refiner_of_the_text_is_used() -> None:
    made = applied(f"{TEXT}, Refiner: tiny-b [f75f886628], Refiner switch at: 0.5")

    assert made.parameters["refiner_switch_at"] == 0.5
    assert "Refiner: tiny-b" in made.line


def test_a_text_that_is_no_infotext_is_a_prompt() -> None:
    assert applied("hello", steps=1).info["prompt"] == "hello"


@pytest.mark.parametrize("text", ["", None])
def test_no_text_fills_nothing(text: str | None) -> None:
    webui = Webui()
    model = webui.models.get("StableDiffusionProcessingTxt2Img")
    fields = model.validate(
        {"infotext": text, "prompt": "x", "steps": 1, "width": 64, "height": 64}
    )

    assert pipeline.txt2img(webui, fields).parameters["override_settings"] is None


def test_a_value_of_the_wrong_type_is_a_500() -> None:
    with pytest.raises(ServerError, match="ValueError: invalid literal for int"):
        applied("fox\nSteps: many, Sampler: Euler, CFG scale: 7, Seed: 1")


def test_on_img2img_the_fields_of_the_tab_itself_stay() -> None:
    picture = in_base64(Image.new("RGB", (64, 64), "teal"))
    webui = Webui()
    model = webui.models.get("StableDiffusionProcessingImg2Img")
    fields = {"init_images": [picture], "infotext": TEXT, "width": 64, "height": 64}

    made = Made(pipeline.img2img(webui, model.validate(fields)))

    assert made.info["prompt"] == ""
    assert (
        "Steps: 3, Sampler: Euler a, Schedule type: Karras, CFG scale: 7.0, Seed: 99" in made.line
    )


def test_soft_inpainting_of_the_text_is_switched_on() -> None:
    mask = Image.new("L", (64, 64), 255)
    picture = in_base64(Image.new("RGB", (64, 64), "teal"))
    text = f"{TEXT}, Soft inpainting enabled: True, Soft inpainting schedule bias: 2"

    made = img2img(init_images=[picture], mask=in_base64(mask), infotext=text)

    assert "Soft inpainting enabled: True, Soft inpainting schedule bias: 2" in made.line
