"""Whether a JSON value is what a schema of an OpenAPI document says.

Only what such documents use: types, properties, required, items, additionalProperties, enum,
anyOf, allOf and references into ``components``. Null is let pass wherever a value may be left
out, as pydantic 1 declares ``Optional`` fields without saying so in its documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Complaint = tuple[str, str]

_REFERENCE = "#/components/schemas/"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: _is_number(v) and v == int(v),
    "number": _is_number,
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
    "null": lambda v: v is None,
}


def complaints(
    value: Any, schema: Any, document: dict[str, Any], at: str = ""
) -> Iterator[Complaint]:
    """What does not fit, as (JSON pointer, words), in the order of the value.

    Args:
        value: the JSON value.
        schema: its schema; anything that is no object is fitted by every value.
        document: the OpenAPI document, for references.
        at: pointer of the value.
    """
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REFERENCE)
        schema = document.get("components", {}).get("schemas", {}).get(name, {})
        yield from complaints(value, schema, document, at)
        return
    for part in schema.get("allOf", ()):
        yield from complaints(value, part, document, at)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices and not any(_fits(value, choice, document) for choice in choices):
        yield at, "fits none of the alternatives of its schema"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield at, f"is none of {schema['enum']}"
        return
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind] if kind else []
    if kinds and not any(_TYPES.get(k, lambda _: True)(value) for k in kinds):
        yield at, f"is {_called(value)} where {' or '.join(kinds)} is declared"
        return
    yield from _inside(value, schema, document, at)


def _fits(value: Any, schema: Any, document: dict[str, Any]) -> bool:
    return next(complaints(value, schema, document), None) is None


def _inside(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str) -> Iterator[Any]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from complaints(item, schema.get("items"), document, f"{at}/{number}")
    if not isinstance(value, dict):
        return
    required = schema.get("required", ())
    for key in required:
        if key not in value:
            yield at, f"lacks {key!r}, which is declared as required"
    declared, others = schema.get("properties", {}), schema.get("additionalProperties")
    for key, item in value.items():
        if item is None and key not in required:
            continue
        place = f"{at}/{key.replace('~', '~0').replace('/', '~1')}"
        yield from complaints(item, declared.get(key, others), document, place)


def _called(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "a boolean", str: "text", list: "an array", dict: "an object"}
    return names.get(type(value), "a number")
