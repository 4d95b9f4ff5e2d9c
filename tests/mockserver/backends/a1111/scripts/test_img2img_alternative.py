"""img2img alternative test: the noise is worked out backwards."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Made, img2img, in_base64
from PIL import Image

from mockserver import Webui
from mockserver.core.errors import ServerError


def alternative(*, webui: Webui | None = None, **over: Any) -> Made:
    args: dict[str, Any] = {
        "_": "",
        "override_sampler": True,
        "override_prompt": True,
        "original_prompt": "a cat",
        "original_negative_prompt": "blurry",
        "override_steps": True,
        "st": 5,
        "override_strength": True,
        "cfg": 1.0,
        "randomness": 0.0,
        "sigma_adjustment": False,
    }
    args |= {name: over.pop(name) for name in list(over) if name in args}
    picture = in_base64(Image.new("RGB", (64, 64), "teal"))
    fields = {"init_images": [picture], "denoising_strength": 0.5, "sampler_name": "Heun"}
    name = "img2img alternative test"
    return img2img(
        webui, **{**fields, "script_name": name, "script_args": list(args.values()), **over}
    )


def test_it_overrides_sampler_prompt_steps_and_strength() -> None:
    made = alternative()

    assert made.infotexts[0].startswith("a cat\nNegative prompt: blurry\nSteps: 5, Sampler: Euler")
    assert made.line.endswith(
        "Denoising strength: 1.0, Decode prompt: a cat, Decode negative prompt: blurry, "
        "Decode CFG scale: 1.0, Decode steps: 5, Randomness: 0.0, Sigma Adjustment: False, "
        "Version: v1.10.1"
    )


def test_each_override_can_be_left_out() -> None:
    made = alternative(
        override_sampler=False,
        override_prompt=False,
        override_steps=False,
        override_strength=False,
    )

    assert made.infotexts[0].startswith("a red fox\nSteps: 2, Sampler: Heun")
    assert "Denoising strength: 0.5" in made.line


def test_its_own_steps_count_as_a_job() -> None:
    webui = Webui()
    alternative(webui=webui)

    assert webui.state.job_no == 2


@pytest.mark.parametrize("over", [{"cfg": 2.0}, {"randomness": 0.5}, {"sigma_adjustment": True}])
def test_its_arguments_change_pixels(over: dict[str, Any]) -> None:
    assert alternative(**over).pixels != alternative().pixels


def test_steps_that_are_no_number_are_a_500() -> None:
    with pytest.raises(
        ServerError, match="TypeError: 'str' object cannot be interpreted as an integer"
    ):
        alternative(override_steps=False, st="many")
