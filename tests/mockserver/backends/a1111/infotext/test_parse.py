"""Generation parameters read out of infotexts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.backends.a1111.infotext.parse import parse_generation_parameters
from mockserver.backends.a1111.infotext.versions import V1_7_0
from mockserver.backends.a1111.styles import Style
from mockserver.core.errors import ServerError

STYLES = (
    Style("cinematic", "cinematic still, {prompt}, film grain", "cartoon"),
    Style("soft", "soft shading", ""),
)
OPTIONS = {
    "infotext_styles": "Apply if any",
    "infotext_skip_pasting": [],
    "auto_backcompat": True,
    "use_old_hires_fix_width_height": False,
}
LINE = "Steps: 5, Sampler: Euler, CFG scale: 7"
ADDED = {
    "Prompt": "",
    "Negative prompt": "",
    "Clip skip": "1",
    "Hires resize-1": 0,
    "Hires resize-2": 0,
    "Hires sampler": "Use same sampler",
    "Hires schedule type": "Use same scheduler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": 32,
    "RNG": "GPU",
    "Schedule type": "Automatic",
    "Schedule max sigma": 0,
    "Schedule min sigma": 0,
    "Schedule rho": 0,
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
    "Refiner switch by sampling steps": False,
}


def parse(text: str, **options: Any) -> dict[str, Any]:
    return parse_generation_parameters(text, {**OPTIONS, **options}, STYLES)


def test_an_empty_text_gives_every_default_in_order() -> None:
    found = parse("")

    assert found == ADDED
    assert list(found) == list(ADDED)


def test_what_the_text_says_comes_first_and_stays_text() -> None:
    found = parse(f"fox\n{LINE}, Size: 64x96, RNG: CPU")

    assert list(found)[:8] == [
        "Steps", "Sampler", "CFG scale", "Size-1", "Size-2", "RNG", "Prompt", "Negative prompt",
    ]  # fmt: skip
    assert found["Steps"] == "5"
    assert found["RNG"] == "CPU"


def test_before_1_9_the_prompts_came_first_and_fewer_defaults_followed() -> None:
    found = parse_generation_parameters(f"fox\n{LINE}", OPTIONS, STYLES, V1_7_0)

    assert list(found)[:3] == ["Prompt", "Negative prompt", "Steps"]
    assert "Mask mode" not in found
    assert "FP8 weight" not in found


def test_a_hypernetwork_is_written_into_the_prompt() -> None:
    assert parse(f"fox\n{LINE}, Hypernet: ink")["Prompt"] == "fox<hypernet:ink:1.0>"
    assert (
        parse(f"fox\n{LINE}, Hypernet: ink, Hypernet strength: 0.4")["Prompt"]
        == "fox<hypernet:ink:0.4>"
    )


def test_fp8_weights_name_their_cache() -> None:
    assert parse(f"fox\n{LINE}, FP8 weight: Enable")["Cache FP16 weight for LoRA"] is False
    assert "Cache FP16 weight for LoRA" not in parse(f"fox\n{LINE}, FP8 weight: Disable")


@pytest.mark.parametrize(
    ("text", "emphasis"),
    [
        pytest.param(f"a fox\n{LINE}", None, id="plain"),
        pytest.param(f"a (fox)\n{LINE}", "Original", id="in the prompt"),
        pytest.param(f"a\nNegative prompt: [b]\n{LINE}", "Original", id="in the negative prompt"),
        pytest.param(f"a (fox)\n{LINE}, Emphasis: No norm", "No norm", id="said"),
    ],
)
def test_emphasis_is_reported_when_it_is_used(text: str, emphasis: str | None) -> None:
    assert parse(text).get("Emphasis") == emphasis


def test_a_broken_weight_in_either_prompt_is_an_error() -> None:
    with pytest.raises(ServerError, match="could not convert string to float"):
        parse(f"(fox)\nNegative prompt: (dog:1.2.3)\n{LINE}")


@pytest.mark.parametrize(
    ("mode", "styles", "prompt"),
    [
        pytest.param("Apply if any", ["soft"], "fox", id="apply if any"),
        pytest.param("Apply", ["soft"], "fox", id="apply"),
        pytest.param("Discard", None, "fox", id="discard"),
        pytest.param("Ignore", None, "fox, soft shading", id="ignore"),
    ],
)
def test_styles_are_treated_as_the_option_says(
    mode: str, styles: list[str] | None, prompt: str
) -> None:
    found = parse(f"fox, soft shading\n{LINE}", infotext_styles=mode)

    assert found.get("Styles array") == styles
    assert found["Prompt"] == prompt


def test_without_styles_only_apply_says_so() -> None:
    assert parse("fox", infotext_styles="Apply")["Styles array"] == []
    assert "Styles array" not in parse("fox")


def test_hires_prompts_with_the_same_styles_lose_them_and_are_emptied_when_equal() -> None:
    found = parse(
        f"fox, soft shading\nNegative prompt: dog\n{LINE}, "
        'Hires prompt: "fox, soft shading", Hires negative prompt: cat'
    )

    assert found["Styles array"] == ["soft"]
    assert found["Hires prompt"] == ""
    assert found["Hires negative prompt"] == "cat"


def test_hires_prompts_with_other_styles_keep_all_prompts_as_they_are() -> None:
    found = parse(f"fox, soft shading\n{LINE}, Hires prompt: fox")

    assert found["Prompt"] == "fox, soft shading"
    assert found["Hires prompt"] == "fox"
    assert "Styles array" not in found


def test_keys_in_the_option_are_left_out() -> None:
    assert "Seed" not in parse(f"fox\n{LINE}, Seed: 4", infotext_skip_pasting=["Seed", "None"])


def test_an_option_that_is_no_list_is_an_error() -> None:
    with pytest.raises(ServerError, match="'NoneType' object is not iterable"):
        parse("fox", infotext_skip_pasting=None)


def test_old_versions_are_reported_unless_the_option_is_off() -> None:
    text = f"fox\n{LINE}, Version: v1.5.1"

    assert parse(text)["Downcast alphas_cumprod"] is True
    assert "Downcast alphas_cumprod" not in parse(text, auto_backcompat=False)


@given(st.text(alphabet=st.characters(exclude_characters="([:"), max_size=200))
def test_any_text_without_brackets_can_be_parsed(text: str) -> None:
    found = parse(text)

    assert {"Prompt", "Negative prompt", "Refiner switch by sampling steps"} <= set(found)


@given(
    st.dictionaries(
        st.from_regex(r"[A-Z][a-z]{2,9}( [a-z]{2,5})?", fullmatch=True),
        st.text(alphabet=st.characters(codec="utf-8"), min_size=1),
        min_size=3,
    )
)
def test_what_was_quoted_is_read_back(pairs: dict[str, str]) -> None:
    line = ", ".join(f"{key}: {json.dumps(value)}" for key, value in pairs.items())

    found = parse(f"fox\n{line}", infotext_styles="Ignore", auto_backcompat=False)

    sizes = {key for key in pairs if f"{key}-1" in found}
    assert {k: found[k] for k in pairs if k not in sizes} == {
        k: v for k, v in pairs.items() if k not in sizes
    }
