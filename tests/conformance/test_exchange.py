"""One request and what came back."""

from __future__ import annotations

import math

import pytest

from conformance.client import Exchange
from conformance.exchange import parse_json


def exchange(**fields: object) -> Exchange:
    known: dict[str, object] = {"method": "GET", "path": "/x", "url": "http://u:hunter2@h/x"}
    return Exchange(**{**known, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (200, None, True),
        (204, None, True),
        (301, None, False),
        (404, None, False),
        (None, "broken", False),
        (200, "broken in its body", False),
    ],
)
def test_success_is_a_whole_answer_with_a_status_of_200_to_299(
    status: int | None, error: str | None, expected: bool
) -> None:
    assert exchange(status=status, error=error).ok is expected


def test_headers_are_found_whatever_their_case() -> None:
    sent = exchange(response_headers={"content-type": "Application/JSON; charset=x"})
    assert sent.header("Content-Type") == "Application/JSON; charset=x"
    assert sent.header("Allow") is None
    assert sent.media_type == "application/json"
    assert exchange().media_type == ""


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b"\xef\xbb\xbf[]", []),
        (b"[Infinity]", [math.inf]),
        (b"null", None),
    ],
)
def test_json_is_read_leniently(body: bytes, value: object) -> None:
    assert exchange(body=body).json == value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xef\xbb\xbf[]", id="a byte order mark"),
        pytest.param(b"[NaN]", id="NaN"),
        pytest.param(b"[-Infinity]", id="Infinity"),
        pytest.param(b'"\xff"', id="no UTF-8"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_strict_json_is_that_of_the_standard(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        exchange(body=body).strict_json()


def test_strict_json_reads_json() -> None:
    assert exchange(body='{"a": "狐"}'.encode()).strict_json() == {"a": "狐"}


@pytest.mark.parametrize(
    ("body", "value"), [(None, None), (b"", None), (b"[1]", [1]), (b"{bad", None), (b"\xff", None)]
)
def test_the_body_of_a_request_is_read_where_it_is_json(body: bytes | None, value: object) -> None:
    assert exchange(request_body=body).request_json == value


def test_the_repr_is_one_line_without_secrets() -> None:
    shown = repr(exchange(status=200, body=b"abc", secrets=("hunter2",), elapsed=0.5))
    assert shown == "<Exchange GET /x -> 200, 3 bytes, 0.50 s>"


def test_bytes_that_are_no_utf_8_are_still_text() -> None:
    assert exchange(body=b"caf\xe9").text == "caf\ufffd"


def test_a_number_that_python_refuses_to_read_is_no_json() -> None:
    assert parse_json("1" * 4300) > 0
    with pytest.raises(ValueError, match="4300"):
        parse_json("1" * 4301)
