"""Prompt styles laid over prompts."""

from __future__ import annotations

import pytest
from generations import txt2img

from mockserver.backends.a1111.styles import AppliedStyles, Style
from mockserver.core.errors import ServerError

KNOWN = {
    "around": Style("around", "a photo of {prompt}, sharp", "bad {prompt}"),
    "behind": Style("behind", "oil", "blurry"),
    "bare": Style("bare", "", ""),
}


@pytest.mark.parametrize(
    ("names", "prompt"),
    [
        pytest.param(["around"], "a photo of fox, sharp", id="around the prompt"),
        pytest.param(["behind"], "fox, oil", id="behind it"),
        pytest.param(["behind", "around"], "a photo of fox, oil, sharp", id="in their order"),
        pytest.param(["nope"], "fox", id="an unknown one is empty"),
        pytest.param(["bare"], "fox", id="an empty one"),
        pytest.param("behind", "fox", id="a text letter by letter"),
    ],
)
def test_a_style_is_laid_over_the_prompt(names: list[str], prompt: str) -> None:
    assert AppliedStyles(names, KNOWN).prompt("fox") == prompt


def test_blanks_at_the_ends_go_where_a_style_is_put_behind() -> None:
    assert AppliedStyles(["nope"], KNOWN).prompt("  fox ") == "fox"
    assert AppliedStyles([], KNOWN).prompt("  fox ") == "  fox "


def test_no_prompt_under_a_style_is_a_500() -> None:
    with pytest.raises(
        ServerError, match="AttributeError: 'NoneType' object has no attribute 'strip'"
    ):
        AppliedStyles(["behind"], KNOWN).negative_prompt(None)


def test_info_says_the_merged_prompts_and_the_names() -> None:
    made = txt2img(styles=["cinematic"], negative_prompt="blurry")

    assert made.info["prompt"] == "cinematic still, a red fox, film grain, 35mm"
    assert made.info["negative_prompt"] == "blurry, cartoon, drawing"
    assert made.info["styles"] == ["cinematic"]
    assert made.parameters["prompt"] == "a red fox"


def test_the_hires_prompts_get_the_styles_too() -> None:
    made = txt2img(styles=["cinematic"], enable_hr=True, denoising_strength=0.5, hr_prompt="cat")

    assert 'Hires prompt: "cinematic still, cat, film grain, 35mm"' in made.line
