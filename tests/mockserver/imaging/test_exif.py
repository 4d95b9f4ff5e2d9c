"""UserComments in EXIF blocks, well and badly made."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.errors import ServerError
from mockserver.imaging.exif import (
    ASCII,
    HEADER,
    JIS,
    UNICODE,
    read_directories,
    read_user_comment,
    user_comment,
)

UNDEFINED = 7


def block(kind: int, comment: bytes, count: int | None = None, order: str = ">") -> bytes:
    """A TIFF block with one UserComment of a type."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    image = struct.pack(order + "HHHLLL", 1, 0x8769, 4, 1, 26, 0)
    count = len(comment) if count is None else count
    exif = struct.pack(order + "HHHLLL", 1, 0x9286, kind, count, 44, 0)
    return mark + struct.pack(order + "L", 8) + image + exif + comment


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_what_is_written_is_read_back(text: str) -> None:
    assert read_user_comment(user_comment(text)) == text
    assert read_user_comment(HEADER + user_comment(text)) == text


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize(
    ("comment", "text"),
    [
        pytest.param(UNICODE + "狐".encode("utf-16-be"), "狐", id="unicode"),
        pytest.param(UNICODE + b"\0ab", "a\ufffd", id="half a character"),
        pytest.param(ASCII + b"h\xe9llo", "h\ufffdllo", id="ascii"),
        pytest.param(JIS + "日本".encode("shift_jis"), "日本", id="jis"),
        pytest.param(b"\0" * 8 + b"raw", "\0" * 8 + "raw", id="undefined"),
        pytest.param("ünicode text".encode(), "ünicode text", id="no prefix"),
        pytest.param(b"short", "short", id="shorter than a prefix"),
    ],
)
def test_encodings_of_comments(order: str, comment: bytes, text: str) -> None:
    assert read_user_comment(block(UNDEFINED, comment, order=order)) == text


@pytest.mark.parametrize(
    ("data", "name", "text"),
    [
        pytest.param(
            block(1, UNICODE + b"\0a"),
            "AttributeError",
            "'tuple' object has no attribute 'decode'",
            id="bytes, as Pillow writes them",
        ),
        pytest.param(
            block(5, bytes(8), 1),
            "AttributeError",
            "'tuple' object has no attribute 'decode'",
            id="a rational",
        ),
        pytest.param(
            block(3, bytes(2), 1), "TypeError", "object of type 'int' has no len()", id="a number"
        ),
        pytest.param(
            block(13, bytes(8)),
            "ValueError",
            "Exif might be wrong. Got incorrect value type to decode.\ntag: 37510\ntype: 13",
            id="no such type",
        ),
        pytest.param(
            block(1, b"", 9), "error", "unpack requires a buffer of 9 bytes", id="nothing there"
        ),
        pytest.param(b"MM\0*", "error", "unpack requires a buffer of 4 bytes", id="cut short"),
        pytest.param(b"what\0", "ValueError", "embedded null byte", id="no TIFF, with a null"),
    ],
)
def test_faults_are_reported_as_piexif_meets_them(data: bytes, name: str, text: str) -> None:
    with pytest.raises(ServerError) as caught:
        read_user_comment(data)

    assert (caught.value.name, caught.value.text) == (name, text)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"no such file", id="taken for a file name"),
        pytest.param(b"MM\0*\0\0\0\x08\0\0\0\0\0\0", id="an empty directory"),
    ],
)
def test_blocks_without_a_comment(data: bytes) -> None:
    assert read_user_comment(data) == ""


@given(st.binary(max_size=60), st.integers(0, 60))
def test_a_damaged_block_is_read_or_is_an_error_of_the_server(damage: bytes, at: int) -> None:
    data = bytearray(block(UNDEFINED, ASCII + b"hello"))
    data[at : at + len(damage)] = damage

    with contextlib.suppress(ServerError):
        assert isinstance(read_user_comment(bytes(data)), str)


def test_every_directory_is_reported_tag_by_tag() -> None:
    assert read_directories(block(UNDEFINED, b"abcde")) == [(0x8769, 26), (0x9286, b"abcde")]


def test_a_broken_block_has_no_tags_at_all() -> None:
    assert read_directories(b"MM\0*\0\0") == []
    assert read_directories(b"no block") == []
