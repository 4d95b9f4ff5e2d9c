"""Masks, and pictures laid under them.

The networks are stood in for: a mask is a disc around each positive point, without the discs
around the negative ones, and with the box that a text stands for. The three masks of an answer
differ in size, as the genuine ones do. Dilation and the laid-out pictures are as upstream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw

from mockserver.core.upstream_errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence


#: Radius of the discs of the three masks, as a share of the picture's shorter side.
_RADII = (0.12, 0.2, 0.3)
_NEGATIVE_RADIUS = 0.1
_LEAST_RADIUS = 2
#: What is laid over a mask's pixels: numpy's first three random numbers with the seed 0, alpha.
_TINT = (0.5488135, 0.71518937, 0.60276338, 0.6)
_SHARE = 0.5
_WHITE = 255

Box = tuple[float, float, float, float]


@raises_upstream
def _discs(size: tuple[int, int], points: Sequence[Sequence[float]], radius: float) -> Image.Image:
    found = Image.new("L", size, 0)
    draw = ImageDraw.Draw(found)
    for x, y in ((point[0], point[1]) for point in points):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_WHITE)
    return found


def predicted(
    size: tuple[int, int],
    positive: Sequence[Sequence[float]],
    negative: Sequence[Sequence[float]],
    boxes: Sequence[Box] = (),
) -> list[Image.Image]:
    """Three masks, mode L, black and white.

    Args:
        size: of the picture, in pixels.
        positive: points inside, in pixels.
        negative: points outside.
        boxes: left, top, right, bottom, in pixels.

    Raises:
        ServerError: a point without two coordinates.
    """
    shorter = min(size)
    out = _discs(size, negative, max(_LEAST_RADIUS, shorter * _NEGATIVE_RADIUS))
    found = []
    for share in _RADII:
        radius = max(_LEAST_RADIUS, shorter * share)
        mask = _discs(size, positive, radius)
        for left, top, right, bottom in boxes:
            inset = radius * _SHARE
            inner = (left, top, max(left, right - inset), max(top, bottom - inset))
            ImageDraw.Draw(mask).rectangle(inner, fill=_WHITE)
        found.append(ImageChops.subtract(mask, out))
    return found


def blended(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The picture with a tint over the mask: RGBA.

    Source: scripts/sam.py ``show_masks`` at 982138cf.
    """
    red, green, blue, alpha = (int(_WHITE * part) for part in _TINT)
    tint = Image.new("RGBA", image.size, (red, green, blue, alpha))
    return Image.composite(Image.blend(image, tint, _SHARE), image, mask)


def matted(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The picture inside the mask and nothing outside: RGBA."""
    return Image.composite(image, Image.new("RGBA", image.size, 0), mask)


def dilated(mask: Image.Image, amount: int) -> Image.Image:
    """A black-and-white mask grown by a disc of `amount` pixels across: mode L.

    Source: scripts/sam.py ``dilate_mask`` at 982138cf.
    """
    centre = amount // 2
    found = Image.new("L", mask.size, 0)
    for row in range(amount):
        half = int((centre**2 - (row - centre) ** 2) ** 0.5)
        steps = range(max(0, centre - half), min(amount, centre + half + 1))
        grown = _widened(mask, steps.start - centre, len(steps))
        found = ImageChops.lighter(found, _moved(grown, 0, row - centre))
    return found


def _moved(mask: Image.Image, right: int, down: int) -> Image.Image:
    """A mask shifted, black where nothing came from."""
    found = Image.new("L", mask.size, 0)
    found.paste(mask, (right, down))
    return found


def _widened(mask: Image.Image, left: int, width: int) -> Image.Image:
    """A mask joined with itself moved by each of `width` steps from `left` on."""
    wide = Image.new("L", (mask.width + width, mask.height), 0)
    wide.paste(mask, (0, 0))
    have = 1
    while have < width:
        step = min(have, width - have)
        wide = ImageChops.lighter(wide, _moved(wide, step, 0))
        have += step
    found = Image.new("L", mask.size, 0)
    found.paste(wide, (left, 0))
    return found
