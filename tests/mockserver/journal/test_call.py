"""Bodies made small enough to be kept."""

from __future__ import annotations

import gzip
import hashlib
import json
from base64 import b64encode

import pytest

from mockserver.journal.call import LARGEST, SMALL, shrunk

PICTURE = b64encode(bytes(range(256)) * 100).decode()
DIGEST = f"sha256:{hashlib.sha256(PICTURE.encode()).hexdigest()[:16]} ({len(PICTURE)} characters of"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps({"images": [PICTURE], "info": "x"}), id="JSON"),
        pytest.param(json.dumps({"image": f"data:image/png;base64,{PICTURE}"}), id="data URI"),
        pytest.param(json.dumps(PICTURE).replace("/", "\\/"), id="escaped slashes"),
        pytest.param(f"image={PICTURE}", id="a form"),
    ],
)
def test_pictures_become_digests_whatever_is_around_them(text: str) -> None:
    kept, cut = shrunk(text.encode())

    assert DIGEST.encode() in kept
    assert len(kept) < 200
    assert not cut


def test_small_bodies_stay_as_they_are() -> None:
    body = json.dumps(PICTURE[: SMALL - 2]).encode()

    assert shrunk(body) == (body, False)


def test_the_end_of_a_large_body_is_left_out() -> None:
    assert shrunk(b"- " * LARGEST) == (b"- " * (LARGEST // 2), True)


def test_packed_bodies_are_unpacked_first() -> None:
    assert shrunk(gzip.compress(b"words"), "gzip") == (b"words", False)
    assert shrunk(b"words", "gzip") == (b"words", False)
