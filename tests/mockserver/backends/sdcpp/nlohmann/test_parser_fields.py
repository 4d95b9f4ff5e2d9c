"""Typed reads from a JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.backends.sdcpp.nlohmann.parser import Fields, JsonError, as_text

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = Fields({"text": "a", "flag": True, "whole": 3, "real": 2.7, "null": None, "list": []})


def test_what_is_there_is_read_as_its_type() -> None:
    assert FIELDS.text("text", "") == "a"
    assert FIELDS.flag("flag", default=False) is True
    assert FIELDS.whole("real", 0) == 2
    assert FIELDS.single("whole", 0.0) == 3.0
    assert FIELDS.whole("flag", 0) == 1


def test_what_is_not_there_is_the_default() -> None:
    assert FIELDS.text("gone", "b") == "b"
    assert FIELDS.flag("gone", default=True) is True
    assert FIELDS.whole("gone", 7) == 7


@pytest.mark.parametrize(
    ("read", "wanted", "given"),
    [
        pytest.param(lambda: FIELDS.text("whole", ""), "string", "number", id="text"),
        pytest.param(lambda: FIELDS.text("null", ""), "string", "null", id="null is no default"),
        pytest.param(lambda: FIELDS.flag("whole", default=False), "boolean", "number", id="flag"),
        pytest.param(lambda: FIELDS.whole("text", 0), "number", "string", id="integer"),
        pytest.param(lambda: FIELDS.single("list", 0.0), "number", "array", id="number"),
        pytest.param(lambda: as_text({}), "string", "object", id="a value by itself"),
    ],
)
def test_another_type_is_reported(read: Callable[[], Any], wanted: str, given: str) -> None:
    with pytest.raises(JsonError) as caught:
        read()
    words = f"type must be {wanted}, but is {given}"
    assert str(caught.value) == f"[json.exception.type_error.302] {words}"


@pytest.mark.parametrize(
    ("body", "kind"), [([1], "array"), (None, "null"), ("x", "string"), (True, "boolean")]
)
def test_what_is_no_object_has_no_fields(body: Any, kind: str) -> None:
    with pytest.raises(JsonError) as caught:
        Fields(body).text("prompt", "")
    words = f"cannot use value() with {kind}"
    assert str(caught.value) == f"[json.exception.type_error.306] {words}"
