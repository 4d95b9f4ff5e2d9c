"""Requests as curl commands."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from conformance.client import Exchange, curl_command, encode_image

if TYPE_CHECKING:
    from pathlib import Path

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
                *("curl", "-sS", TXT2IMG, "-H", "Content-Type:application/json"),
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
            ["curl", "-sS", TXT2IMG, "-H", "X-Empty;", "-H", "Origin:http://a"],
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
    assert '"X-Note: $X_NOTE"' in command


@pytest.mark.parametrize(
    ("header", "words"),
    [
        pytest.param("Basic known", '-u "$SDAPI_AUTH"', id="the operator's password"),
        pytest.param("Bearer known", '-H "Authorization: Bearer $SDAPI_TOKEN"', id="a token"),
        pytest.param("Basic wrong", '-H "Authorization: $OTHER_AUTHORIZATION"', id="a check's own"),
    ],
)
def test_credentials_are_variables_of_the_shell(header: str, words: str) -> None:
    sent = replace(exchange(Authorization=header), secrets=("known",))
    assert words in curl_command(sent)


def test_a_secret_in_the_address_is_a_variable_too() -> None:
    sent = replace(exchange(), url=f"{TXT2IMG}?key=hunter2&x=1")
    assert curl_command(sent) == f"curl -sS '{TXT2IMG}?key='\"$SDAPI_SECRET\"'&x=1'"


def _received(command: str, tmp_path: Path) -> bytes:
    """What a curl command for sh sends, by a stand-in for curl that writes down its input."""
    stand_in = tmp_path / "curl"
    stand_in.write_text(
        f"#!{sys.executable}\n"
        "import sys\n"
        "option, value = sys.argv[-2:]\n"
        "body = sys.stdin.buffer.read() if value == '@-' else value.encode()\n"
        "body = body.translate(None, b'\\r\\n') if option == '--data' else body\n"
        "sys.stdout.buffer.write(body)\n"
    )
    stand_in.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    ran = subprocess.run(  # noqa: S603 - commands of ours
        ["/bin/sh", "-c", command], capture_output=True, check=True, env={"PATH": path}
    )
    return ran.stdout


_PICTURE = encode_image(Image.new("RGB", (16, 16)))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            b'{"prompt": "it\'s $HOME `x` \\\\n \\u00e9 \xc3\xa9"}', id="signs of the shell"
        ),
        pytest.param(json.dumps({"image": _PICTURE}).encode(), id="a picture"),
        pytest.param(b"x" * 5000, id="a long body"),
        pytest.param(bytes(range(256)), id="bytes that are no text"),
        pytest.param(b"END_OF_BODY" * 300, id="a body with the word that ends it"),
    ],
)
def test_the_shell_sends_the_very_same_body(body: bytes, tmp_path: Path) -> None:
    assert _received(curl_command(exchange("POST", body)), tmp_path) == body


def test_a_body_that_is_too_long_is_left_out_with_a_word() -> None:
    command = curl_command(exchange("POST", b"x" * 1000), longest=999)
    assert command == f"# POST {TXT2IMG}: its body of 1000 bytes is left out"


def test_a_body_can_be_named_by_its_file() -> None:
    sent = exchange("POST", b"{}", Content_Type="application/json")
    assert shlex.split(curl_command(sent, body_file="a body.json"))[-2:] == [
        "--data-binary",
        "@a body.json",
    ]


@pytest.mark.parametrize(
    ("body", "sign"),
    [
        pytest.param(b"x " * 1000, "--data-raw", id="short enough for the line"),
        pytest.param(b"x " * 1000 + b"y", "--data @-", id="longer"),
        pytest.param(b"x " * 1000 + b"\n", "--data-binary @-", id="longer, with lines"),
        pytest.param(b"tab\tline\n", "--data-raw", id="tabs and lines"),
        pytest.param(b"bell\x07", "base64 -d", id="what moves a terminal"),
        pytest.param(b"END_OF_BODY", "base64 -d", id="the word that ends a body"),
        pytest.param(b"\xff", "base64 -d", id="no text"),
    ],
)
def test_a_body_is_where_a_terminal_can_show_it(body: bytes, sign: str) -> None:
    assert sign in curl_command(exchange("POST", body))


def test_a_body_of_just_the_longest_is_shown() -> None:
    assert "xxxx" in curl_command(exchange("POST", b"x" * 1000), longest=1000)


def test_an_address_with_brackets_is_no_pattern() -> None:
    sent = replace(exchange(), url="http://[::1]:7860/sdapi/v1/txt2img")
    assert shlex.split(curl_command(sent))[2] == "-g"
