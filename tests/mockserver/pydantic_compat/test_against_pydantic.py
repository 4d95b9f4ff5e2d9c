"""Validation is held against pydantic 1 itself, on models built from the same schemas."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic.v1 import BaseConfig, Field, ValidationError, create_model
from pydantic.v1.fields import ModelField

from mockserver.core.errors import RequestValidationError, ServerError
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import load_profile
from mockserver.pydantic_compat.errors import describe
from mockserver.pydantic_compat.models import Models

PROFILE = load_profile("a1111-1.10.1")
OPENAPI = FixtureSet.packaged(PROFILE.fixtures).get("openapi")
SCHEMAS = OPENAPI["components"]["schemas"]
MODELS = Models(OPENAPI, PROFILE.requests)
BODIES = [
    "StableDiffusionProcessingTxt2Img",
    "StableDiffusionProcessingImg2Img",
    "ExtrasSingleImageRequest",
    "ExtrasBatchImagesRequest",
    "PNGInfoRequest",
    "InterrogateRequest",
    "ProgressRequest",
    "PredictBody",
]
SCALARS = {"string": str, "integer": int, "number": float, "boolean": bool}
BOUNDS = {"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt"}

WORDS = [
    "", " ", "x", "1", "1.5", " 7 ", "1_0", "_1", "0x1", "٣", "1e3", "inf", "-Infinity", "NaN",
    "true", "False", "YES", "no", "on", "Off", "t", "f", "y", "n", "2", "null", "[]", "9" * 4301,
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 2**63, 10**400, 0.0, 1.0, -0.5, 1.9, 1e308]
NUMBERS += [float("inf"), float("-inf"), float("nan")]
PLAIN = (
    st.none() | st.booleans() | st.sampled_from(WORDS) | st.sampled_from(NUMBERS)
    | st.integers() | st.floats() | st.text(max_size=5)
)  # fmt: skip
PAIRS = st.lists(st.tuples(PLAIN, PLAIN).map(list), max_size=3)
VALUES = st.recursive(
    PLAIN | PAIRS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


def annotation(schema: dict[str, Any], name: str) -> Any:
    """The type that a property was declared with."""
    if "$ref" in schema:
        return judge(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        first, second = (annotation(part, name) for part in schema["anyOf"])
        return first | second
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    match schema.get("type"):
        case "array":
            return list[annotation(schema["items"], name)] if schema["items"] else list
        case "object":
            return dict[str, Any] if name in PROFILE.requests.text_keys else dict
        case kind:
            return SCALARS.get(kind, Any)


def limits(schema: dict[str, Any], name: str) -> dict[str, Any]:
    found = {ours: int(schema[theirs]) for theirs, ours in BOUNDS.items() if theirs in schema}
    return {**found, "allow_inf_nan": False} if name in PROFILE.requests.finite else found


@cache
def judge(name: str) -> Any:
    """A model of pydantic 1 with the fields of the schema called `name`."""
    required = SCHEMAS[name].get("required", ())
    rules = PROFILE.requests
    fields: dict[str, Any] = {}
    for key, schema in SCHEMAS[name]["properties"].items():
        kind = annotation(schema, key)
        if name in rules.optional_models and key not in rules.not_nullable[name]:
            kind = kind | None
        default = ... if key in required else schema.get("default")
        fields[key] = (kind, Field(default, **limits(schema, key)))
    return create_model(name, **fields)


@cache
def body_of(name: str) -> ModelField:
    """The body of a route as FastAPI declares it."""
    return ModelField(
        name="body",
        type_=judge(name),
        class_validators=None,
        model_config=BaseConfig,
        required=True,
    )


def pydantic_says(name: str, body: Any) -> Any:
    """What FastAPI gets from pydantic for a body: values and names set, or the errors."""
    try:
        value, errors = body_of(name).validate(body, {}, loc=("body",))
    except OverflowError as error:
        return type(error).__name__, str(error)
    if errors:
        return json.loads(json.dumps(ValidationError([errors], judge(name)).errors()))
    return value.dict(), value.__fields_set__


def mock_says(name: str, body: Any) -> Any:
    try:
        valid = MODELS.get(name).validate(body)
    except RequestValidationError as refusal:
        return json.loads(json.dumps(refusal.errors))
    except ServerError as crash:
        return crash.name, crash.text
    return valid.values, valid.fields_set


def same(one: Any, other: Any) -> bool:
    """Equal to the letter: 1, 1.0 and True differ, NaN equals NaN, the order of keys counts."""
    return repr(one) == repr(other) or (
        isinstance(one, tuple) and repr(one[0]) == repr(other[0]) and one[1] == other[1]
    )


@pytest.mark.parametrize("name", BODIES)
@settings(max_examples=75, deadline=None)
@given(data=st.data())
def test_objects_are_validated_as_pydantic_does(name: str, data: st.DataObject) -> None:
    keys = [*SCHEMAS[name]["properties"], "unknown_field"]
    body = data.draw(st.dictionaries(st.sampled_from(keys), VALUES, max_size=6))

    assert same(mock_says(name, body), pydantic_says(name, body))


# What is no object is refused before a model's fields count: one model of each size is enough.
@pytest.mark.parametrize("name", [BODIES[0], "PNGInfoRequest", "PredictBody"])
@settings(max_examples=100, deadline=None)
@given(body=(VALUES | st.lists(st.text(min_size=2, max_size=2))).filter(lambda b: b is not None))
def test_any_body_is_validated_as_pydantic_does(name: str, body: Any) -> None:
    assert same(mock_says(name, body), pydantic_says(name, body))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        pytest.param(name, field, id=f"{name}-{field}")
        for name in BODIES
        for field in SCHEMAS[name]["properties"]
    ],
)
def test_each_field_takes_what_pydantic_takes(name: str, field: str) -> None:
    odd: list[Any] = [
        [],
        {},
        [[]],
        [None],
        [1, "a"],
        {"a": 1},
        [["a", 1]],
        [["a"]],
        [[1, 2]],
        ["ab"],
    ]
    differing = [
        value
        for value in [None, True, False, *WORDS, *NUMBERS, *odd]
        if not same(mock_says(name, {field: value}), pydantic_says(name, {field: value}))
    ]

    assert differing == []


def test_text_errors_read_as_those_of_pydantic() -> None:
    body = {"resize_mode": 3, "upscaling_resize_w": 0, "image": []}
    complaints: list[dict[str, Any]] = []
    MODELS.get("ExtrasSingleImageRequest").fit_body(body, (), complaints)

    with pytest.raises(ValidationError) as caught:
        judge("ExtrasSingleImageRequest")(**body)
    plain = str(caught.value).replace("permitted=(0, 1)", "permitted=[0, 1]")
    assert describe(complaints, "ExtrasSingleImageRequest") == plain
