"""Base64 of files with a ready body."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from mockserver.imaging.formats import Body


@given(st.binary(max_size=9), st.binary(max_size=40), st.binary(max_size=9))
def test_spliced_is_the_same_as_encoded_whole(head: bytes, data: bytes, tail: bytes) -> None:
    assert Body(data).between(head, tail) == base64.b64encode(head + data + tail).decode()


def test_the_body_is_encoded_once_for_each_place_it_can_begin_at() -> None:
    body = Body(bytes(range(200)))

    for length in range(9):
        body.between(b"h" * length)
    held = body.held
    for length in range(9):
        body.between(b"x" * length, b"tail")

    assert body.held == held
    assert held < 200 + 3 * 272
