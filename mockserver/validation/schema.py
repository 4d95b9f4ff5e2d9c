"""From the schemas of an OpenAPI document to kinds of values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.validation.dialect import DIALECTS
from mockserver.validation.kind import AnyOf, Anything, Bounded, Choice, ListOf, Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.validation.dialect import Dialect
    from mockserver.validation.kind import Kind

#: Keywords of the document and pydantic's names, in the order pydantic checks them.
_BOUNDS = (
    ("exclusiveMinimum", "gt"),
    ("minimum", "ge"),
    ("exclusiveMaximum", "lt"),
    ("maximum", "le"),
)
_PYDANTIC_1 = DIALECTS["pydantic1"]
_REFERENCE = "#/components/schemas/"


def kind_of(
    schema: dict[str, Any],
    model: Callable[[str], Kind],
    *,
    text_keys: bool = False,
    finite: bool = False,
    dialect: Dialect = _PYDANTIC_1,
) -> Kind:
    """The kind of values that `schema` describes.

    Args:
        schema: a property's schema; without a type it takes anything.
        model: gives the kind of a referenced model by its name.
        text_keys: whether an object's keys are coerced to text.
        finite: whether a number refuses infinities and NaN.
        dialect: how values are taken.
    """
    if "$ref" in schema:
        return model(schema["$ref"].removeprefix(_REFERENCE))
    if "anyOf" in schema:
        return AnyOf(tuple(kind_of(part, model, dialect=dialect) for part in schema["anyOf"]))
    if "enum" in schema:
        return Choice(tuple(schema["enum"]), dialect.same_type)
    name = schema.get("type")
    if name == "array":
        items = kind_of(schema.get("items", {}), model, dialect=dialect)
        return ListOf(items, dialect.null_by_kind)
    if name == "object":
        return _object(schema, model, text_keys, dialect)
    return _scalar(schema, finite, dialect) if name else Anything()


def _object(
    schema: dict[str, Any], model: Callable[[str], Kind], text_keys: bool, dialect: Dialect
) -> Kind:
    if "additionalProperties" in schema:
        declared = schema["additionalProperties"]
        item = kind_of(declared if isinstance(declared, dict) else {}, model, dialect=dialect)
        return Mapping(True, item, dialect.as_dict)
    return Mapping(text_keys, as_dict=dialect.as_dict)


def _scalar(schema: dict[str, Any], finite: bool, dialect: Dialect) -> Kind:
    coerce = dialect.coercions[schema["type"]]
    whole = schema["type"] == "integer" or not dialect.same_type
    bounds = tuple(
        (name, _declared(schema[key]) if whole else float(schema[key]))
        for key, name in _BOUNDS
        if key in schema
    )
    return (
        Bounded(coerce, bounds, finite, dialect.same_type) if bounds or finite else Scalar(coerce)
    )


def _declared(limit: float) -> float:
    """A bound as the source declares it: whole ones are integers, the document has floats."""
    return int(limit) if limit == int(limit) else limit
