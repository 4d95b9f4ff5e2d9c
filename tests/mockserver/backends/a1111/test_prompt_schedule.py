"""Prompt editing: the texts that a prompt becomes."""

from __future__ import annotations

import pytest

from mockserver.backends.a1111.prompt_syntax import Timeline, texts_of


@pytest.mark.parametrize(
    ("prompt", "texts"),
    [
        pytest.param("a fox", ["a fox"], id="plain"),
        pytest.param("a [red:blue:0.5] fox", ["a red fox", "a blue fox"], id="at a share"),
        pytest.param("a [red:blue:2] fox", ["a red fox", "a blue fox"], id="at a step"),
        pytest.param("a [red:2] fox", ["a  fox", "a red fox"], id="added"),
        pytest.param("a [red::2] fox", ["a red fox", "a  fox"], id="taken away"),
        pytest.param("a [red:blue:9] fox", ["a red fox"], id="behind the last step"),
        pytest.param("a [red:blue:0] fox", ["a blue fox"], id="from the first step on"),
        pytest.param("[a|b|c]", ["a", "b", "c"], id="in turn"),
        pytest.param("[a|b|c|d|e]", ["a", "b", "c", "d"], id="more than steps"),
        pytest.param("[a|]", ["a", ""], id="in turn with nothing"),
        pytest.param("[[a|b]:c:3]", ["a", "b", "c"], id="one in another"),
        pytest.param("([a:b:2]:1.2)", ["(a:1.2)", "(b:1.2)"], id="within a weight"),
        pytest.param("[a]", ["[a]"], id="less weight"),
        pytest.param("[a:b:c:0.5]", ["[a:b:c:0.5]"], id="one part too many"),
        pytest.param("[a:b]", ["[a:b]"], id="no number"),
        pytest.param("[a:b:0.5", ["[a:b:0.5"], id="not closed"),
        pytest.param("x | [a|b]", ["x | [a|b]"], id="a bar outside of brackets"),
        pytest.param("(x|y) [a|b]", ["(x|y) [a|b]"], id="a bar within a weight"),
        pytest.param("[a|b] \\", ["[a|b] \\"], id="a lone backslash"),
        pytest.param("\\[a|b\\]", ["\\[a|b\\]"], id="escaped brackets and a bar"),
        pytest.param("[" * 3000, ["[" * 3000], id="brackets without end"),
    ],
)
def test_a_prompt_of_four_steps_becomes(prompt: str, texts: list[str]) -> None:
    assert list(texts_of(prompt, Timeline(4))) == texts


@pytest.mark.parametrize(
    ("prompt", "texts"),
    [
        pytest.param("[a:b:0.5]", ["b"], id="a share of the first pass"),
        pytest.param("[a:b:1.5]", ["a", "b"], id="a share of the second pass"),
        pytest.param("[a:b:5]", ["a", "b"], id="a step of the second pass"),
        pytest.param("[a:b:4]", ["b"], id="the last step of the first pass"),
    ],
)
def test_the_second_pass_counts_on_behind_the_first(prompt: str, texts: list[str]) -> None:
    assert list(texts_of(prompt, Timeline(4, 2))) == texts


def test_old_scheduling_takes_numbers_below_one_as_shares() -> None:
    assert list(texts_of("[a:b:.5]", Timeline(4, old=True))) == ["a", "b"]
    assert list(texts_of("[a:b:2.0]", Timeline(4, old=True))) == ["a", "b"]
