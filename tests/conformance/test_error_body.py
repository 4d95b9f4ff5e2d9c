"""The server's own words, whichever shape they come in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.client import ErrorBody, ErrorShape, parse_error_body
from conformance.properties import strategies

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.fixtures.recording import Step

FOUR_KEY = {"error": "HTTPException", "detail": "Sampler not found", "body": "", "errors": ""}
NGINX = "<html>\r\n<head><title>{0}</title></head>\r\n<body><center><h1>{0}</h1></center><hr>"
NGINX += "<center>nginx/1.25.3</center></body></html>"
WERKZEUG = "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<p>Oops.</p>"


def words(status: int, body: Any, **headers: str) -> ErrorBody:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return parse_error_body(status, headers, raw)


@pytest.mark.parametrize(
    ("status", "body", "shape", "text"),
    [
        pytest.param(404, {"detail": "Not Found"}, ErrorShape.DETAIL, "Not Found", id="router"),
        pytest.param(
            422,
            {"detail": [{"loc": ["body", "steps"], "msg": "value is not a valid integer"}]},
            ErrorShape.DETAIL_LIST,
            "steps: value is not a valid integer",
            id="one field",
        ),
        pytest.param(
            422,
            {
                "detail": [
                    {"loc": ["body", "imageList", 0, "name"], "msg": "field required"},
                    {"loc": ["query", "x"], "msg": "bad"},
                    {"loc": ["body"], "msg": "whole"},
                ]
            },
            ErrorShape.DETAIL_LIST,
            "imageList.0.name: field required; x: bad; whole",
            id="several fields",
        ),
        pytest.param(404, FOUR_KEY, ErrorShape.FOUR_KEY, "Sampler not found", id="its own words"),
        pytest.param(
            500,
            {"error": "KeyError", "detail": "", "body": "", "errors": "'nope'"},
            ErrorShape.FOUR_KEY,
            "KeyError: 'nope'",
            id="an exception",
        ),
        pytest.param(
            500,
            {"error": "AssertionError", "detail": "", "body": "", "errors": ""},
            ErrorShape.FOUR_KEY,
            "AssertionError",
            id="an exception without words",
        ),
        pytest.param(
            404,
            {**FOUR_KEY, "code": 404},
            ErrorShape.FOUR_KEY,
            "Sampler not found",
            id="five keys, as SD.Next",
        ),
        pytest.param(
            500,
            {"detail": {"msg": "Error parsing input.", "type": "bad_input"}},
            ErrorShape.DETAIL_OBJECT,
            "Error parsing input.",
            id="KoboldCpp",
        ),
        pytest.param(
            400, {"error": "empty body"}, ErrorShape.ERROR, "empty body", id="stable-diffusion.cpp"
        ),
        pytest.param(
            500,
            {"error": "server_error", "message": "type must be number"},
            ErrorShape.ERROR,
            "server_error: type must be number",
            id="stable-diffusion.cpp with a message",
        ),
        pytest.param(500, '"oh no"', ErrorShape.JSON_STRING, "oh no", id="a bare JSON string"),
        pytest.param(500, [1], ErrorShape.OTHER_JSON, "[1]", id="an array"),
        pytest.param(500, {"a": 1}, ErrorShape.OTHER_JSON, '{"a": 1}', id="an object"),
        pytest.param(
            500,
            "Internal Server Error",
            ErrorShape.TEXT,
            "Internal Server Error",
            id="uvicorn, as Forge and November 2022",
        ),
        pytest.param(
            404,
            "Error: KoboldCpp HTTP Server is running, but<br><a href='/api'>[docs]</a>",
            ErrorShape.TEXT,
            "Error: KoboldCpp HTTP Server is running, but [docs]",
            id="KoboldCpp's unknown GET",
        ),
        pytest.param(500, WERKZEUG, ErrorShape.HTML, "500 Internal Server Error", id="Flask"),
        pytest.param(404, "", ErrorShape.EMPTY, "", id="nothing"),
        pytest.param(
            504,
            NGINX.format("504 Gateway Time-out"),
            ErrorShape.GATEWAY,
            "504 Gateway Time-out",
            id="nginx gives up",
        ),
        pytest.param(
            413,
            NGINX.format("413 Request Entity Too Large"),
            ErrorShape.GATEWAY,
            "413 Request Entity Too Large",
            id="nginx refuses a large body",
        ),
        pytest.param(502, "", ErrorShape.GATEWAY, "", id="a gateway without words"),
        pytest.param(
            503,
            "upstream connect error or disconnect/reset before headers",
            ErrorShape.GATEWAY,
            "upstream connect error or disconnect/reset before headers",
            id="envoy",
        ),
        pytest.param(
            504,
            {"message": "Endpoint request timed out"},
            ErrorShape.GATEWAY,
            '{"message": "Endpoint request timed out"}',
            id="a cloud's gateway in JSON",
        ),
        pytest.param(
            503,
            {"detail": {"msg": "Server is busy", "type": "service_unavailable"}},
            ErrorShape.DETAIL_OBJECT,
            "Server is busy",
            id="KoboldCpp with a full queue is no gateway",
        ),
        pytest.param(
            503, {"error": "queue full"}, ErrorShape.ERROR, "queue full", id="nor is a shim"
        ),
    ],
)
def test_words_are_read_from_every_shape(
    status: int, body: Any, shape: ErrorShape, text: str
) -> None:
    said = words(status, body)
    assert (said.shape, said.text) == (shape, text)


def test_a_redirect_says_where_to() -> None:
    said = words(301, "", location="https://host/sd/")
    assert said.shape is ErrorShape.REDIRECT
    assert "https://host/sd/" in said.text


def test_the_fields_of_a_detail_list_are_at_hand() -> None:
    said = words(422, {"detail": [{"loc": ["body", "steps"]}, {"loc": ["body", "a", 1]}, "x"]})
    assert said.fields == ("steps", "a.1", "")


@pytest.mark.parametrize(
    ("status", "body", "absent"),
    [
        pytest.param(404, {"detail": "Not Found"}, True, id="no such route"),
        pytest.param(405, {"detail": "Method Not Allowed"}, True, id="no such method"),
        pytest.param(404, "", True, id="stable-diffusion.cpp"),
        pytest.param(404, "Error: KoboldCpp HTTP Server is running", True, id="KoboldCpp"),
        pytest.param(501, "<!DOCTYPE HTML><html><title>Error response</title>", True, id="501"),
        pytest.param(404, FOUR_KEY, False, id="a thing that was not found"),
        pytest.param(404, {"detail": "Sampler not found"}, False, id="the same in 2022"),
        pytest.param(400, {"error": "Init image is none"}, False, id="a bad request"),
        pytest.param(404, NGINX.format("404 Not Found"), False, id="a gateway's own 404"),
    ],
)
def test_an_absent_route_is_distinguished_from_an_absent_thing(
    status: int, body: Any, absent: bool
) -> None:
    assert words(status, body).route_absent is absent


def test_endless_words_are_cut() -> None:
    assert len(words(500, "x " * 10_000).text) < 600


@given(st.integers(400, 599), st.binary())
def test_any_bytes_are_read(status: int, body: bytes) -> None:
    assert parse_error_body(status, {}, body).status == status


@given(st.integers(400, 599), strategies.json_values())
def test_any_json_is_read(status: int, value: Any) -> None:
    assert words(status, value).text is not None


@given(strategies.json_values())
def test_any_detail_and_error_is_read(value: Any) -> None:
    for body in ({"detail": value}, {"error": value}, {**FOUR_KEY, "detail": value}):
        assert isinstance(words(500, body).text, str)


@pytest.mark.parametrize("nesting", ["[", '{"detail":'])
def test_a_body_that_is_nested_too_deeply_is_text(nesting: str) -> None:
    assert words(500, nesting * 100_000).shape is ErrorShape.TEXT


def test_every_recorded_error_has_words_unless_its_body_is_empty(
    server: str, recorded: Callable[[str], list[Step]]
) -> None:
    odd = {ErrorShape.OTHER_JSON, ErrorShape.GATEWAY, ErrorShape.REDIRECT}
    for step in recorded(server):
        answer = step.answer
        if answer.status is None or answer.status < 400:
            continue
        body = json.dumps(answer.body) if answer.is_json else answer.body or ""
        said = words(answer.status, body)
        assert bool(said.text) == bool(body), step
        assert said.shape not in odd, step
