"""Metadata of pictures: what is redacted, what is left out, what stays to the letter."""

from __future__ import annotations

import io

import pytest
from leaky import COOKIE, PASSWORD, USER, found_in, planted_picture
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mockserver import activate
from mockserver.redaction.names import Kind
from mockserver.redaction.pictures import is_picture
from mockserver.redaction.redactor import Redactor

INFOTEXT = "a fox in /home/ann/x.png\nSteps: 1"


def pixels(data: bytes) -> tuple[str, bytes]:
    with Image.open(io.BytesIO(data)) as image:
        return image.mode, image.tobytes()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_reveals_nothing_and_looks_the_same(kind: str) -> None:
    redactor = Redactor([COOKIE])
    redactor.learn_flags({"api_auth": f"{USER}:{PASSWORD}"})
    data = planted_picture(kind)
    redacted = redactor.picture(data, "x")

    assert found_in(data)
    assert found_in(redacted) == set()
    assert pixels(redacted) == pixels(data)
    assert redactor.picture(redacted, "x") == redacted
    assert redactor.ledger.as_json()[Kind.METADATA]["count"] > 0


def test_infotexts_stay_where_they_reveal_nothing() -> None:
    with activate() as active:
        info = active.app.test_client().post("/sdapi/v1/txt2img", json={"width": 64, "height": 64})
    picture = info.get_json()["images"][0]
    redactor = Redactor()

    assert redactor.text(picture, "x") == picture
    assert not redactor.ledger


def test_a_text_that_is_changed_stays_a_text_of_its_name() -> None:
    info = PngInfo()
    info.add_text("parameters", INFOTEXT)
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG", pnginfo=info)
    redacted = Redactor().picture(out.getvalue(), "x")

    with Image.open(io.BytesIO(redacted)) as image:
        assert image.info["parameters"] == "a fox in /folder-1/x.png\nSteps: 1"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_kinds_become_png(kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (2, 3), (9, 9, 9)).save(out, kind)
    redacted = Redactor().picture(out.getvalue(), "x")

    assert is_picture(out.getvalue())
    assert redacted.startswith(b"\x89PNG")
    assert pixels(redacted)[1] == b"\x09" * 18


@pytest.mark.parametrize("length", [20, 60, 200])
def test_a_broken_picture_is_left_out_whole(length: int) -> None:
    redactor = Redactor()
    redacted = redactor.picture(planted_picture()[:length], "x")

    with Image.open(io.BytesIO(redacted)) as image:
        assert image.size == (1, 1)
    assert redactor.ledger.as_json()[Kind.OPAQUE]["count"] == 1


def test_the_orientation_stays() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "ann"
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "JPEG", exif=exif)
    redacted = Redactor().picture(out.getvalue(), "x")

    with Image.open(io.BytesIO(redacted)) as image:
        assert dict(image.getexif()) == {0x0112: 6}
