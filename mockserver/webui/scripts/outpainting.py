"""What both outpainting scripts share: how far a picture grows to each side.

Source: scripts/outpainting_mk_2.py and poor_mans_outpainting.py, at v1.10.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.webui.hazards import hazard
from mockserver.webui.processing.noise import FACTOR, check_room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

_STEP = 64


@dataclass(frozen=True)
class Margins:
    """Pixels that a picture grows by at each side."""

    left: int
    right: int
    up: int
    down: int


def rounded_up(length: float) -> int:
    """The next multiple of 64."""
    return math.ceil(length / _STEP) * _STEP


@hazard
def first(images: Sequence[Image.Image]) -> Image.Image:
    """The first init picture, the only one that is used."""
    return images[0]


def _shared(wanted: tuple[Any, Any], length: int) -> tuple[Any, Any]:
    """What both sides get so that the whole becomes a multiple of 64."""
    before, after = wanted
    more = rounded_up(length + before + after) - length
    if before > 0:
        before = before * more // (before + after)
    if after > 0:
        after = more - before
    return before, after


@hazard
def margins(size: tuple[int, int], pixels: Any, direction: Any) -> Margins:
    """How far a picture grows, `pixels` or a little more to each side that is named."""
    names = ("left", "right", "up", "down")
    left, right, up, down = (pixels if name in direction else 0 for name in names)
    left, right = _shared((left, right), size[0])
    up, down = _shared((up, down), size[1])
    check_room(int((size[0] + left + right) * (size[1] + up + down)) // FACTOR**2)
    return Margins(left, right, up, down)
