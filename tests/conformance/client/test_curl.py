"""Requests as curl commands."""

from __future__ import annotations

import json
import shlex

import pytest
from PIL import Image

from conformance.client import Exchange, curl_command, encode_image

TXT2IMG = "http://127.0.0.1:7860/sdapi/v1/txt2img"


def exchange(method: str = "GET", body: bytes | None = None, **headers: str) -> Exchange:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Exchange(
        method=method,
        path="/sdapi/v1/txt2img",
        url=TXT2IMG,
        request_headers=names,
        request_body=body,
        secrets=("hunter2",),
    )


@pytest.mark.parametrize(
    ("sent", "command"),
    [
        pytest.param(exchange(), ["curl", "-sS", TXT2IMG], id="GET"),
        pytest.param(exchange("HEAD"), ["curl", "-sS", "--head", TXT2IMG], id="HEAD"),
        pytest.param(exchange("DELETE"), ["curl", "-sS", "-X", "DELETE", TXT2IMG], id="DELETE"),
        pytest.param(exchange("POST"), ["curl", "-sS", "-X", "POST", TXT2IMG], id="empty POST"),
        pytest.param(
            exchange("POST", b'{"prompt": "it\'s"}', Content_Type="application/json"),
            [
                *("curl", "-sS", TXT2IMG, "-H", "Content-Type: application/json"),
                *("--data-raw", '{"prompt": "it\'s"}'),
            ],
            id="POST",
        ),
        pytest.param(
            exchange("POST", b"{}"),
            ["curl", "-sS", TXT2IMG, "-H", "Content-Type:", "--data-raw", "{}"],
            id="a body without a content type keeps having none",
        ),
        pytest.param(
            exchange(Accept="*/*", User_Agent="x", X_Empty="", Origin="http://a"),
            ["curl", "-sS", TXT2IMG, "-H", "X-Empty;", "-H", "Origin: http://a"],
            id="headers that curl sends by itself are left out",
        ),
    ],
)
def test_the_command_sends_the_same_request(sent: Exchange, command: list[str]) -> None:
    assert shlex.split(curl_command(sent)) == command


def test_no_secret_is_in_the_command() -> None:
    sent = exchange(
        "POST",
        b'{"password": "swordfish", "note": "hunter2"}',
        Authorization="Basic aHVudGVyMg==",
        X_Note="hunter2",
    )
    command = curl_command(sent)
    assert not any(word in command for word in ("hunter2", "swordfish", "aHVudGVyMg"))
    assert "Authorization: Basic ***" in command


def test_pictures_are_shortened() -> None:
    picture = encode_image(Image.new("RGB", (16, 16)))
    sent = exchange("POST", json.dumps({"image": picture}).encode())
    assert "<PNG 16x16, " in curl_command(sent)
    assert picture not in curl_command(sent)


def test_a_body_can_be_named_by_its_file() -> None:
    sent = exchange("POST", b"{}", Content_Type="application/json")
    assert shlex.split(curl_command(sent, body_file="a body.json"))[-2:] == [
        "--data-binary",
        "@a body.json",
    ]
