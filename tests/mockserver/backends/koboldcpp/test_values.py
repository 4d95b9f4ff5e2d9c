"""Values of a request as KoboldCpp's Python takes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.backends.koboldcpp import values
from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param(3, 3, id="itself"),
        pytest.param("3", 3, id="text of a number"),
        pytest.param(12.9, 12, id="cut"),
        pytest.param(True, 1, id="true"),
        pytest.param("true", 1, id="text of true"),
        pytest.param("False", 0, id="text of false"),
        pytest.param(None, 20, id="null"),
        pytest.param("many", 20, id="other text"),
        pytest.param("12.9", 20, id="text of a fraction"),
        pytest.param(math.nan, 20, id="not a number"),
    ],
)
def test_an_integer_falls_back(value: Any, found: int) -> None:
    assert values.whole(value, 20) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param("7", 7.0, id="text of a number"),
        pytest.param(None, 5.0, id="null"),
        pytest.param("TRUE", 1.0, id="text of true"),
        pytest.param("x", 5.0, id="other text"),
        pytest.param("nan", 5.0, id="not a number"),
        pytest.param(math.inf, math.inf, id="infinite"),
    ],
)
def test_a_number_falls_back(value: Any, found: float) -> None:
    assert values.real(value, 5.0) == found


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("café 狐 fox", "caf  fox", id="ASCII alone"),
        pytest.param("a\0b", "a", id="up to the first NUL"),
        pytest.param("x" * 900, "x" * 800, id="at most 800 characters"),
        pytest.param("é" * 10 + "x" * 800, "x" * 800, id="of those that are left"),
        pytest.param("  fox\n", "  fox\n", id="blanks stay"),
    ],
)
def test_a_prompt_is_cleaned(text: str, kept: str) -> None:
    assert values.plain_prompt(text) == kept


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param(["a", "b"], "a", id="of a list"),
        pytest.param("abc", "a", id="of a text, its first character"),
        pytest.param([], None, id="of nothing"),
        pytest.param(None, None, id="of null"),
    ],
)
def test_the_first_of_several(given: Any, found: Any) -> None:
    assert values.first(given) == found


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param("aGk=", "aGk=", id="bare"),
        pytest.param("data:image/png;base64,aGk=", "aGk=", id="data URI"),
        pytest.param("data:text/plain,aGk=", "data:text/plain,aGk=", id="of no image"),
        pytest.param(None, "", id="null"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_picture_loses_the_start_of_its_data_uri(given: Any, found: str) -> None:
    assert values.picture(given) == found


def test_a_name_is_lowered_or_the_default() -> None:
    assert values.lowered("Euler A", "x") == "euler a"
    assert values.lowered("", "x") == values.lowered(None, "x") == "x"


@pytest.mark.parametrize(
    ("read", "value"),
    [
        pytest.param(lambda v: values.whole(v, 1), {}, id="object for an integer"),
        pytest.param(lambda v: values.whole(v, 1), math.inf, id="infinity for an integer"),
        pytest.param(lambda v: values.real(v, 1), [], id="list for a number"),
        pytest.param(values.prompt, None, id="null for a prompt"),
        pytest.param(values.prompt, 5, id="number for a prompt"),
        pytest.param(values.prompt, "\ud800", id="lone surrogate in a prompt"),
        pytest.param(lambda v: values.lowered(v, "x"), 5, id="number for a name"),
        pytest.param(values.integer, None, id="null for a kind of video"),
        pytest.param(values.integer, 1.5, id="fraction for a kind of video"),
        pytest.param(values.pictures, 5, id="number for pictures"),
        pytest.param(values.pictures, [5], id="number among pictures"),
        pytest.param(lambda v: values.member(v, "x", 0), "text", id="text for an object"),
        pytest.param(values.first, 5, id="number for a list"),
        pytest.param(values.first, {"a": 1}, id="object for a list"),
        pytest.param(values.picture, 5, id="number for a picture"),
        pytest.param(values.plain_picture, None, id="null for a picture to enlarge"),
    ],
)
def test_what_trips_it(read: Callable[[Any], Any], value: Any) -> None:
    with pytest.raises(ServerError):
        read(value)
