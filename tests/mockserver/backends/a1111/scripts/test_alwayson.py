"""Always-on scripts that add something: Hypertile and Soft inpainting."""

from __future__ import annotations

from typing import Any

import pytest
from generations import img2img, in_base64, txt2img
from PIL import Image

MASK = Image.new("L", (64, 64))
MASK.paste(255, (16, 16, 48, 48))
INPAINT = {
    "init_images": [in_base64(Image.new("RGB", (64, 64), "teal"))],
    "mask": in_base64(MASK),
    "denoising_strength": 0.7,
}


def soft(*args: Any) -> dict[str, Any]:
    return {"alwayson_scripts": {"Soft inpainting": {"args": list(args)}}}


def test_hypertile_says_what_is_not_its_default() -> None:
    options = {"hypertile_enable_unet": True, "hypertile_swap_size_unet": 5}
    made = txt2img(override_settings=options)

    assert made.line.endswith(
        "Hypertile U-Net: True, Hypertile U-Net swap size: 5, Version: v1.10.1"
    )
    assert made.info["extra_generation_params"]["Hypertile U-Net max depth"] is None


def test_hypertile_may_be_for_the_hires_pass_alone() -> None:
    made = txt2img(
        enable_hr=True,
        denoising_strength=0.5,
        override_settings={"hypertile_enable_unet_secondpass": True},
    )

    assert "Hypertile U-Net second pass: True" in made.line


def test_soft_inpainting_is_reported_with_all_its_settings() -> None:
    line = img2img(**INPAINT, **soft(True, 2, 0.4)).line

    assert (
        "Soft inpainting enabled: True, Soft inpainting schedule bias: 2, Soft inpainting "
        "preservation strength: 0.4, Soft inpainting transition contrast boost: 4, "
        "Soft inpainting mask influence: 0, Soft inpainting difference threshold: 0.5, "
        "Soft inpainting difference contrast: 2, Mask blur: 4"
    ) in line


def test_soft_inpainting_changes_pixels() -> None:
    made = img2img(**INPAINT, **soft(True))

    assert made.pixels != img2img(**INPAINT).pixels


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({**INPAINT, **soft(False)}, id="switched off"),
        pytest.param({**INPAINT, **soft()}, id="no arguments"),
        pytest.param({**INPAINT, **soft(True), "mask": None}, id="no mask"),
    ],
)
def test_soft_inpainting_that_does_nothing_is_not_reported(fields: dict[str, Any]) -> None:
    assert "Soft inpainting" not in img2img(**fields).line
