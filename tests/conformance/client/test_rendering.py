"""Exchanges shown in reports."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from conformance.client import Exchange, encode_image, render_answer, render_request

PICTURE = encode_image(Image.new("RGB", (16, 16)))


def exchange(body: bytes = b"", **fields: object) -> Exchange:
    known: dict[str, object] = {
        "method": "POST",
        "path": "/sdapi/v1/options",
        "url": "http://host/sdapi/v1/options",
        "request_headers": {"Authorization": "Bearer hunter2", "Content-Type": "application/json"},
        "request_body": json.dumps({"init_images": [PICTURE], "note": "hunter2"}).encode(),
        "status": 200,
        "response_headers": {"content-type": "application/json", "set-cookie": "s=1"},
        "body": body,
        "elapsed": 1.234,
        "secrets": ("hunter2",),
    }
    return Exchange(**{**known, **fields})  # type: ignore[arg-type]


def test_a_request_is_shown_with_pictures_shortened_and_secrets_out() -> None:
    shown = render_request(exchange())
    assert shown.splitlines()[:3] == [
        "POST http://host/sdapi/v1/options",
        "Authorization: Bearer ***",
        "Content-Type: application/json",
    ]
    assert "<PNG 16x16, " in shown
    assert "hunter2" not in shown


def test_an_answer_is_shown_with_its_status_and_time() -> None:
    shown = render_answer(exchange(b'{"api_auth": "user:swordfish", "a": "hunter2"}'))
    assert shown.splitlines() == [
        "200 in 1.23 s",
        "content-type: application/json",
        "set-cookie: ***",
        "",
        '{"api_auth": "***", "a": "***"}',
    ]


def test_a_long_body_is_cut() -> None:
    shown = render_answer(exchange(b"x " * 2500), limit=99)
    assert shown.endswith("x... (5000 characters)")


def test_an_answer_that_never_came_is_reported() -> None:
    shown = render_answer(exchange(status=None, error="sent nothing for 300 s"))
    assert shown == "sent nothing for 300 s"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        pytest.param(b"", "set-cookie: ***", id="no body"),
        pytest.param(b"plain", "plain", id="text"),
        pytest.param(b"\xff\xfe\x00", "<3 bytes, sha256 ", id="bytes"),
        pytest.param(b'"\\ud800"', '"\\ud800"', id="a lone surrogate"),
        pytest.param("狐🦊".encode(), "狐🦊", id="Unicode"),
        pytest.param(b"[" * 5000, "[[[", id="brackets without end"),
        pytest.param(b"[" * 900 + b"]" * 900, "[[[", id="deep nesting"),
    ],
)
def test_any_body_can_be_shown(body: bytes, shown: str) -> None:
    rendered = render_answer(exchange(body))
    assert shown in rendered
    assert rendered.encode("utf-8")
