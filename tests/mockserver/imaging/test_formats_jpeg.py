"""JPEG files put together from ready parts."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from mockserver.core.errors import ServerError
from mockserver.imaging.exif import HEADER, user_comment
from mockserver.imaging.formats import ReadyJpeg


def file(**options: object) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((16, 12)).convert("RGB").save(out, "JPEG", **options)
    return out.getvalue()


@pytest.mark.parametrize("text", [pytest.param("", id="empty"), pytest.param("狐 fox", id="text")])
def test_files_are_those_of_pillow(text: str) -> None:
    made = ReadyJpeg(file()).with_comment(text).to_bytes()

    assert made == file(exif=HEADER + user_comment(text))


def test_a_comment_beyond_one_marker_is_refused_as_pillow_does() -> None:
    with pytest.raises(ServerError, match="EXIF data is too long") as caught:
        ReadyJpeg(file()).with_comment("x" * 40_000)

    assert caught.value.name == "ValueError"
