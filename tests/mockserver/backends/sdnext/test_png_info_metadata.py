"""What a picture's file says, as SD.Next reads it."""

from __future__ import annotations

import base64
import io
import struct
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sdnext import Sdn, picture

from mockserver.imaging.exif import ASCII, UNICODE

_BYTES, _UNDEFINED = 1, 7


def png(**texts: str) -> str:
    out, info = io.BytesIO(), PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    Image.new("RGB", (16, 8)).save(out, "PNG", pnginfo=info)
    return base64.b64encode(out.getvalue()).decode()


def jpeg(exif: bytes) -> str:
    out = io.BytesIO()
    Image.new("RGB", (16, 8)).save(out, "JPEG", exif=exif)
    return base64.b64encode(out.getvalue()).decode()


def block(kind: int, comment: bytes) -> bytes:
    """An EXIF block with one UserComment of a type."""
    image = struct.pack(">HHHLLL", 1, 0x8769, 4, 1, 26, 0)
    exif = struct.pack(">HHHLLL", 1, 0x9286, kind, len(comment), 44, 0)
    return b"Exif\0\0MM\0*" + struct.pack(">L", 8) + image + exif + comment


def asked(image: str) -> dict[str, Any]:
    status, answer = Sdn().post("png-info", image=image)
    assert status == 200
    return answer  # type: ignore[no-any-return]


def test_a_png_says_its_text_as_a_comment_behind_the_others() -> None:
    answer = asked(png(parameters="fox\nSteps: 1", extras="x"))

    assert answer["info"] == "fox\nSteps: 1"
    assert list(answer["items"]) == ["extras", "UserComment", "width", "height", "mode"]
    assert answer["parameters"]["Steps"] == 1


def test_a_plain_picture_has_no_comment() -> None:
    answer = asked(png())

    assert answer["items"] == {"width": 16, "height": 8, "mode": "RGB"}
    assert answer["info"] == ""


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        pytest.param(UNICODE + "fox".encode("utf-16-be"), "fox", id="unicode in latin letters"),
        pytest.param(UNICODE + "f\u72d0".encode("utf-16-be"), "fr\xd0", id="unicode beyond them"),
        pytest.param(ASCII + b"fox", "fox", id="ascii"),
    ],
)
def test_a_comment_in_exif_is_read_byte_by_byte(comment: bytes, text: str) -> None:
    answer = asked(jpeg(block(_UNDEFINED, comment)))

    assert answer["info"] == text
    assert answer["items"]["parameters"] == text


def test_a_broken_exif_block_is_passed_over() -> None:
    assert asked(jpeg(b"Exif\0\0MM\0*\0\0"))["info"] == ""


def test_a_comment_of_numbers_is_taken_for_a_fraction_and_no_text() -> None:
    answer = asked(jpeg(block(_BYTES, UNICODE + b"\0f\0o\0x")))

    assert answer["info"] == "1.09"
    assert answer["items"]["parameters"] == 1.09
    assert answer["parameters"] == {}


def test_what_is_no_picture_is_refused() -> None:
    status, told = Sdn().post("png-info", image="aGVsbG8=")
    assert (status, told["detail"]) == (500, "Invalid encoded image")


def test_no_text_at_all_breaks_the_model_of_the_answer() -> None:
    status, told = Sdn().post("png-info", image=" ")

    assert (status, told["error"]) == (500, "ValidationError")
    assert told["errors"].startswith("2 validation errors for ResImageInfo\nitems\n")


def test_half_a_data_uri_trips_the_server() -> None:
    status, told = Sdn().post("png-info", image="data:image/png;base64")
    assert (status, told["error"]) == (500, "IndexError")


def test_a_generated_picture_says_what_it_was_made_from() -> None:
    server = Sdn()
    made = server.txt2img()

    answer = server.post("png-info", image=made["images"][0])[1]

    assert answer["info"] == made["info"]["infotexts"][0]
    assert answer["parameters"]["Seed"] == 1234


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        pytest.param({}, 404, "HTTPException", id="no picture"),
        pytest.param({"image": "z" * 65}, 500, "HTTPException", id="none that can be read"),
        pytest.param({"image": picture()}, 500, "AttributeError", id="any other"),
    ],
)
def test_no_picture_is_ever_described(body: dict[str, Any], status: int, error: str) -> None:
    code, told = Sdn().post("interrogate", **body)
    assert (code, told["error"]) == (status, error)
