"""Values of an axis as a request writes them."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.backends.a1111.scripts.xyz_axes import axes, axis_values, joined_list, split_list
from mockserver.core.errors import ServerError


def values(label: str, text: Any, chosen: Any = None, *, as_text: bool = True) -> list[Any]:
    return axis_values(axes([label])[0], text, chosen, as_text=as_text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("1, 2", [1, 2], id="a list"),
        pytest.param("1-4", [1, 2, 3, 4], id="a range"),
        pytest.param("1-9 (+4)", [1, 5, 9], id="in steps"),
        pytest.param("1-10 [4]", [1, 4, 7, 10], id="so many"),
        pytest.param("1-10[1]", [1], id="one"),
        pytest.param("-1, 5-6", [-1, 5, 6], id="a negative and a range"),
        pytest.param(" , 3", [3], id="an empty entry"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_whole_numbers(text: str, found: list[int]) -> None:
    assert values("Steps", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("1, 2.5", [1.0, 2.5], id="a list"),
        pytest.param("0-1 (+0.5)", [0.0, 0.5, 1.0], id="in steps"),
        pytest.param("0-1 [3]", [0.0, 0.5, 1.0], id="so many"),
        pytest.param("1-3", [1.0, 2.0, 3.0], id="a range"),
    ],
)
def test_numbers(text: str, found: list[float]) -> None:
    assert values("CFG Scale", text) == found


def test_quotes_keep_commas_together() -> None:
    assert split_list('fox, "red, blue"') == ["fox", "red, blue"]
    assert joined_list(["fox", "red, blue"]) == 'fox,"red, blue"'


def test_an_axis_with_a_list_takes_what_was_chosen_from_it() -> None:
    assert values("Sampler", "Heun", ["Euler", "DDIM"], as_text=False) == ["Euler", "DDIM"]
    assert values("Sampler", "Heun", ["Euler"]) == ["Heun"]


def test_the_order_of_a_prompt_is_varied_in_all_ways() -> None:
    assert values("Prompt order", "a, b") == [("a", "b"), ("b", "a")]


def test_the_axis_nothing_has_one_value() -> None:
    assert values("Nothing", None) == [0]


@pytest.mark.parametrize(
    ("label", "text", "error"),
    [
        pytest.param("Steps", "many", ValueError, id="no number"),
        pytest.param("Steps", "1-9 (+0)", ValueError, id="a step of nought"),
        pytest.param("CFG Scale", "1-9 (+0)", ZeroDivisionError, id="likewise"),
        pytest.param("Steps", ["1"], TypeError, id="no text"),
    ],
)
def test_odd_values_fail_as_in_python(label: str, text: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        values(label, text)


def test_no_list_where_one_is_to_be_chosen_is_the_csv_modules_own_error() -> None:
    with pytest.raises(ServerError, match="Error: iterable expected, not NoneType"):
        joined_list(None)
