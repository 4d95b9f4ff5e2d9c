"""Parameters out of infotexts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.backends.sdnext.png_info import parse, parse_newer

if TYPE_CHECKING:
    from collections.abc import Callable


def test_values_are_typed_and_prompts_come_behind_them() -> None:
    parsed = parse("a fox\nNegative prompt: bad\nSteps: 20, CFG scale: 7.5, Tiling: True, Seed: 4")

    assert list(parsed.items()) == [
        ("Steps", 20),
        ("CFG scale", 7.5),
        ("Tiling", True),
        ("Seed", 4),
        ("Prompt", "a fox"),
        ("Negative prompt", "bad"),
    ]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        pytest.param("fox\nSteps: 1, Size: 64x32", "Size-2", 32, id="a size in two numbers"),
        pytest.param("fox\nSteps: 1, Size: 64x32", "Size", "64x32", id="a size as it is"),
        pytest.param('x\nSteps: 1, A b: "c, d: e"', "A b", "c, d: e", id="a quoted value"),
        pytest.param("p\nNegative prompt: a\nb\nSteps: 1", "Negative prompt", "a\nb", id="lines"),
        pytest.param("Steps: 20, Sampler: a", "Prompt", "Steps: 20", id="no prompt before it"),
        pytest.param("x\nSteps: 1, Version: v1.2", "Version", "v1.2", id="no number"),
    ],
)
def test_what_a_text_says(text: str, name: str, value: Any) -> None:
    assert parse(text)[name] == value


def test_a_text_without_parameters_is_a_prompt() -> None:
    assert parse("") == {"Prompt": ""}
    assert parse("a fox") == {"Prompt": "a fox"}


def test_a_negative_prompt_without_parameters_is_lost() -> None:
    assert parse("a fox\nNegative prompt: bad") == {"Prompt": "a fox", "Negative prompt": ""}


@pytest.mark.parametrize(
    ("read", "model"), [(parse, "PonyXL"), (parse_newer, "catPonyXL")], ids=["older", "newer"]
)
def test_an_older_version_takes_the_prompt_out_wherever_it_stands_again(
    read: Callable[[str], Any], model: str
) -> None:
    parsed = read("cat\nSteps: 1, Model: catPonyXL")
    assert (parsed["Model"], parsed["Prompt"]) == (model, "cat")


def test_a_newer_version_says_templates_and_null_for_no_prompt() -> None:
    text = "a fox\nTemplate: a {fox|cat}\nNegative template: bad\nSteps: 1, Seed: 4"
    assert parse_newer(text) == {
        "Steps": 1,
        "Seed": 4,
        "Prompt": "a fox",
        "Negative prompt": None,
        "Template": "a {fox|cat}",
        "Negative template": "bad",
    }


def test_a_newer_version_reads_nothing_out_of_no_text() -> None:
    assert parse_newer("  ") == parse_newer(None) == {}
    assert parse_newer("a fox") == {"Prompt": "a fox"}


def test_parameters_that_nobody_knows_follow_no_prompt() -> None:
    assert parse("Model: x, Nothing: 1") == {
        "Model": "x",
        "Nothing": 1,
        "Prompt": "",
        "Negative prompt": "",
    }


def test_what_is_no_text_has_no_parameters() -> None:
    assert parse(1.09) == {}
