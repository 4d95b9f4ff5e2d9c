"""Pictures in text, shortened."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from PIL import Image

from conformance.client import encode_image, picture_digest, shorten_json, shorten_text
from conformance.client.image import decode_base64_strict
from conformance.properties import strategies

PICTURE = encode_image(Image.new("RGB", (64, 32), "red"))
DATA = decode_base64_strict(PICTURE)
DIGEST = f"<PNG 64x32, {len(DATA)} bytes, sha256 {sha256(DATA).hexdigest()[:8]}...>"


def test_a_picture_is_reported_by_format_size_length_and_digest() -> None:
    assert picture_digest(DATA) == DIGEST


def test_other_bytes_are_reported_by_length_and_digest() -> None:
    assert picture_digest(b"abc") == "<3 bytes, sha256 ba7816bf...>"


@pytest.mark.parametrize("text", [PICTURE, f"data:image/png;base64,{PICTURE}"])
def test_a_picture_in_json_is_shortened(text: str) -> None:
    assert shorten_json({"images": [text], "n": 1}) == {"images": [DIGEST], "n": 1}


def test_a_picture_in_text_is_shortened_and_the_rest_stays() -> None:
    body = json.dumps({"images": [PICTURE], "info": "x"})
    assert shorten_text(body) == json.dumps({"images": [DIGEST], "info": "x"})


@given(strategies.prompts())
def test_a_prompt_is_never_shortened(prompt: str) -> None:
    assert shorten_text(prompt) == prompt


def test_a_hash_is_not_shortened() -> None:
    assert shorten_text("a" * 64) == "a" * 64


def test_other_base64_is_shortened_where_it_is_long() -> None:
    short, long = b64encode(bytes(150)).decode(), b64encode(bytes(3000)).decode()
    assert shorten_text(short) == short
    assert shorten_text(long).startswith("<3000 bytes, sha256 ")


def test_a_picture_that_is_cut_off_is_still_shortened() -> None:
    noise = encode_image(Image.effect_noise((64, 64), 80))
    cut = shorten_text(noise[:2000])
    assert cut.startswith("<PNG 64x64, 1500 bytes")
