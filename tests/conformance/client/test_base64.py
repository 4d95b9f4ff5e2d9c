"""Base64, strict and lenient."""

from __future__ import annotations

import contextlib
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.client import (
    Deviation,
    decode_base64_lenient,
    decode_base64_strict,
    encode_base64,
    read_base64,
)
from conformance.errors import ImageError
from conformance.properties import strategies

if TYPE_CHECKING:
    from conformance.properties.strategies import Encoded


@given(strategies.base64_texts())
def test_lenient_decoding_gives_the_bytes_however_they_are_written(sample: Encoded) -> None:
    assert decode_base64_lenient(sample.text) == sample.data


@given(strategies.base64_texts())
def test_every_deviation_is_named_and_no_other(sample: Encoded) -> None:
    assert read_base64(sample.text).deviations == sample.deviations


@given(strategies.base64_texts(deviations=()))
def test_strict_decoding_takes_plain_base64(sample: Encoded) -> None:
    assert decode_base64_strict(sample.text) == sample.data


@given(strategies.base64_texts().filter(lambda sample: bool(sample.deviations)))
def test_strict_decoding_refuses_every_deviation_and_names_it(sample: Encoded) -> None:
    with pytest.raises(ImageError) as caught:
        decode_base64_strict(sample.text)
    assert all(deviation.value in str(caught.value) for deviation in sample.deviations)


@given(strategies.damaged_base64())
def test_damaged_text_is_refused(text: str) -> None:
    with pytest.raises(ImageError):
        decode_base64_lenient(text)


@given(st.text())
def test_any_text_is_read_or_refused_and_nothing_else_happens(text: str) -> None:
    with contextlib.suppress(ImageError):
        assert len(decode_base64_lenient(text)) <= len(text)


@given(st.binary(min_size=1))
def test_what_is_encoded_is_decoded(data: bytes) -> None:
    assert decode_base64_strict(encode_base64(data)) == data
    reading = read_base64(encode_base64(data, media_type="image/webp"))
    assert (reading.data, reading.media_type) == (data, "image/webp")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param("====", "empty", id="padding alone"),
        pytest.param("aGVs!bG8=", "'!' at character 4", id="a stray character"),
        pytest.param("aGVsbG8=aGVs", "padding is in its middle", id="two texts in one"),
        pytest.param("aGVsb", "cut off", id="cut in a byte"),
        pytest.param("data:image/png;base64", "without a comma", id="a data URI without data"),
        pytest.param("data:image/png,aGVs", "not marked ;base64", id="a data URI of text"),
        pytest.param("http://127.0.0.1/a.png", "':' at character 4", id="an address"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ImageError, match=words):
        read_base64(text)


def test_a_prefix_is_read_whatever_its_case() -> None:
    reading = read_base64("DATA:Image/PNG;charset=x;BASE64," + b64encode(b"hi").decode())
    assert reading.media_type == "image/png"
    assert reading.deviations == {Deviation.PREFIX}


def test_white_space_before_a_prefix_is_a_deviation_too() -> None:
    reading = read_base64(" data:image/png;base64,aGk=")
    assert reading.deviations == {Deviation.PREFIX, Deviation.WHITE_SPACE}


def test_unused_bits_in_the_last_character_are_a_deviation() -> None:
    assert read_base64("aGj=").deviations == {Deviation.TRAILING_BITS}
