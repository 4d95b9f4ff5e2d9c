"""From the schemas of an OpenAPI document to kinds of values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.validation.kind import AnyOf, Anything, Bounded, Choice, ListOf, Mapping, Scalar
from mockserver.validation.scalar import COERCIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.validation.kind import Kind

#: Keywords of the document and pydantic's names, in the order pydantic checks them.
_BOUNDS = (
    ("exclusiveMinimum", "gt"),
    ("minimum", "ge"),
    ("exclusiveMaximum", "lt"),
    ("maximum", "le"),
)
_REFERENCE = "#/components/schemas/"


def kind_of(
    schema: dict[str, Any],
    model: Callable[[str], Kind],
    *,
    text_keys: bool = False,
    finite: bool = False,
) -> Kind:
    """The kind of values that `schema` describes.

    Args:
        schema: a property's schema; without a type it takes anything.
        model: gives the kind of a referenced model by its name.
        text_keys: whether an object's keys are coerced to text.
        finite: whether a number refuses infinities and NaN.
    """
    if "$ref" in schema:
        return model(schema["$ref"].removeprefix(_REFERENCE))
    if "anyOf" in schema:
        return AnyOf(tuple(kind_of(part, model) for part in schema["anyOf"]))
    if "enum" in schema:
        return Choice(tuple(schema["enum"]))
    name = schema.get("type")
    if name == "array":
        return ListOf(kind_of(schema.get("items", {}), model))
    if name == "object":
        return _object(schema, model, text_keys)
    return _scalar(schema, finite) if name else Anything()


def _object(schema: dict[str, Any], model: Callable[[str], Kind], text_keys: bool) -> Kind:
    if "additionalProperties" in schema:
        return Mapping(True, kind_of(schema["additionalProperties"], model))
    return Mapping(text_keys)


def _scalar(schema: dict[str, Any], finite: bool) -> Kind:
    coerce = COERCIONS[schema["type"]]
    bounds = tuple((name, _declared(schema[key])) for key, name in _BOUNDS if key in schema)
    return Bounded(coerce, bounds, finite) if bounds or finite else Scalar(coerce)


def _declared(limit: float) -> float:
    """A bound as the source declares it: whole ones are integers, the document has floats."""
    return int(limit) if limit == int(limit) else limit
