"""The tiles of Ultimate SD upscale: in which order and under which mask each is redrawn.

Source: scripts/ultimate-upscale.py ``USDURedraw`` and ``USDUSeamsFix`` at 2322caa4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageOps

from mockserver.core.upstream_errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Iterator


_MULTIPLE = 64
_BICUBIC = Image.Resampling.BICUBIC


@dataclass(frozen=True)
class TileGrid:
    """Tiles of one size over a canvas.

    Attributes:
        size: width and height of the canvas in pixels.
        tile: width and height of a tile in pixels.
    """

    size: tuple[int, int]
    tile: tuple[int, int]

    @classmethod
    @raises_upstream
    def of(cls, size: tuple[Any, Any], width: Any, height: Any) -> TileGrid:
        """The grid of those tiles; a side that is 0 is as the other one."""
        tile = (width if width > 0 else height, height if height > 0 else width)
        math.ceil(size[1] / tile[1])
        math.ceil(size[0] / tile[0])
        return cls(size, tile)

    @property
    def columns(self) -> int:
        """How many tiles stand in a row."""
        return math.ceil(self.size[0] / self.tile[0])

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return math.ceil(self.size[1] / self.tile[1])

    def places(self) -> list[tuple[int, int]]:
        """Column and row of every tile, row by row."""
        return [(x, y) for y in range(self.rows) for x in range(self.columns)]

    def chess(self) -> list[tuple[int, int]]:
        """The same, the white fields of a chessboard before the black ones."""
        white = [place for place in self.places() if sum(place) % 2 == 0]
        return white + [place for place in self.places() if sum(place) % 2]

    def mask(self, place: tuple[int, int]) -> Image.Image:
        """White where the tile is, mode L."""
        found = Image.new("L", self.size, "black")
        left, top = place[0] * self.tile[0], place[1] * self.tile[1]
        box = (left, top, left + self.tile[0], top + self.tile[1])
        ImageDraw.Draw(found).rectangle(box, fill="white")
        return found

    def _pasted(self, gradient: Image.Image, at: tuple[int, int]) -> Image.Image:
        found = Image.new("L", self.size, "black")
        found.paste(gradient, at)
        return found

    def half_tiles(self) -> Iterator[Image.Image]:
        """Masks over the seams between rows, then over those between columns."""
        wide, high = self.tile
        slope = Image.linear_gradient("L")
        across = _ridge(slope, (wide, high), upright=False)
        upright = _ridge(slope, (wide, high), upright=True)
        for y in range(self.rows - 1):
            for x in range(self.columns):
                yield self._pasted(across, (x * wide, y * high + high // 2))
        for y in range(self.rows):
            for x in range(self.columns - 1):
                yield self._pasted(upright, (x * wide + wide // 2, y * high))

    def corners(self) -> Iterator[Image.Image]:
        """Masks over the points where four tiles meet."""
        wide, high = self.tile
        spot = ImageOps.invert(Image.radial_gradient("L").resize((wide, high), _BICUBIC))
        for y in range(self.rows - 1):
            for x in range(self.columns - 1):
                yield self._pasted(spot, (x * wide + wide // 2, y * high + high // 2))

    def bands(self, width: int) -> Iterator[tuple[Image.Image, bool]]:
        """Masks along the seams, `width` pixels wide, and whether each stands upright.

        The source takes rows for columns here, which shows where their numbers differ.
        """
        ridge = _ridge(Image.linear_gradient("L"), (256, 256), upright=False)
        across = ridge.resize((self.size[0], width), _BICUBIC)
        upright = ridge.rotate(90).resize((width, self.size[1]), _BICUBIC)
        for x in range(1, self.rows):
            yield self._pasted(upright, (x * self.tile[0] - width // 2, 0)), True
        for y in range(1, self.columns):
            yield self._pasted(across, (0, y * self.tile[1] - width // 2)), False


def _ridge(slope: Image.Image, size: tuple[int, int], *, upright: bool) -> Image.Image:
    """Black at two edges, white in the middle between them."""
    wide, high = size
    found = Image.new("L", size, "black")
    if upright:
        found.paste(slope.rotate(90).resize((wide // 2, high), _BICUBIC), (0, 0))
        found.paste(slope.rotate(270).resize((wide // 2, high), _BICUBIC), (wide // 2, 0))
    else:
        found.paste(slope.resize((wide, high // 2), _BICUBIC), (0, 0))
        found.paste(slope.rotate(180).resize((wide, high // 2), _BICUBIC), (0, high // 2))
    return found


@raises_upstream
def sampled_size(tile: tuple[int, int], padding: Any) -> tuple[int, int]:
    """The size at which one tile is sampled: with its padding, in whole 64s."""
    wide, high = (math.ceil((side + padding) / _MULTIPLE) * _MULTIPLE for side in tile)
    return wide, high


@raises_upstream
def whole_multiple(side: Any, scale: Any) -> int:
    """A side of the picture times the scale, in whole 64s."""
    return int(math.ceil((side * scale) / _MULTIPLE) * _MULTIPLE)
