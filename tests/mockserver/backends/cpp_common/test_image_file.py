"""Pictures in requests as stb_image reads them."""

from __future__ import annotations

import base64

import pytest
from asking import picture
from PIL import Image

from mockserver.backends.cpp_common.drawing import decode, fitted, read, read_mask


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        pytest.param("aGVsbG8=", b"hello", id="padded"),
        pytest.param("aGVsbG8", b"hello", id="without padding"),
        pytest.param("aGVs@@bG8=", b"hel", id="it ends at an odd character"),
        pytest.param("", b"", id="empty"),
        pytest.param("aGVsb", b"hel", id="a lone last character"),
    ],
)
def test_base64_is_read_as_far_as_it_goes(text: str, raw: bytes) -> None:
    assert decode(text) == raw


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_coloured_picture_is_read_as_rgb(mode: str) -> None:
    found = read(base64.b64decode(picture((8, 4), mode)))
    assert found is not None
    assert (found.mode, found.size) == ("RGB", (8, 4))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(base64.b64decode(picture(mode="L")), id="grey"),
        pytest.param(base64.b64decode(picture(kind="WEBP")), id="WEBP"),
        pytest.param(b"hello", id="text"),
        pytest.param(base64.b64decode(picture())[:60], id="cut short"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_cannot_be_read_is_none(raw: bytes) -> None:
    assert read(raw) is None


def test_a_program_may_read_webp_too() -> None:
    raw = base64.b64decode(picture((8, 4), kind="WEBP"))
    found, mask = read(raw, webp=True), read_mask(raw, webp=True)
    assert found is not None
    assert mask is not None
    assert (found.size, mask.size) == ((8, 4), (8, 4))
    assert read_mask(raw) is None


def test_a_mask_may_be_grey() -> None:
    found = read_mask(base64.b64decode(picture(mode="L")), (32, 32))
    assert found is not None
    assert (found.mode, found.size) == ("L", (32, 32))


@pytest.mark.parametrize(
    ("size", "wanted", "edge"),
    [
        pytest.param((30, 10), (10, 10), (10, 0), id="wide: the middle"),
        pytest.param((10, 30), (10, 10), (0, 10), id="high: the middle"),
        pytest.param((10, 10), (20, 20), (0, 0), id="square: all of it"),
    ],
)
def test_a_picture_keeps_its_proportions(
    size: tuple[int, int], wanted: tuple[int, int], edge: tuple[int, int]
) -> None:
    image = Image.new("RGB", size)
    inner = (edge[0], edge[1], size[0] - edge[0], size[1] - edge[1])
    image.paste((255, 255, 255), inner)
    found = fitted(image, wanted)
    assert found.size == wanted
    assert found.getextrema() == ((255, 255),) * 3
