"""The second dialect is held against pydantic 2 itself, on the models that Forge tells."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Literal, Optional

import pytest
from pydantic import BaseModel, Field, ValidationError, create_model

from mockserver.core.errors import RequestValidationError
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import load_profile
from mockserver.pydantic_compat.errors import reworded
from mockserver.pydantic_compat.models import Models

PROFILE = load_profile("forge")
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
]
SCALARS: dict[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool}
BOUNDS = {"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt"}
VALUES: list[Any] = [
    None, True, False, 0, 1, 2, -1, 10**20, 0.0, 1.0, 1.5, 2.0, -0.5, 1e300,
    "", " ", "x", "1", "1.0", "1.00", "1.5", " 7 ", "0x1", "1e3", "inf", "-Infinity", "NaN",
    "1_0", "1__0", "_1", "+5", "\uff11", "5.", "9" * 4301,
    "true", "False", "YES", "no", "on", "Off", "t", "f", "y", "n", "2", "null", "[]",
    [], [1], ["a"], [["a", 1]], [None], {}, {"a": 1},
]  # fmt: skip


def kind(schema: dict[str, Any]) -> Any:
    """The type that a schema describes."""
    if "anyOf" in schema:
        inner = next(part for part in schema["anyOf"] if part.get("type") != "null")
        return Optional[kind(inner)]  # noqa: UP045 - made at run time
    if "$ref" in schema:
        return model(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    name = schema.get("type")
    if name == "array":
        return list[kind(schema["items"])] if schema.get("items") else list
    return dict if name == "object" else SCALARS[name] if name else Any


@cache
def model(name: str) -> type[BaseModel]:
    """pydantic's own model of that name."""
    fields: dict[str, Any] = {}
    for key, part in SCHEMAS[name]["properties"].items():
        bounds: dict[str, Any] = {BOUNDS[word]: part[word] for word in BOUNDS if word in part}
        if key in PROFILE.requests.finite:
            bounds["allow_inf_nan"] = False
        default = ... if key in SCHEMAS[name].get("required", ()) else part.get("default")
        fields[key] = (kind(part), Field(default, **bounds))
    made: type[BaseModel] = create_model(name, __config__={"protected_namespaces": ()}, **fields)
    return made


def ours(name: str, body: Any) -> Any:
    try:
        return MODELS.get(name).validate(body).values
    except RequestValidationError as refusal:
        return reworded(refusal.errors, body)


def theirs(name: str, body: Any) -> Any:
    try:
        return model(name).model_validate(body, from_attributes=True).model_dump()
    except ValidationError as error:
        found = json.loads(error.json(include_url=False))
        return [{**item, "loc": ["body", *item["loc"]]} for item in found]


@pytest.mark.parametrize("name", BODIES)
def test_each_value_in_each_field_is_taken_as_pydantic_2_takes_it(name: str) -> None:
    required = dict.fromkeys(SCHEMAS[name].get("required", ()), "x")
    for field in SCHEMAS[name]["properties"]:
        for value in VALUES:
            if isinstance(value, bool | float) and "enum" in SCHEMAS[name]["properties"][field]:
                continue  # pydantic 2.8 of Forge refuses true and 1.0 for 1; later ones do not
            body = {**required, field: value}
            if field == "imageList":
                body = {field: value}
            assert repr(ours(name, body)) == repr(theirs(name, body)), (field, value)


@pytest.mark.parametrize("body", [[1, 2], "hello", 5, True], ids=str)
def test_a_body_that_is_no_object(body: Any) -> None:
    (found,) = ours("PNGInfoRequest", body)
    assert found["type"] == "model_attributes_type"
    assert found["input"] == body
