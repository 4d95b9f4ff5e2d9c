"""Odd requests, each answered as a live v1.10.1 with models and settings of its own answered."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Made, in_base64, txt2img
from generations import img2img as answer_img2img
from PIL import Image

from mockserver import Webui
from mockserver.backends.a1111.checkpoints import Checkpoint
from mockserver.core.errors import ServerError

SIZES_DIFFER = "Sizes of tensors must match except in dimension 1"
NO_STEP_BEFORE = "cannot access local variable 'h' where it is not associated with a value"


def img2img(*arguments: Any, size: tuple[int, int] = (64, 64), **fields: Any) -> Made:
    return answer_img2img(
        *arguments, init_images=[in_base64(Image.new("RGB", size, "teal"))], **fields
    )


def error_of(make: Any, *arguments: Any, **fields: Any) -> tuple[str, str]:
    with pytest.raises(ServerError) as raised:
        make(*arguments, **fields)
    return raised.value.name, raised.value.text


@pytest.mark.parametrize("sampler", ["DPM++ 2M SDE", "DPM++ 2M SDE Heun", "DPM++ 3M SDE"])
def test_samplers_that_remember_a_step_cannot_make_only_one(sampler: str) -> None:
    one_step = {"sampler_name": sampler, "steps": 1}

    assert error_of(txt2img, **one_step) == ("UnboundLocalError", NO_STEP_BEFORE)
    assert error_of(txt2img, **one_step, enable_hr=True)[0] == "UnboundLocalError"
    assert error_of(img2img, **{**one_step, "steps": 2}, denoising_strength=0.3) == (
        "UnboundLocalError",
        NO_STEP_BEFORE,
    )
    assert txt2img(**{**one_step, "steps": 2}).infotexts


def test_dpm_fast_cannot_go_backward_with_noise() -> None:
    low = {"sampler_name": "DPM fast", "steps": 3, "denoising_strength": 0.01}

    assert error_of(img2img, **low) == ("ValueError", "eta must be 0 for reverse sampling")
    assert img2img(**low, eta=0).infotexts
    assert txt2img(sampler_name="DPM fast", steps=1).infotexts


def test_unipc_from_a_picture_without_a_step_has_no_timestep() -> None:
    assert error_of(img2img, sampler_name="UniPC", steps=2, denoising_strength=0.4) == (
        "IndexError",
        "index -1 is out of bounds for dimension 0 with size 0",
    )


@pytest.fixture
def inpainting(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a checkpoint that is taken for an inpainting one."""
    monkeypatch.setattr(
        Checkpoint, "inpainting", property(lambda one: one.name_for_extra == "tiny-b")
    )
    return "tiny-b"


def test_an_inpainting_model_says_the_weight_of_its_mask(inpainting: str) -> None:
    chosen = {"override_settings": {"sd_model_checkpoint": inpainting}}

    assert "Model: tiny-b, Conditional mask weight: 1.0" in txt2img(**chosen).line
    assert "Denoising strength: 0.75, Conditional mask weight: 1.0" in img2img(**chosen).line


def test_an_inpainting_model_cannot_enlarge_a_latent(inpainting: str) -> None:
    twice = {"enable_hr": True, "denoising_strength": 0.5}
    chosen = {"override_settings": {"sd_model_checkpoint": inpainting}}

    assert error_of(txt2img, **twice, **chosen) == (
        "RuntimeError",
        f"{SIZES_DIFFER}. Expected size 16 but got size 8 for tensor number 1 in the list.",
    )
    assert "Conditional mask weight: 1.0" in txt2img(**twice, **chosen, hr_upscaler="None").line
    chosen["override_settings"]["inpainting_mask_weight"] = 0.5  # type: ignore[assignment]
    assert "Conditional mask weight: 0.5" in txt2img(**twice, **chosen).line


@pytest.mark.parametrize("make", [txt2img, img2img])
def test_an_inpainting_model_cannot_refine_what_another_began(make: Any, inpainting: str) -> None:
    error = error_of(make, steps=4, refiner_checkpoint=inpainting, refiner_switch_at=0.5)

    assert error[1].endswith("Expected size 8 but got size 1 for tensor number 1 in the list.")


def test_a_guidance_left_out_after_the_refiner_is_reported_after_it() -> None:
    made: Made = txt2img(
        steps=2,
        refiner_checkpoint="tiny-b",
        refiner_switch_at=0.8,
        override_settings={"s_min_uncond": 0.8},
    )

    assert made.line.index("Refiner switch at: 0.8") < made.line.index("NGMS: 0.8")


def test_after_a_refresh_the_loaded_checkpoint_is_another_one_for_the_refiner() -> None:
    webui = Webui()
    itself = {"refiner_checkpoint": "tiny-a", "refiner_switch_at": 0.5}
    assert "Refiner" not in txt2img(webui, **itself).line
    webui.checkpoints.refresh()

    assert "Refiner: tiny-a" in txt2img(webui, **itself).line


def test_networks_of_the_options_are_added_hypernetworks_first() -> None:
    webui = Webui()
    hypernetwork = next(iter(webui.networks.hypernetworks), None)
    if hypernetwork is None:
        webui.networks.add_hypernetwork("dreamy")
        hypernetwork = "dreamy"
    lora = webui.networks.loras[0].name
    added = {"override_settings": {"sd_lora": lora, "sd_hypernetwork": hypernetwork}}

    prompt = txt2img(webui, prompt="fox", **added).infotexts[0].splitlines()[0]

    assert prompt == f"fox<hypernet:{hypernetwork}:1.0><lora:{lora}:1.0>"


@pytest.mark.parametrize(
    ("prompt", "padded"),
    [
        pytest.param("fox BREAK cat", True, id="two chunks"),
        pytest.param("fox BREAK", False, id="nothing behind a BREAK"),
        pytest.param("solo AND castle BREAK", False, id="parts of one chunk each"),
        pytest.param("[fox:fox BREAK cat:1]", True, id="a longer text for later"),
        pytest.param("[fox:fox BREAK cat:9]", False, id="a longer text that is never reached"),
    ],
)
def test_prompts_are_padded_where_their_chunks_differ(prompt: str, *, padded: bool) -> None:
    made = txt2img(prompt=prompt, override_settings={"pad_cond_uncond": True})

    assert ("Pad conds: True" in made.line) == padded


def test_a_longer_prompt_of_the_second_pass_is_padded() -> None:
    made = txt2img(
        enable_hr=True,
        denoising_strength=0.5,
        hr_prompt="cat BREAK dog",
        override_settings={"pad_cond_uncond": True},
    )

    assert "Pad conds: True" in made.line


def test_one_pixel_is_too_little_for_the_vae() -> None:
    assert error_of(img2img, size=(1, 1), resize_mode=3) == (
        "ValueError",
        "Expected more than 1 value per channel when training, got input size [1, 32, 1, 1]",
    )


def test_a_grid_needs_a_background_that_is_a_colour() -> None:
    assert error_of(
        txt2img,
        batch_size=2,
        save_images=True,
        override_settings={"grid_background_color": "x"},
    ) == ("ValueError", "unknown color specifier: 'x'")
