"""One prompt and one seed a picture."""

from __future__ import annotations

import random
from typing import Any

import pytest
from generations import txt2img

from mockserver import Config, Webui
from mockserver.backends.a1111.generation.resolve import fixed_seed, strip_comments
from mockserver.core.errors import ServerError


def test_seeds_count_up_from_the_first() -> None:
    made = txt2img(seed=5, subseed=9, batch_size=2, n_iter=2)

    assert made.info["all_seeds"] == [5, 6, 7, 8]
    assert made.info["all_subseeds"] == [9, 10, 11, 12]
    assert "Seed: 8" in made.infotexts[3]


def test_with_a_variation_strength_only_subseeds_count_up() -> None:
    made = txt2img(seed=5, subseed=9, subseed_strength=0.5, batch_size=2)

    assert (made.info["all_seeds"], made.info["all_subseeds"]) == ([5, 5], [9, 10])
    assert made.infotexts[1].endswith(
        "Variation seed: 10, Variation seed strength: 0.5, Version: v1.10.1"
    )


@pytest.mark.parametrize("left_open", [-1, None])
def test_a_seed_left_to_the_server_is_random_but_reported(left_open: int | None) -> None:
    first, second = txt2img(seed=left_open), txt2img(seed=left_open)

    assert first.info["seed"] != second.info["seed"]
    assert f"Seed: {first.info['seed']}" in first.line
    assert 0 <= first.info["seed"] < 2**32


def test_a_server_started_with_a_seed_chooses_the_same_ones_again() -> None:
    def chosen() -> list[int]:
        webui = Webui(config=Config(seed=7))
        return [txt2img(webui, seed=-1).info["seed"] for _ in range(3)]

    assert chosen() == chosen()


def test_a_list_of_seeds_stays_as_it_is() -> None:
    assert fixed_seed([1, 2], random.Random()) == [1, 2]  # noqa: S311 - no secret


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        pytest.param({"prompt": None}, "AssertionError: ", id="no prompt"),
        pytest.param(
            {"negative_prompt": None},
            "TypeError: 'NoneType' object is not iterable",
            id="no negative prompt",
        ),
        pytest.param({"batch_size": 0}, "IndexError: list index out of range", id="no picture"),
        pytest.param({"n_iter": 0}, "IndexError: list index out of range", id="no iteration"),
        pytest.param({"n_iter": -1}, "IndexError: list index out of range", id="fewer than none"),
        pytest.param(
            {"batch_size": None},
            "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'",
            id="a count that is none",
        ),
    ],
)
def test_a_request_without_anything_to_do_is_a_500(fields: dict[str, Any], error: str) -> None:
    with pytest.raises(ServerError) as caught:
        txt2img(**fields)

    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("prompt", "stripped"),
    [
        pytest.param("fox # red", "fox \n", id="to the end of the line"),
        pytest.param("fox\n# red\ncat", "fox\ncat", id="a whole line"),
        pytest.param("# red", "\n", id="nothing but a comment"),
        pytest.param("fox", "fox", id="no comment"),
    ],
)
def test_comments_are_taken_out_of_prompts(prompt: str, stripped: str) -> None:
    assert strip_comments(prompt) == stripped


def test_a_comment_is_neither_in_the_info_nor_in_the_infotext_but_in_the_echo() -> None:
    made = txt2img(prompt="fox # red\ncat")

    assert made.info["prompt"] == "fox \ncat"
    assert made.infotexts[0].startswith("fox \ncat\nSteps")
    assert made.parameters["prompt"] == "fox # red\ncat"


def test_comments_stay_where_an_option_says_so() -> None:
    made = txt2img(prompt="fox # red", override_settings={"enable_prompt_comments": False})

    assert made.info["prompt"] == "fox # red"
