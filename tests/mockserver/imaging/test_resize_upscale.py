"""Sizes that upscalers give."""

from __future__ import annotations

import pytest
from PIL import Image

from mockserver.imaging.resize import upscale


@pytest.mark.parametrize("name", ["Lanczos", "Nearest", "ESRGAN_4x", "None"])
@pytest.mark.parametrize(
    ("size", "scale", "expected"),
    [
        pytest.param((64, 64), 2, (128, 128), id="twice"),
        pytest.param((64, 48), 1.5625, (96, 72), id="rounded down to eights"),
        pytest.param((61, 45), 2.0, (120, 88), id="odd"),
        pytest.param((64, 64), 0.5, (32, 32), id="half"),
        pytest.param((64, 64), 1, (64, 64), id="once"),
        pytest.param((61, 45), 1, (56, 40), id="once, odd"),
        pytest.param((8, 8), 1.5, (8, 8), id="too little to reach the next eight"),
    ],
)
def test_sides_are_multiples_of_eight(
    name: str, size: tuple[int, int], scale: float, expected: tuple[int, int]
) -> None:
    assert upscale(Image.new("RGB", size), scale, name).size == expected


@pytest.mark.parametrize(
    ("scale", "error", "text"),
    [
        pytest.param(0.01, ValueError, "height and width must be > 0", id="nothing left"),
        pytest.param(
            float("inf"), ValueError, "cannot convert float NaN to integer", id="infinite"
        ),
        pytest.param(1e6, MemoryError, "^$", id="more than there is memory for"),
    ],
)
def test_impossible_factors(scale: float, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        upscale(Image.new("RGB", (64, 64)), scale, "Lanczos")
