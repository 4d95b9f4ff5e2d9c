"""Deltas between JSON values."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.fixtureset.delta import apply, difference

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet="ab/~", max_size=2), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(base=VALUES, value=VALUES)
def test_a_delta_gives_back_the_value_to_the_letter(base: Any, value: Any) -> None:
    before = copy.deepcopy(base)

    rebuilt = apply(base, json.loads(json.dumps(difference(base, value))))

    assert json.dumps(rebuilt) == json.dumps(value)
    assert json.dumps(base) == json.dumps(before)


@given(value=VALUES)
def test_equal_values_have_no_delta(value: Any) -> None:
    assert difference(value, value) == {}


@pytest.mark.parametrize(
    ("base", "value", "delta"),
    [
        pytest.param({"a": 1}, {"a": 1.0}, {"set": {"/a": 1.0}}, id="an integer is no float"),
        pytest.param({"a": 1}, {"a": True}, {"set": {"/a": True}}, id="nor a boolean"),
        pytest.param({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"drop": ["/a/c"]}, id="dropped"),
        pytest.param({"a/b": 1}, {"a/b": 2}, {"set": {"/a~1b": 2}}, id="a slash in a key"),
        pytest.param(
            {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"set": {"": {"b": 2, "a": 1}}}, id="another order"
        ),
    ],
)
def test_a_delta_says_only_what_is_new(base: Any, value: Any, delta: Any) -> None:
    assert difference(base, value) == delta


def test_a_delta_of_another_base_is_refused() -> None:
    with pytest.raises(KeyError):
        apply({}, {"drop": ["/a"]})
