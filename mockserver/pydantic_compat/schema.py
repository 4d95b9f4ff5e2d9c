"""JSON Schema of request bodies: the kinds of values that it describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.pydantic_compat.coercion_v1 import COERCIONS
from mockserver.pydantic_compat.coercion_v2 import COERCIONS as COERCIONS_2
from mockserver.pydantic_compat.coercion_v2 import only_dict, only_model
from mockserver.pydantic_compat.kinds import (
    AnyOf,
    Anything,
    Bounded,
    Choice,
    ListOf,
    MappingOf,
    Scalar,
    as_dict,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.pydantic_compat.kinds import Kind


@dataclass(frozen=True)
class Dialect:
    """How values are taken.

    Attributes:
        coercions: OpenAPI's scalar types and how each is coerced.
        as_dict: what counts as an object.
        null_by_kind: whether null is complained of as any other value of a wrong type.
        same_type: whether a choice must have the type of the one permitted: true is not 1.
        model: what is complained of a body that is no object.
    """

    coercions: Mapping[str, Callable[[Any], Any]]
    as_dict: Callable[[Any], dict[Any, Any]]
    null_by_kind: bool = False
    same_type: bool = False
    model: Callable[[Any], dict[Any, Any]] = as_dict


DIALECTS = {
    "pydantic1": Dialect(COERCIONS, as_dict),
    "pydantic2": Dialect(
        COERCIONS_2, only_dict, null_by_kind=True, same_type=True, model=only_model
    ),
}


#: Keywords of the document and pydantic's names, in the order pydantic checks them.
_BOUNDS = (
    ("exclusiveMinimum", "gt"),
    ("minimum", "ge"),
    ("exclusiveMaximum", "lt"),
    ("maximum", "le"),
)
_PYDANTIC_1 = DIALECTS["pydantic1"]
_REFERENCE = "#/components/schemas/"
#: The Python type of a scalar's values that both dialects take as they are.
_EXACT: Mapping[str, type | None] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": float,
    "null": None,
}


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
        return MappingOf(True, item, dialect.as_dict)
    return MappingOf(text_keys, as_dict=dialect.as_dict)


def _scalar(schema: dict[str, Any], finite: bool, dialect: Dialect) -> Kind:
    coerce = dialect.coercions[schema["type"]]
    whole = schema["type"] == "integer" or not dialect.same_type
    bounds = tuple(
        (name, _declared(schema[key]) if whole else float(schema[key]))
        for key, name in _BOUNDS
        if key in schema
    )
    return (
        Bounded(coerce, bounds, finite, dialect.same_type)
        if bounds or finite
        else Scalar(coerce, _EXACT[schema["type"]])
    )


def _declared(limit: float) -> float:
    """A bound as the source declares it: whole ones are integers, the document has floats."""
    return int(limit) if limit == int(limit) else limit
