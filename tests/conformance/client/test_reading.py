"""JSON read into dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given

from conformance.client import Exchange
from conformance.client.records import fits, read_object, read_record, read_records, type_text
from conformance.errors import MalformedAnswer
from conformance.properties import strategies

EXCHANGE = Exchange(method="GET", path="/sdapi/v1/things", url="http://host/sdapi/v1/things")


@dataclass(frozen=True)
class Thing:
    """An entry."""

    name: str
    scale: float | None = None
    tags: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


def test_known_keys_are_read_and_others_passed_over() -> None:
    value = {"name": "a", "scale": 4, "tags": ["x"], "facts": {"y": 1}, "more": True}
    assert read_record(Thing, value, EXCHANGE) == Thing("a", 4, ["x"], {"y": 1})


def test_what_is_missing_takes_its_default() -> None:
    assert read_records(Thing, [{"name": "a"}], EXCHANGE) == [Thing("a")]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param({}, "the answer: an array was expected, and came an object", id="no array"),
        pytest.param(None, "an array was expected, and came null", id="null"),
        pytest.param([1], "entry 0: an object was expected, and came an integer", id="no object"),
        pytest.param([{}], "entry 0: the key 'name' is missing", id="a missing key"),
        pytest.param(
            [{"name": "a"}, {"name": None}],
            "entry 1, name: text was expected, and came null",
            id="a wrong type",
        ),
        pytest.param(
            [{"name": "a", "scale": "4"}],
            "entry 0, scale: a number or null was expected, and came text",
            id="neither of two types",
        ),
        pytest.param(
            [{"name": "a", "scale": True}],
            "a number or null was expected, and came true or false",
            id="a truth value is no number",
        ),
        pytest.param(
            [{"name": "a", "tags": ["x", 1]}], "tags: an array of text was expected", id="a list"
        ),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(value: Any, message: str) -> None:
    with pytest.raises(MalformedAnswer) as caught:
        read_records(Thing, value, EXCHANGE)
    assert message in str(caught.value)
    assert str(caught.value).startswith("GET /sdapi/v1/things: ")
    assert caught.value.exchange is EXCHANGE


def test_an_object_is_taken_as_it_is() -> None:
    assert read_object({"a": 1}, EXCHANGE) == {"a": 1}
    with pytest.raises(MalformedAnswer, match="an object was expected, and came an array"):
        read_object([], EXCHANGE)


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        (1, int, True),
        (1.0, int, False),
        (1, float, True),
        (True, int, False),
        (True, bool, True),
        (0, bool, False),
        (None, str | None, True),
        ({"a": 1}, dict[str, int], True),
        ({"a": "b"}, dict[str, int], False),
        (object(), Any, True),
    ],
)
def test_types_are_those_of_json(value: Any, hint: Any, expected: bool) -> None:
    assert fits(value, hint) is expected


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (str, "text"),
        (int | None, "an integer or null"),
        (list[str], "an array of text"),
        (list[int], "an array of integer"),
        (dict[str, Any], "an object"),
        (list[bytes | str], "an array of text"),
    ],
)
def test_types_are_reported_in_the_words_of_json(hint: Any, words: str) -> None:
    assert type_text(hint) == words


@given(strategies.json_values())
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        things = read_records(Thing, value, EXCHANGE)
    except MalformedAnswer:
        assert value != []
    else:
        assert len(things) == len(value)
