"""PNG files put together from ready parts."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from mockserver.core.errors import ServerError
from mockserver.imaging.formats import ReadyPng, text_chunk


def image() -> Image.Image:
    return Image.radial_gradient("L").resize((16, 12)).convert("RGB")


def by_pillow(text: dict[str, str], picture: Image.Image, **options: object) -> bytes:
    info = PngImagePlugin.PngInfo()
    for key, value in text.items():
        info.add_text(key, value)
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=info, **options)
    return out.getvalue()


def ready(picture: Image.Image, **options: object) -> ReadyPng:
    return ReadyPng.of_file(by_pillow({}, picture, **options))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param({}, id="no text"),
        pytest.param({"parameters": "a red fox\nSteps: 1"}, id="latin-1"),
        pytest.param({"parameters": "café"}, id="latin-1 beyond ASCII"),
        pytest.param({"parameters": "狐 🦊"}, id="unicode"),
        pytest.param({"parameters": "a\0b"}, id="a null character"),
        pytest.param({"parameters": ""}, id="empty"),
        pytest.param({"b": "1", "a": "2"}, id="two, in order"),
    ],
)
def test_files_are_those_of_pillow(text: dict[str, str]) -> None:
    assert ready(image()).with_text(text).to_bytes() == by_pillow(text, image())


def test_text_comes_before_a_palette_and_after_a_colour_profile() -> None:
    picture = image().convert("P")
    profile = {"icc_profile": b"profile"}

    made = ready(picture, **profile).with_text({"parameters": "fox"}).to_bytes()

    assert made == by_pillow({"parameters": "fox"}, picture, **profile)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_is_read_back(text: str) -> None:
    made = ready(image()).with_text({"parameters": text}).to_bytes()

    with Image.open(io.BytesIO(made)) as opened:
        assert opened.info == {"parameters": text}


def test_text_read_from_an_itxt_chunk_keeps_its_language() -> None:
    text = PngImagePlugin.iTXt("fox", "en", "Titel")

    assert b"Title\0\0\0en\0Titel\0fox" in text_chunk("Title", text)


@pytest.mark.parametrize(
    ("key", "text", "codec"),
    [
        pytest.param("parameters", "\ud83e", "utf-8", id="a lone surrogate"),
        pytest.param("狐", "fox", "latin-1", id="a key"),
    ],
)
def test_what_no_chunk_can_hold_is_python_s_own_error(key: str, text: str, codec: str) -> None:
    with pytest.raises(ServerError, match=f"'{codec}' codec can't encode character") as caught:
        text_chunk(key, text)

    assert caught.value.name == "UnicodeEncodeError"
