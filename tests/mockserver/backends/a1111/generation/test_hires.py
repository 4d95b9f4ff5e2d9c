"""Hires fix: the second pass, its size and what it tells."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Made, txt2img

from mockserver import Webui
from mockserver.core.errors import ServerError


def hires(webui: Webui | None = None, **fields: Any) -> Made:
    return txt2img(webui, **{"enable_hr": True, "denoising_strength": 0.5, **fields})


@pytest.mark.parametrize(
    ("fields", "size", "told"),
    [
        pytest.param({}, (128, 128), "Hires upscale: 2.0", id="twice by default"),
        pytest.param({"hr_scale": 1.5}, (96, 96), "Hires upscale: 1.5", id="a factor"),
        pytest.param({"hr_resize_x": 96}, (96, 96), "Hires resize: 96x0", id="a width"),
        pytest.param({"hr_resize_y": 96}, (96, 96), "Hires resize: 0x96", id="a height"),
        pytest.param(
            {"hr_resize_x": 96, "hr_resize_y": 64}, (96, 64), "Hires resize: 96x64", id="both, cut"
        ),
        pytest.param(
            {"hr_resize_x": 64, "hr_resize_y": 96}, (64, 96), "Hires resize: 64x96", id="both, high"
        ),
        pytest.param({"hr_scale": 1.3}, (80, 80), "Hires upscale: 1.3", id="whole eights"),
        pytest.param(
            {"firstphase_width": 32, "firstphase_height": 32},
            (64, 64),
            "Hires upscale: 2.0",
            id="an old request's first pass",
        ),
    ],
)
def test_the_second_pass_has_the_size_that_is_wanted(
    fields: dict[str, Any], size: tuple[int, int], told: str
) -> None:
    made = hires(**fields)

    assert made.sizes == [size]
    assert told in made.line


def test_old_hires_fix_takes_the_size_for_the_second_pass() -> None:
    made = hires(width=768, height=768, override_settings={"use_old_hires_fix_width_height": True})

    assert made.sizes == [(768, 768)]
    assert "Size: 512x512" in made.line
    assert "Hires resize: 768x768" in made.line


def test_the_parameters_come_in_the_webuis_order() -> None:
    made = hires(
        hr_upscaler="Latent",
        hr_second_pass_steps=3,
        hr_sampler_name="DDIM",
        hr_checkpoint_name="tiny-b",
        hr_prompt="a cat",
        hr_negative_prompt="dog",
    )

    assert made.line.endswith(
        "Denoising strength: 0.5, Hires checkpoint: tiny-b [f75f886628], Hires sampler: DDIM, "
        "Hires prompt: a cat, Hires negative prompt: dog, Hires upscale: 2.0, Hires steps: 3, "
        "Hires upscaler: Latent, Version: v1.10.1"
    )


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"hr_sampler_name": "Euler"}, id="the same sampler"),
        pytest.param({"hr_prompt": "a red fox"}, id="the same prompt"),
        pytest.param({"hr_checkpoint_name": "Use same checkpoint"}, id="the same checkpoint"),
        pytest.param({"hr_second_pass_steps": 0}, id="the same steps"),
    ],
)
def test_what_is_the_same_as_in_the_first_pass_is_not_reported(fields: dict[str, Any]) -> None:
    assert hires(**fields).line == hires().line


def test_another_scheduler_of_the_second_pass_is_reported() -> None:
    assert "Hires schedule type: Karras" in hires(hr_scheduler="Karras").line
    assert "Hires schedule" not in hires(scheduler="Karras", hr_scheduler="Karras").line


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        pytest.param(
            {"denoising_strength": None},
            "TypeError: '>' not supported between instances of 'NoneType' and 'int'",
            id="no strength",
        ),
        pytest.param(
            {"hr_upscaler": "nope"},
            "Exception: could not find upscaler named nope",
            id="an unknown upscaler",
        ),
        pytest.param(
            {"hr_checkpoint_name": "nope"},
            "Exception: Could not find checkpoint with name nope",
            id="an unknown checkpoint",
        ),
        pytest.param(
            {"hr_sampler_name": "nope"},
            "AssertionError: bad sampler name: nope",
            id="an unknown sampler",
        ),
        pytest.param(
            {"hr_scale": 0},
            "RuntimeError: Input and output sizes should be greater than 0, but got input "
            "(H: 8, W: 8) output (H: 0, W: 0)",
            id="no size, latent",
        ),
        pytest.param(
            {"hr_scale": 0, "hr_upscaler": "Lanczos"},
            "ValueError: height and width must be > 0",
            id="no size, pixels",
        ),
        pytest.param(
            {"hr_scale": None},
            "TypeError: unsupported operand type(s) for *: 'int' and 'NoneType'",
            id="no factor",
        ),
        pytest.param(
            {"firstpass_image": "a picture"},
            "ValueError: could not convert string to float: 'a picture'",
            id="a first pass picture",
        ),
    ],
)
def test_a_second_pass_that_cannot_be_made_is_a_500(fields: dict[str, Any], error: str) -> None:
    with pytest.raises(ServerError) as caught:
        hires(**fields)

    assert str(caught.value) == error


def test_a_first_pass_picture_without_hires_fix_is_ignored() -> None:
    assert txt2img(firstpass_image="a picture").sizes == [(64, 64)]


def test_the_checkpoint_of_the_second_pass_stays_loaded() -> None:
    webui = Webui()
    made = hires(webui, hr_checkpoint_name="tiny-b")

    assert made.info["sd_model_name"] == "tiny-a"
    assert webui.checkpoints.current.model_name == "tiny-b"
    assert "Model: tiny-a" in txt2img(webui).line


def test_hires_says_a_prompt_of_each_picture() -> None:
    made = hires(hr_prompt="a cat", batch_size=2)

    assert all("Hires prompt: a cat" in line for line in made.infotexts)


def test_old_hires_fix_rounds_the_first_pass_up_to_whole_sixty_fours() -> None:
    made = hires(width=800, height=600, override_settings={"use_old_hires_fix_width_height": True})

    assert "Size: 640x448" in made.line
    assert "Hires resize: 800x600" in made.line
