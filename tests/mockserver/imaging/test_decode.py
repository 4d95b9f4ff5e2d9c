"""Pictures in requests."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from mockserver.core.errors import HTTPError, ServerError
from mockserver.imaging.decode import decode_image, read_image
from mockserver.imaging.formats import text_chunk

OUT_OF_RANGE = "list index out of range"


def file(kind: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    picture = Image.linear_gradient("L").resize((6, 4)).convert(mode)
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def text(**options: Any) -> str:
    return base64.b64encode(file(**options)).decode()


def nothing(url: str) -> bytes:
    raise HTTPError(500, f"asked for {url}")


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(text(), id="base64"),
        pytest.param("data:image/png;base64," + text(), id="a data URI"),
        pytest.param("data:image/jpeg;base64," + text(), id="wrongly labelled"),
        pytest.param("data:image/png;base64," + text() + ",more", id="with a second comma"),
        pytest.param("!" + text()[:8] + "\n " + text()[8:], id="with characters of no meaning"),
    ],
)
def test_pictures_are_decoded(sent: str) -> None:
    assert decode_image(sent, nothing).size == (6, 4)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param("", id="nothing"),
        pytest.param("@@", id="no base64"),
        pytest.param(text().rstrip("=")[:-1], id="padding lost"),
        pytest.param("aGVsbG8=", id="no picture"),
        pytest.param("data:text/plain;base64,aGVsbG8=", id="a data URI of text"),
        pytest.param("file:///etc/hosts", id="a file"),
        pytest.param("bär", id="beyond ASCII"),
    ],
)
def test_what_is_no_picture_is_refused(sent: str) -> None:
    with pytest.raises(HTTPError) as caught:
        decode_image(sent, nothing)

    assert (caught.value.status, caught.value.detail) == (500, "Invalid encoded image")


@pytest.mark.parametrize(
    ("sent", "name", "words"),
    [
        pytest.param("data:image/png,abc", "IndexError", OUT_OF_RANGE, id="no semicolon"),
        pytest.param("data:image/png;base64", "IndexError", OUT_OF_RANGE, id="no comma"),
        pytest.param(
            "data:image/png;charset=utf-8;base64,abc", "IndexError", OUT_OF_RANGE,
            id="a parameter before",
        ),
        pytest.param(
            None, "AttributeError", "'NoneType' object has no attribute 'startswith'", id="null"
        ),
        pytest.param(5, "AttributeError", "'int' object has no attribute 'startswith'", id="int"),
    ],
)  # fmt: skip
def test_what_the_webui_fails_on(sent: Any, name: str, words: str) -> None:
    with pytest.raises(ServerError) as caught:
        decode_image(sent, nothing)

    assert (caught.value.name, caught.value.text) == (name, words)


@pytest.mark.parametrize("url", ["http://a.test/x.png", "https://a.test/x.png"])
def test_addresses_are_fetched(url: str) -> None:
    assert decode_image(url, lambda _: file()).size == (6, 4)
    with pytest.raises(HTTPError, match=f"asked for {url}"):
        decode_image(url, nothing)
    with pytest.raises(HTTPError, match="Invalid image url"):
        decode_image(url, lambda _: b"<html>")


@pytest.mark.parametrize(
    ("orientation", "size"),
    [pytest.param(1, (6, 4), id="upright"), pytest.param(6, (4, 6), id="on its side")],
)
def test_pictures_are_turned_upright(orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation

    assert read_image(file("JPEG", exif=exif)).size == size


def test_a_picture_that_ends_too_soon_still_has_its_text() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "fox")
    short = file(pnginfo=info)[:-20]

    assert read_image(short).info["parameters"] == "fox"


def test_text_behind_the_pixels_counts() -> None:
    whole = file()
    late = whole[:-12] + text_chunk("parameters", "late") + whole[-12:]

    assert read_image(late).info["parameters"] == "late"


@pytest.mark.parametrize(
    ("data", "mode"),
    [
        pytest.param(file(mode="L"), "L", id="grey"),
        pytest.param(file(mode="LA"), "LA", id="grey with alpha"),
        pytest.param(file(mode="P"), "P", id="palette"),
        pytest.param(file(mode="P", transparency=bytes(200)), "RGBA", id="palette, see-through"),
        pytest.param(file(mode="P", transparency=3), "P", id="palette with one such colour"),
        pytest.param(file(mode="I;16"), "I", id="16 bits"),
        pytest.param(file("GIF", mode="P"), "P", id="GIF"),
    ],
)
def test_modes_are_those_of_pillow_9(data: bytes, mode: str) -> None:
    assert read_image(data).mode == mode


def test_an_xmp_packet_is_listed_only_where_pillow_9_did() -> None:
    assert "xmp" not in read_image(file("JPEG", xmp=b"<x/>")).info
    assert read_image(file("WEBP", xmp=b"<x/>")).info["xmp"] == b"<x/>"
