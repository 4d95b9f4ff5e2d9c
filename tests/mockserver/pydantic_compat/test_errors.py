"""Complaints in the words of pydantic 2, as Forge answers them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import activate

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def forge() -> Iterator[str]:
    with activate(profile="forge") as mock:
        yield f"{mock.url}/sdapi/v1"


def complaints(url: str, body: Any) -> list[dict[str, Any]]:
    answer = requests.post(url, json=body, timeout=60)
    assert answer.status_code == 422
    found: list[dict[str, Any]] = answer.json()["detail"]
    return found


def test_a_complaint_says_type_place_sentence_and_input(forge: str) -> None:
    assert complaints(f"{forge}/txt2img", {"steps": "many"}) == [
        {
            "type": "int_parsing",
            "loc": ["body", "steps"],
            "msg": "Input should be a valid integer, unable to parse string as an integer",
            "input": "many",
            "url": "https://errors.pydantic.dev/2.8/v/int_parsing",
        }
    ]


def test_what_is_missing_says_the_object_around_it(forge: str) -> None:
    (found,) = complaints(f"{forge}/png-info", {"other": 1})
    assert (found["type"], found["msg"], found["input"]) == (
        "missing",
        "Field required",
        {"other": 1},
    )


@pytest.mark.parametrize(
    ("fields", "kind", "ctx"),
    [
        pytest.param({"upscaling_resize": 0}, "greater_than", {"gt": 0}, id="bound"),
        pytest.param({"resize_mode": 3}, "literal_error", {"expected": "0 or 1"}, id="choice"),
    ],
)
def test_bounds_and_choices_say_their_values(
    forge: str, fields: dict[str, Any], kind: str, ctx: dict[str, Any]
) -> None:
    (found,) = complaints(f"{forge}/extra-single-image", fields)
    assert (found["type"], found["ctx"]) == (kind, ctx)


def test_malformed_json_has_a_type_of_its_own(forge: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = requests.post(f"{forge}/txt2img", data="{", headers=headers, timeout=60)
    (found,) = json.loads(answer.text)["detail"]
    assert (found["type"], found["msg"], found["loc"]) == (
        "json_invalid",
        "JSON decode error",
        ["body", 1],
    )


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"override_settings": []}, id="list for an object"),
        pytest.param({"steps": 1.9}, id="fraction for an integer"),
        pytest.param({"prompt": 3}, id="number for a text"),
    ],
)
def test_what_upstream_coerces_is_refused(forge: str, fields: dict[str, Any]) -> None:
    assert len(complaints(f"{forge}/txt2img", fields)) == 1
