"""Prompt matrix: every choice among the parts of a prompt."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Made, txt2img

from mockserver.core.errors import ServerError


def matrix(*args: Any, **fields: Any) -> Made:
    """With arguments over the defaults."""
    defaults: list[Any] = [False, False, "positive", "comma", 0]
    given = [*args, *defaults[len(args) :]]
    return txt2img(
        **{
            "prompt": "fox|red|at night",
            "script_name": "Prompt matrix",
            "script_args": given,
            **fields,
        }
    )


def test_all_choices_are_made_and_their_grid_comes_first() -> None:
    made = matrix()

    assert made.info["all_prompts"] == ["fox", "fox, red", "fox, at night", "fox, red, at night"]
    assert made.info["all_seeds"] == [1234] * 4
    assert made.sizes == [(176, 136), *[(64, 64)] * 4]
    assert made.info["index_of_first_image"] == 1
    assert made.texts[0] is None


@pytest.mark.parametrize(
    ("args", "prompts"),
    [
        pytest.param((True,), ["fox", "red, fox"], id="at the start"),
        pytest.param((False, False, "positive", "space"), ["fox", "fox red"], id="with blanks"),
    ],
)
def test_parts_are_joined_as_wanted(args: tuple[Any, ...], prompts: list[str]) -> None:
    assert matrix(*args, prompt="fox| red,").info["all_prompts"] == prompts


def test_seeds_can_count_up() -> None:
    assert matrix(False, True).info["all_seeds"] == [1234, 1235, 1236, 1237]


def test_the_negative_prompt_can_be_varied_instead() -> None:
    made = matrix(False, False, "negative", negative_prompt="blurry|dark")

    assert made.info["all_negative_prompts"] == ["blurry", "blurry, dark"]
    assert set(made.info["all_prompts"]) == {"fox|red|at night"}


def test_batches_take_as_many_iterations_as_are_needed() -> None:
    assert len(matrix(batch_size=3).sizes) == 5


def test_a_margin_parts_the_pictures_of_the_grid() -> None:
    assert matrix(False, False, "positive", "comma", 10).sizes[0] == (186, 146)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        pytest.param(
            (False, False, "start"), "ValueError: Unknown prompt type start", id="which prompt"
        ),
        pytest.param(
            (False, False, "positive", "dash"),
            "ValueError: Unknown variations delimiter dash",
            id="joining sign",
        ),
        pytest.param(
            (False, False, "positive", "comma", "wide"),
            "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
            id="margin",
        ),
    ],
)
def test_odd_arguments_are_a_500(args: tuple[Any, ...], error: str) -> None:
    with pytest.raises(ServerError) as caught:
        matrix(*args)

    assert str(caught.value).startswith(error[:40])
