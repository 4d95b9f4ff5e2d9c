"""Weights of the parts of a prompt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.backends.a1111.prompt_syntax import parse_prompt_attention, uses_emphasis
from mockserver.core.errors import ServerError


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        pytest.param("", [("", 1.0)], id="nothing"),
        pytest.param("a red fox", [("a red fox", 1.0)], id="plain"),
        pytest.param("a (red) fox", [("a ", 1.0), ("red", 1.1), (" fox", 1.0)], id="round"),
        pytest.param("[red]", [("red", 1 / 1.1)], id="square"),
        pytest.param("(red:1.5) fox", [("red", 1.5), (" fox", 1.0)], id="weight"),
        pytest.param("(red:  +.5 )", [("red", 0.5)], id="weight with blanks and a sign"),
        pytest.param("((red))", [("red", 1.1 * 1.1)], id="nested"),
        pytest.param("(red", [("red", 1.1)], id="never closed"),
        pytest.param("red)", [("red)", 1.0)], id="never opened"),
        pytest.param("red:1.5)", [("red:1.5)", 1.0)], id="weight never opened"),
        pytest.param(r"\(red\)", [("(red)", 1.0)], id="escaped"),
        pytest.param(r"back\slash", [("backslash", 1.0)], id="a lone backslash is dropped"),
        pytest.param("a:b", [("a:b", 1.0)], id="a colon"),
        pytest.param(
            "fox BREAK forest", [("fox", 1.0), ("BREAK", -1), ("forest", 1.0)], id="break"
        ),
        pytest.param("OUTBREAK", [("OUTBREAK", 1.0)], id="break within a word is none"),
    ],
)
def test_parts_and_weights(prompt: str, parts: list[tuple[str, float]]) -> None:
    assert parse_prompt_attention(prompt) == parts


@pytest.mark.parametrize(
    ("prompt", "used"),
    [
        pytest.param("a red fox", False, id="plain"),
        pytest.param("fox BREAK forest", False, id="break is none"),
        pytest.param("a (red:1.0) fox", False, id="a weight of one is none"),
        pytest.param("a (red) fox", True, id="brackets"),
        pytest.param("[red]", True, id="square brackets"),
    ],
)
def test_emphasis_is_any_weight_but_one(prompt: str, used: bool) -> None:
    assert uses_emphasis(prompt) is used


def test_a_weight_that_is_no_number_is_python_s_own_error() -> None:
    with pytest.raises(ServerError) as caught:
        parse_prompt_attention("(red:1.2.3)")

    assert (caught.value.name, caught.value.text) == (
        "ValueError",
        "could not convert string to float: '1.2.3'",
    )


@given(st.text(alphabet="ab ([])\\:1\n"))
def test_no_text_is_lost_but_brackets_backslashes_and_weights(prompt: str) -> None:
    kept = "".join(part for part, _ in parse_prompt_attention(prompt))

    assert [c for c in prompt if c in "ab"] == [c for c in kept if c in "ab"]
