"""Bodies as FastAPI 0.94 reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.core.errors import RequestValidationError
from mockserver.pydantic_compat.models import ABSENT, UnreadableBodyError, decode_body


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param(None, {"a": 1}, id="no content type is JSON"),
        pytest.param("application/json", {"a": 1}, id="json"),
        pytest.param("application/json; charset=latin-1", {"a": 1}, id="charset is ignored"),
        pytest.param("APPLICATION/JSON", {"a": 1}, id="any case"),
        pytest.param("application/vnd+json", {"a": 1}, id="json suffix"),
        pytest.param("text/json", b'{"a": 1}', id="text stays bytes"),
        pytest.param("application/x-www-form-urlencoded", b'{"a": 1}', id="a form stays bytes"),
        pytest.param("garbage", b'{"a": 1}', id="an unreadable type stays bytes"),
    ],
)
def test_the_content_type_decides_whether_a_body_is_json(
    content_type: str | None, body: Any
) -> None:
    assert decode_body(b'{"a": 1}', content_type) == body


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, id="a byte order mark is skipped"),
        pytest.param('{"a": 1}'.encode("utf-16"), {"a": 1}, id="utf-16 is recognised"),
        pytest.param(b'{"a": 1, "a": 2}', {"a": 2}, id="the last of equal keys counts"),
        pytest.param(b"Infinity", float("inf"), id="infinity is JSON to Python"),
    ],
)
def test_odd_json_is_read_as_python_reads_it(raw: bytes, value: Any) -> None:
    assert decode_body(raw, "application/json") == value


def test_no_bytes_are_no_body() -> None:
    assert decode_body(b"", "application/json") is ABSENT


@pytest.mark.parametrize(
    ("raw", "place", "words"),
    [
        pytest.param(b"{bad", 1, "Expecting property name enclosed in double quotes", id="word"),
        pytest.param(
            b'{"a":1,}', 7, "Expecting property name enclosed in double quotes", id="comma"
        ),
        pytest.param(
            b'{"a":1, }', 8, "Expecting property name enclosed in double quotes", id="spaces"
        ),
        pytest.param(b"[1,]", 3, "Expecting value", id="comma in array"),
        pytest.param(b" ", 1, "Expecting value", id="only space"),
        pytest.param(b'{"a":1} x', 8, "Extra data", id="more behind it"),
    ],
)
def test_malformed_json_is_reported_in_the_words_of_python_3_11(
    raw: bytes, place: int, words: str
) -> None:
    with pytest.raises(RequestValidationError) as caught:
        decode_body(raw, "application/json")

    doc = raw.decode()
    message = f"{words}: line 1 column {place + 1} (char {place})"
    ctx = {"msg": words, "doc": doc, "pos": place, "lineno": 1, "colno": place + 1}
    assert caught.value.errors == [
        {"loc": ["body", place], "msg": message, "type": "value_error.jsondecode", "ctx": ctx}
    ]


def test_words_of_newer_pythons_are_turned_into_the_old_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def newer(_: bytes) -> Any:
        raise json.JSONDecodeError("Illegal trailing comma before end of object", '{"a":1, }', 6)

    monkeypatch.setattr(json, "loads", newer)
    with pytest.raises(RequestValidationError) as caught:
        decode_body(b'{"a":1, }', None)

    assert caught.value.errors[0]["loc"] == ["body", 8]
    assert (
        caught.value.errors[0]["ctx"]["msg"] == "Expecting property name enclosed in double quotes"
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'{"a": "\xff"}', id="no utf-8"),
        pytest.param(b"1" * 5000, id="a number of 5000 digits"),
        pytest.param(b"[" * 100_000, id="nested too deep"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_as_a_whole(raw: bytes) -> None:
    with pytest.raises(UnreadableBodyError) as caught:
        decode_body(raw, "application/json")

    assert (caught.value.status, caught.value.detail) == (
        400,
        "There was an error parsing the body",
    )
