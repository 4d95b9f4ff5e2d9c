"""Picture files read for requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from conformance.client import decode_image, encode_image_file
from conformance.errors import ImageError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_sent_as_it_is_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "a.webp"
    Image.new("RGB", (8, 8)).save(file)
    assert decode_image(encode_image_file(file), strict=True).data == file.read_bytes()
    assert encode_image_file(str(file), data_uri=True).startswith("data:image/webp;base64,")


@pytest.mark.parametrize("name", ["nowhere.png", "."])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="it cannot be read"):
        encode_image_file(tmp_path / name)
