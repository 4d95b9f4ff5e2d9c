"""Values and the schemas of OpenAPI documents."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.fixtureset.schema import complaints

DOCUMENT = {
    "components": {
        "schemas": {
            "Item": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
            }
        }
    }
}
ITEM = {"$ref": "#/components/schemas/Item"}


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        pytest.param({"name": "a", "size": None, "more": 1}, ITEM, id="null for what may be left"),
        pytest.param(1.0, {"type": "integer"}, id="a whole float is an integer"),
        pytest.param(1, {"type": "number"}, id="an integer is a number"),
        pytest.param(None, {"type": ["string", "null"]}, id="one of several types"),
        pytest.param("x", {"anyOf": [{"type": "integer"}, {"type": "string"}]}, id="alternative"),
        pytest.param({"a": [1]}, {}, id="no schema"),
        pytest.param([1], True, id="schema true"),
        pytest.param({"a": 1}, {"additionalProperties": {"type": "integer"}}, id="mapping"),
    ],
)
def test_values_that_fit(value: Any, schema: Any) -> None:
    assert list(complaints(value, schema, DOCUMENT)) == []


@pytest.mark.parametrize(
    ("value", "schema", "place", "words"),
    [
        pytest.param({}, ITEM, "", "lacks 'name'", id="required"),
        pytest.param({"name": None}, ITEM, "/name", "null where string", id="null, but required"),
        pytest.param([{"name": 1}], {"items": ITEM}, "/0/name", "a number where", id="in a list"),
        pytest.param(True, {"type": "integer"}, "", "a boolean where integer", id="boolean"),
        pytest.param(1.5, {"type": "integer"}, "", "a number where integer", id="a fraction"),
        pytest.param("c", {"enum": ["a", "b"]}, "", "is none of ['a', 'b']", id="enum"),
        pytest.param("c", {"anyOf": [ITEM]}, "", "fits none of the alternatives", id="anyOf"),
        pytest.param([], {"allOf": [ITEM]}, "", "an array where object", id="allOf"),
        pytest.param(
            {"a/b": ""},
            {"additionalProperties": {"type": "array"}},
            "/a~1b",
            "text where",
            id="key",
        ),
    ],
)
def test_values_that_do_not_fit_are_told_with_their_place(
    value: Any, schema: Any, place: str, words: str
) -> None:
    ((found, told),) = complaints(value, schema, DOCUMENT)

    assert found == place
    assert words in told
