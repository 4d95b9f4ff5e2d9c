"""The words in a picture."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from PIL import Image, PngImagePlugin

from conformance.client.image import decode_user_comment, read_picture_text
from conformance.properties import strategies


@given(strategies.prompts().filter(lambda text: text == text.strip("\0")))
def test_a_user_comment_as_the_webui_writes_it_is_read(text: str) -> None:
    assert decode_user_comment(b"UNICODE\0" + text.encode("utf-16-be")) == text


@pytest.mark.parametrize(
    ("data", "low_byte_first", "text"),
    [
        pytest.param(b"ASCII\0\0\0a fox", False, "a fox", id="ASCII"),
        pytest.param(b"ASCII\0\0\0caf\xc3\xa9", False, "café", id="UTF-8 that calls itself ASCII"),
        pytest.param(b"ASCII\0\0\0caf\xe9", False, "café", id="Latin-1 that calls itself ASCII"),
        pytest.param(b"\0" * 8 + b"a fox\0", False, "a fox", id="no code"),
        pytest.param(b"a fox in snow", False, "a fox in snow", id="no code, no room for one"),
        pytest.param(b"", False, "", id="nothing"),
        pytest.param(b"UNICODE\0", False, "", id="a code alone"),
        pytest.param(b"UNICODE\0" + "Ā狐".encode("utf-16-be"), False, "Ā狐", id="high byte first"),
        pytest.param(b"UNICODE\0" + "a 狐".encode("utf-16-le"), True, "a 狐", id="low byte first"),
        pytest.param(
            b"UNICODE\0" + "a 狐".encode("utf-16-be"), True, "a 狐", id="against the file's order"
        ),
        pytest.param(b"UNICODE\0\xff\xfea\0", False, "a", id="a byte order mark"),
        pytest.param(b"JIS\0\0\0\0\0" + "狐".encode("iso2022_jp"), False, "狐", id="JIS"),
    ],
)
def test_user_comments_of_other_writers_are_read(
    data: bytes, low_byte_first: bool, text: str
) -> None:
    assert decode_user_comment(data, low_byte_first=low_byte_first) == text


def saved(image: Image.Image, kind: str, **options: object) -> Image.Image:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    opened = Image.open(buffer)
    opened.load()
    return opened


def test_every_chunk_of_a_png_is_read() -> None:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("parameters", "plain")
    chunks.add_text("Title", "compressed", zip=True)
    chunks.add_itxt("Author", "狐")
    words = read_picture_text(saved(Image.new("RGB", (8, 8)), "PNG", pnginfo=chunks))
    assert words.text == {"parameters": "plain", "Title": "compressed", "Author": "狐"}
    assert words.user_comment is None


def test_the_comment_of_a_gif_is_read() -> None:
    words = read_picture_text(saved(Image.new("P", (8, 8)), "GIF", comment=b"caf\xc3\xa9"))
    assert words.text == {"comment": "café"}


def test_the_comment_of_a_jpeg_is_read() -> None:
    words = read_picture_text(saved(Image.new("RGB", (8, 8)), "JPEG", comment=b"a fox"))
    assert words.text == {"comment": "a fox"}


def test_damaged_exif_is_passed_over() -> None:
    image = saved(Image.new("RGB", (8, 8)), "PNG")
    image.info["exif"] = b"Exif\0\0II*\0\xff\xff\xff\xff"
    assert read_picture_text(image).user_comment is None


def test_a_user_comment_of_single_bytes_is_read() -> None:
    image = saved(Image.new("RGB", (8, 8)), "JPEG")
    image.getexif().get_ifd(0x8769)[0x9286] = tuple(b"ASCII\0\0\0fox")
    assert read_picture_text(image).user_comment == "fox"
