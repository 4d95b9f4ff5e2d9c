"""Differences between two JSON values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.drift.differences import Change, fields, walk

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=6,
)


def plain(value: Any) -> str:
    """JSON text that does not depend on the order of keys."""
    return json.dumps(value, sort_keys=True)


@given(value=VALUES)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert list(walk(value, value)) == []


@given(one=VALUES, other=VALUES)
def test_values_that_differ_are_distinguished_from_each_other(one: Any, other: Any) -> None:
    assert bool(list(walk(one, other))) == (plain(one) != plain(other))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param({"a": 1}, {"a": 1, "b": 2}, ("/b", Change.ADDED, None, 2), id="added"),
        pytest.param({"a": {"b": 1}}, {"a": {}}, ("/a/b", Change.GONE, 1, None), id="gone"),
        pytest.param({"a/b": 1}, {"a/b": "1"}, ("/a~1b", Change.RETYPED, 1, "1"), id="retyped"),
        pytest.param({"a": 1}, {"a": 1.0}, ("/a", Change.RETYPED, 1, 1.0), id="now a float"),
        pytest.param({"a": 1}, {"a": 1.5}, ("/a", Change.CHANGED, 1, 1.5), id="another number"),
        pytest.param(1, None, ("", Change.RETYPED, 1, None), id="null"),
        pytest.param(
            {"type": "integer"},
            {"type": "number"},
            ("/type", Change.RETYPED, "integer", "number"),
            id="the type that a document declares",
        ),
        pytest.param(
            [{"name": "a", "x": 1}, {"name": "b", "x": 1}],
            [{"name": "b", "x": 2}, {"name": "a", "x": 1}],
            ("/b/x", Change.CHANGED, 1, 2),
            id="items are matched by name",
        ),
        pytest.param(
            [{"name": "a"}, {"name": "a", "x": 1}],
            [{"name": "a"}],
            ("/a#2", Change.GONE, {"name": "a", "x": 1}, None),
            id="the second of a name",
        ),
        pytest.param(["a", "b"], ["a"], ("/b", Change.GONE, "b", None), id="a text of a list"),
        pytest.param(["x\ny"], ["x\nz"], ("/0", Change.CHANGED, "x\ny", "x\nz"), id="long texts"),
        pytest.param([1, 2], [1, 3], ("/1", Change.CHANGED, 2, 3), id="by position"),
        pytest.param([1, 2], [1], ("", Change.CHANGED, [1, 2], [1]), id="another length"),
        pytest.param(
            ["a", "b"], ["b", "a"], ("", Change.CHANGED, ["a", "b"], ["b", "a"]), id="order"
        ),
    ],
)
def test_a_difference_is_reported_with_its_place(before: Any, after: Any, found: Any) -> None:
    assert found in list(walk(before, after))


def test_the_fields_of_a_list_have_the_types_of_all_its_items() -> None:
    items = [{"a": 1, "b": None}, {"a": "x", "b": None, "c": [1]}, {"c": None}, "no object"]

    assert fields(items) == {"a": {"integer", "string"}, "b": {"null"}, "c": {"array"}}
