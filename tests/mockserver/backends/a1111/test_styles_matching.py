"""Styles found in prompts."""

from __future__ import annotations

import pytest

from mockserver.backends.a1111.styles import Style, extract_styles
from mockserver.core.errors import ServerError

CINEMATIC = Style("cinematic", "cinematic still, {prompt}, film grain", "cartoon")
SOFT = Style("soft", "soft shading", "")
NOISE = Style("noise", "noise", "")


@pytest.mark.parametrize(
    ("prompt", "negative", "names", "left"),
    [
        pytest.param("a fox", "", [], ("a fox", ""), id="none"),
        pytest.param(
            "cinematic still, a fox, film grain", "dog, cartoon", ["cinematic"], ("a fox", "dog"),
            id="around the prompt",
        ),
        pytest.param(
            "cinematic still, a fox, film grain", "dog", [],
            ("cinematic still, a fox, film grain", "dog"), id="the negative prompt must fit too",
        ),
        pytest.param("a fox, soft shading", "", ["soft"], ("a fox", ""), id="at the end"),
        pytest.param("soft shading", "x", ["soft"], ("", "x"), id="nothing else"),
        pytest.param(
            "a fox, noise, soft shading", "", ["noise", "soft"], ("a fox", ""), id="two, in order"
        ),
        pytest.param("soft shading, fox", "", [], ("soft shading, fox", ""), id="not at the end"),
    ],
)  # fmt: skip
def test_styles_are_taken_out(
    prompt: str, negative: str, names: list[str], left: tuple[str, str]
) -> None:
    found = extract_styles(prompt, negative, [CINEMATIC, SOFT, NOISE])

    assert found.names == names
    assert (found.prompt, found.negative_prompt) == left


def test_each_style_is_found_once() -> None:
    assert extract_styles("fox, noise, noise", "", [NOISE]).prompt == "fox, noise"


def test_a_style_without_text_is_never_found() -> None:
    assert extract_styles("fox", "dog", [Style("empty", "", "")]).names == []


def test_a_style_with_two_places_for_the_prompt_is_an_error() -> None:
    with pytest.raises(ServerError, match=r"too many values to unpack \(expected 2\)"):
        extract_styles("fox", "", [Style("twice", "{prompt} and {prompt}", "")])


def test_a_style_can_be_made_from_a_listed_row() -> None:
    row = {"name": "soft", "prompt": "soft shading", "negative_prompt": None}

    assert Style.of(row) == Style("soft", "soft shading", None)
