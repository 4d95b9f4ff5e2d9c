"""Pictures decoded and encoded."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from PIL import Image, PngImagePlugin

from conformance.client import (
    Deviation,
    decode_base64_strict,
    decode_image,
    encode_base64,
    encode_image,
    encode_image_file,
    open_picture,
)
from conformance.errors import ImageError
from conformance.properties import strategies

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.properties.strategies import PictureFile


@given(strategies.pictures())
def test_an_image_comes_back_as_it_was(image: Image.Image) -> None:
    decoded = decode_image(encode_image(image), strict=True)
    assert (decoded.format, decoded.size) == ("PNG", image.size)
    assert decoded.image.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


@given(strategies.picture_files())
def test_the_words_in_a_file_are_read(file: PictureFile) -> None:
    decoded = decode_image(encode_base64(file.data))
    assert (decoded.format, decoded.size, decoded.data) == (file.format, file.size, file.data)
    assert decoded.infotext == file.infotext


@given(strategies.base64_texts(strategies.picture_files().map(lambda file: file.data)))
def test_a_picture_is_decoded_however_its_base64_is_written(
    sample: strategies.Encoded,
) -> None:
    decoded = decode_image(sample.text)
    assert decoded.data == sample.data
    assert decoded.deviations == sample.deviations
    assert decoded.had_prefix == (Deviation.PREFIX in sample.deviations)


def test_strict_decoding_refuses_a_prefix() -> None:
    text = encode_image(Image.new("RGB", (8, 8)), data_uri=True)
    assert decode_image(text).had_prefix
    with pytest.raises(ImageError, match="data URI prefix"):
        decode_image(text, strict=True)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif")],
)
def test_a_data_uri_names_the_format_of_the_file(kind: str, media_type: str) -> None:
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, kind)
    text = encode_image(buffer.getvalue(), data_uri=True)
    assert text.startswith(f"data:{media_type};base64,")


def test_the_bytes_of_a_file_are_sent_as_they_are() -> None:
    assert decode_base64_strict(encode_image(b"whatever")) == b"whatever"


@pytest.mark.parametrize("text", ["iVBORw0KGgo=", "data:image/png;base64,xx", "http://host/a.png"])
def test_text_is_passed_on(text: str) -> None:
    assert encode_image(text, data_uri=True) == text


def test_bytes_that_are_no_picture_have_no_media_type() -> None:
    with pytest.raises(ImageError, match="no known picture format"):
        encode_image(b"plain text", data_uri=True)


def test_an_image_that_png_cannot_hold_is_refused() -> None:
    with pytest.raises(ImageError, match="cannot be written as PNG"):
        encode_image(Image.new("CMYK", (8, 8)))


def test_a_picture_that_is_cut_off_is_refused() -> None:
    whole = decode_base64_strict(encode_image(Image.effect_noise((64, 64), 50)))
    with pytest.raises(ImageError, match="not a whole picture"):
        open_picture(whole[: len(whole) // 2])


def test_exif_goes_before_png_text() -> None:
    exif = Image.Exif()
    exif[0x8769] = {0x9286: b"ASCII\0\0\0from exif"}
    buffer = BytesIO()
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "from text")
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=text, exif=exif)
    decoded = decode_image(encode_base64(buffer.getvalue()))
    assert (decoded.exif, decoded.text["parameters"]) == ("from exif", "from text")
    assert decoded.infotext == "from exif"


def test_a_file_is_sent_as_it_is_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "a.webp"
    Image.new("RGB", (8, 8)).save(file)
    assert decode_image(encode_image_file(file), strict=True).data == file.read_bytes()
    assert encode_image_file(str(file), data_uri=True).startswith("data:image/webp;base64,")


@pytest.mark.parametrize("name", ["nowhere.png", "."])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="it cannot be read"):
        encode_image_file(tmp_path / name)
