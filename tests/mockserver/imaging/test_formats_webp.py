"""WEBP files put together from ready parts."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from mockserver.imaging.exif import HEADER, user_comment
from mockserver.imaging.formats import ReadyWebp

SIZE = (17, 12)


def file(mode: str = "RGB", **options: object) -> bytes:
    picture = Image.radial_gradient("L").resize(SIZE).convert("RGB")
    if mode == "RGBA":
        picture.putalpha(Image.linear_gradient("L").resize(SIZE))
    out = io.BytesIO()
    picture.save(out, "WEBP", **options)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("text", ["", "fox!", "狐"])
def test_files_are_those_of_pillow(mode: str, lossless: bool, text: str) -> None:
    made = ReadyWebp(file(mode, lossless=lossless), SIZE).with_comment(text).to_bytes()

    expected = file(mode, lossless=lossless, exif=HEADER + user_comment(text))
    with Image.open(io.BytesIO(made)) as one, Image.open(io.BytesIO(expected)) as other:
        assert one.tobytes() == other.tobytes()
        assert one.info == other.info
    assert len(made) == len(expected)
