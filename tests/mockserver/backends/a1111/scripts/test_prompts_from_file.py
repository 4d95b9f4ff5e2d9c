"""Prompts from file or textbox: one job a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from generations import Made, txt2img

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from mockserver import Webui


def lines(text: Any, *args: Any, webui: Webui | None = None, **fields: Any) -> Made:
    defaults: list[Any] = [False, False, "start"]
    given = [*args, *defaults[len(args) :], text]
    name = "Prompts from file or textbox"
    return txt2img(webui, script_name=name, script_args=given, **fields)


def test_each_line_is_a_prompt_before_the_requests_own() -> None:
    made = lines("fox\n\n cat ")

    assert made.info["all_prompts"] == ["fox a red fox", "cat a red fox"]
    assert len(made.sizes) == 2


def test_a_line_can_go_behind_it() -> None:
    assert lines("fox", False, False, "end").info["all_prompts"] == ["a red fox fox"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("--prompt cat --steps 3", "Steps: 3", id="steps"),
        pytest.param("--prompt cat --seed 9", "Seed: 9", id="seed"),
        pytest.param("--prompt cat --width 72", "Size: 72x64", id="size"),
        pytest.param("--prompt cat --cfg_scale 4", "CFG scale: 4.0", id="guidance"),
        pytest.param("--prompt cat --sampler_name k_heun", "Sampler: Heun", id="sampler by alias"),
        pytest.param("--prompt cat --sd_model tiny-b", "Model: tiny-b", id="model"),
        pytest.param("--prompt cat --tiling true", "Tiling: True", id="tiling"),
        pytest.param(
            "--prompt a b --negative_prompt bad dog", "Negative prompt: bad dog", id="prompts"
        ),
    ],
)
def test_a_line_can_be_a_command_line(line: str, told: str) -> None:
    assert told in lines(line).infotexts[0]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("cat --steps 3", id="a word before it"),
        pytest.param("--prompt cat --steps many", id="a value of the wrong type"),
        pytest.param("--prompt cat --nope 3", id="an unknown option"),
        pytest.param("--steps", id="a missing value"),
        pytest.param("--sd_model nope", id="an unknown model"),
        pytest.param("--prompt 'cat", id="an open quote"),
    ],
)
def test_a_malformed_one_is_a_prompt_as_a_whole(line: str) -> None:
    assert lines(line).info["all_prompts"] == [f"{line} a red fox"]


def test_seeds_can_count_up_with_the_lines() -> None:
    made = lines("fox\ncat", True, batch_size=2)

    assert ["Seed: 1234" in text for text in made.infotexts] == [True, False, False, False]
    assert "Seed: 1236" in made.infotexts[2]


def test_a_random_seed_can_be_the_same_for_all_lines() -> None:
    made = lines("fox\ncat", False, True, seed=-1)

    seeds = {text.split("Seed: ")[1].split(",")[0] for text in made.infotexts}
    assert len(seeds) == 1


def test_info_is_of_a_job_that_never_ran_itself() -> None:
    info = lines("fox").info

    assert (info["sd_model_name"], info["restore_faces"]) == (None, None)
    assert (info["subseed"], info["all_subseeds"]) == (-1, [-1])


def test_a_model_of_one_line_holds_for_all_that_follow() -> None:
    made = lines("--prompt a --sd_model tiny-b\nb")

    assert ["Model: tiny-b" in text for text in made.infotexts] == [True, True]


def test_no_text_at_all_is_a_500() -> None:
    with pytest.raises(ServerError, match="'int' object has no attribute 'splitlines'"):
        lines(5)


def test_no_lines_make_no_pictures() -> None:
    assert lines("").sizes == []
