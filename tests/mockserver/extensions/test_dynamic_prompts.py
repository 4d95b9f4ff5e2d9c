"""Dynamic Prompts expands templates in every request, by the seed."""

from __future__ import annotations

import pytest
from extended import Extended

TITLE = "dynamic prompts v2.17.1"


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("dynamic-prompts")


def test_a_template_is_expanded_without_any_argument(webui: Extended) -> None:
    made = webui.txt2img(prompt="a {red|blue|green} fox")

    assert made.info["all_prompts"] == ["a red fox"]
    assert made.info["infotexts"][0].startswith("a red fox\n")
    assert made.json["parameters"]["prompt"] == "a {red|blue|green} fox"


def test_the_same_seed_chooses_the_same_words(webui: Extended) -> None:
    first = webui.txt2img(prompt="{a|b|c|d|e|f}", n_iter=3).info
    again = webui.txt2img(prompt="{a|b|c|d|e|f}", n_iter=3).info

    assert first["all_prompts"] == again["all_prompts"]
    assert first["all_seeds"] == [1234, 1235, 1236]


def test_each_iteration_has_its_own_choice(webui: Extended) -> None:
    prompts = webui.txt2img(prompt="{a|b|c|d|e|f|g|h}", n_iter=4).info["all_prompts"]

    assert len(set(prompts)) > 1


def test_the_negative_prompt_is_expanded_too(webui: Extended) -> None:
    assert webui.txt2img(negative_prompt="{bad|ugly}").info["all_negative_prompts"] == ["bad"]


def test_what_is_off_leaves_the_template(webui: Extended) -> None:
    made = webui.txt2img({TITLE: [False]}, prompt="{a|b}")

    assert made.info["all_prompts"] == ["{a|b}"]


def test_a_template_that_cannot_be_parsed_stays(webui: Extended) -> None:
    assert webui.txt2img(prompt="a {unclosed fox").info["all_prompts"] == ["a {unclosed fox"]


def test_an_unknown_wildcard_stays(webui: Extended) -> None:
    assert webui.txt2img(prompt="a __nope__ fox").info["all_prompts"] == ["a __nope__ fox"]


@pytest.mark.parametrize("n_iter", [1, 2, 5])
def test_all_combinations_are_made_whatever_n_iter_says(webui: Extended, n_iter: int) -> None:
    made = webui.txt2img({TITLE: [True, True, 1]}, prompt="{a|b|c} fox", n_iter=n_iter)

    assert made.info["all_prompts"] == ["a fox", "b fox", "c fox"]
    assert made.info["all_seeds"] == [1234, 1235, 1236]
    assert len(made.images) == len(made.info["infotexts"]) == 3


def test_combinations_of_both_prompts_are_all_made(webui: Extended) -> None:
    made = webui.txt2img({TITLE: [True, True, 1]}, prompt="{a|b}", negative_prompt="{x|y}")

    pairs = zip(made.info["all_prompts"], made.info["all_negative_prompts"], strict=True)
    assert list(pairs) == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]


def test_combinations_are_repeated_and_cut(webui: Extended) -> None:
    twice = webui.txt2img({TITLE: [True, True, 2]}, prompt="{a|b}").info["all_prompts"]
    most = [True, True, 1, *[False] * 3, 1.1, 1.5, 100, 0.7, *[False] * 2, True, False, False, 2]
    cut = webui.txt2img({TITLE: most}, prompt="{a|b|c}").info["all_prompts"]

    assert (twice, cut) == (["a", "b", "a", "b"], ["a", "b"])


def test_a_fixed_seed_is_that_of_all_combinations(webui: Extended) -> None:
    args = [True, True, 1, *[False] * 3, 1.1, 1.5, 100, 0.7, True]

    assert webui.txt2img({TITLE: args}, prompt="{a|b}").info["all_seeds"] == [1234, 1234]


def test_one_picture_means_all_without_image_generation(webui: Extended) -> None:
    args = [True, True, 1, *[False] * 3, 1.1, 1.5, 100, 0.7, False, False, True, False, True]

    assert len(webui.txt2img({TITLE: args}, prompt="{a|b|c}").images) == 1


def test_a_jinja_template_reaches_its_values_and_nothing_beyond(webui: Extended) -> None:
    args = [True, *[False] * 12, True]
    shown = webui.txt2img({TITLE: args}, prompt="{{ parameters.steps }} steps").info
    kept = webui.txt2img({TITLE: args}, prompt="{{ cycler.__init__.__globals__ }}").info

    assert shown["all_prompts"] == ["2 steps"]
    assert kept["all_prompts"] == ["{{ cycler.__init__.__globals__ }}"]


def test_its_options_are_stored_and_cannot_be_overridden(webui: Extended) -> None:
    made = webui.txt2img(override_settings={"dp_write_raw_template": True})

    assert made.status == 500
    assert made.crash == ("AttributeError", "'NoneType' object has no attribute 'do_not_save'")


def test_the_title_carries_the_version(webui: Extended) -> None:
    assert webui.txt2img({"Dynamic Prompts": [True]}).status == 422
