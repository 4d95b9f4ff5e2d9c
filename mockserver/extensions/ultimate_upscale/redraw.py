"""Redrawing: each tile of the enlarged picture is inpainted on its own, then the seams are.

Source: scripts/ultimate-upscale.py at 2322caa4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageOps

from mockserver.backends.a1111.generation.finish import Processed
from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.infotext.build import Subject, build
from mockserver.core.errors import raises_upstream
from mockserver.imaging.painted import Painted
from mockserver.imaging.resize import upscale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


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
        """The grid of those tiles; a side that is 0 is as the other one.

        Args:
            size: width and height of the canvas in pixels.
            width: of a tile in pixels, as the request has it; 0 means as high as wide.
            height: of a tile in pixels; 0 likewise.
        """
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
        """White where the tile is, mode L.

        Args:
            place: column and row of the tile, from 0.
        """
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

        Args:
            width: of a band, in pixels.
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
    """The size at which one tile is sampled: with its padding, in whole 64s.

    Args:
        tile: its width and height in pixels.
        padding: pixels on each side.
    """
    wide, high = (math.ceil((side + padding) / _MULTIPLE) * _MULTIPLE for side in tile)
    return wide, high


@raises_upstream
def whole_multiple(side: Any, scale: Any) -> int:
    """A side of the picture times the scale, in whole 64s.

    Args:
        side: in pixels.
        scale: by which the picture grows.
    """
    return int(math.ceil((side * scale) / _MULTIPLE) * _MULTIPLE)


_NONE = "None"
_MODES = {"redraw_mode": ("USDUMode", 3), "seams_fix_type": ("USDUSFMode", 4)}
_CHESS, _NO_REDRAW = 1, 2
_NO_SEAMS, _BANDS, _HALF_TILES, _HALF_TILES_AND_CORNERS = 0, 1, 2, 3
_KEY = "Ultimate SD upscale "


@raises_upstream
def _mode(given: Mapping[str, Any], name: str) -> int:
    """The number of a mode; the source writes its enumerations as Python does."""
    value = given[name]
    kind, count = _MODES[name]
    if isinstance(value, int | float) and value in range(count):
        return int(value)
    raise ValueError(f"{value!r} is not a valid {kind}")


@raises_upstream
def _enlarged(image: Image.Image, size: tuple[int, int], name: str) -> Image.Image:
    """The picture at its target size."""
    if name != _NONE:
        factor = max(size) / max(image.size)
        image = upscale(image, max(factor, 1), name)
    return image.resize(size, Image.Resampling.LANCZOS)


@raises_upstream
def _band_size(width: Any, padding: Any) -> int:
    return int(width + padding * 2)


class Upscaling:
    """One run of the script.

    Args:
        server: the server.
        p: the generation; its size is the target's.
        given: the script's arguments by name.
        upscaler: name of the upscaler.
    """

    def __init__(
        self, server: GenerationContext, p: Processing, given: Mapping[str, Any], upscaler: str
    ) -> None:
        self._server, self._p, self._given, self._upscaler = server, p, given, upscaler
        self._info: str | None = None
        self._text: str | None = None

    def run(self, image: Image.Image) -> Processed:
        """Enlarge and redraw.

        Args:
            image: RGB.

        Raises:
            ServerError: modes that do not exist, and whatever redrawing fails on.
        """
        server, p, given = self._server, self._p, self._given
        seed = p.seed
        grid = TileGrid.of((p.width, p.height), given["tile_width"], given["tile_height"])
        image = _enlarged(image, grid.size, self._upscaler)
        redraw, seams = _mode(given, "redraw_mode"), _mode(given, "seams_fix_type")
        p.mask_blur = given["mask_blur"]
        self._note_parameters(grid)
        server.state.begin("")
        server.state.count(self._jobs(grid, redraw, seams))
        if redraw != _NO_REDRAW:
            image = self._redrawn(grid, image, redraw)
        pictures = [self._picture(image)]
        if seams != _NO_SEAMS:
            pictures.append(self._picture(self._mended(grid, image, seams)))
        server.state.end()
        return Processed(server, p, pictures, seed, self._info or "")

    def _picture(self, image: Image.Image) -> Picture:
        """The picture, with the text that the last of its tiles had."""
        return Picture(Painted(lambda: image), self._text)

    def _note_parameters(self, grid: TileGrid) -> None:
        params = self._p.extra_generation_params
        params[f"{_KEY}upscaler"] = self._upscaler
        params[f"{_KEY}tile_width"], params[f"{_KEY}tile_height"] = grid.tile
        params[f"{_KEY}mask_blur"] = self._p.mask_blur
        params[f"{_KEY}padding"] = self._given["padding"]

    @staticmethod
    def _jobs(grid: TileGrid, redraw: int, seams: int) -> int:
        rows, columns = grid.rows, grid.columns
        between = rows * (columns - 1) + (rows - 1) * columns
        count = 0 if redraw == _NO_REDRAW else rows * columns
        corners = (rows - 1) * (columns - 1)
        return (
            count
            + {
                _NO_SEAMS: 0,
                _BANDS: rows + columns - 2,
                _HALF_TILES: between,
                _HALF_TILES_AND_CORNERS: between + corners,
            }[seams]
        )

    def _redrawn(self, grid: TileGrid, image: Image.Image, mode: int) -> Image.Image:
        p, padding = self._p, self._given["padding"]
        places = grid.chess() if mode == _CHESS else grid.places()
        p.width, p.height = sampled_size(grid.tile, padding)
        return self._inpainted(image, (grid.mask(place) for place in places), padding)

    def _mended(self, grid: TileGrid, image: Image.Image, mode: int) -> Image.Image:
        """The picture with its seams redrawn."""
        p, given = self._p, self._given
        padding = given["seams_fix_padding"]
        p.denoising_strength, self._info = given["seams_fix_denoise"], None
        p.mask_blur = 0 if mode == _BANDS else given["seams_fix_mask_blur"]
        if mode == _BANDS:
            return self._banded(grid, image, given["seams_fix_width"], padding)
        p.width, p.height = grid.tile
        image = self._inpainted(image, grid.half_tiles(), padding)
        if mode == _HALF_TILES_AND_CORNERS:
            p.width, p.height = grid.tile
            image = self._inpainted(image, grid.corners(), 0)
        return image

    def _banded(self, grid: TileGrid, image: Image.Image, width: Any, padding: Any) -> Image.Image:
        across = _band_size(width, padding)
        for mask, upright in grid.bands(width):
            wide, high = grid.size
            self._p.width, self._p.height = (across, high) if upright else (wide, across)
            image = self._inpainted(image, (mask,), padding)
        return image

    def _inpainted(
        self, image: Image.Image, masks: Iterable[Image.Image], padding: Any
    ) -> Image.Image:
        """The picture after each mask's part was redrawn, and the infotext of the last."""
        server, p = self._server, self._p
        sampled = p.width, p.height
        processed = None
        for mask in masks:
            if server.state.interrupted:
                break
            p.width, p.height = sampled
            p.inpaint_full_res, p.inpaint_full_res_padding = True, padding
            p.init_images, p.image_mask = [image], mask
            processed = process_images(server, p)
            if processed.images:
                image, self._text = processed.images[0].image, processed.images[0].text
        p.width, p.height = image.size
        if processed is not None:
            self._info = build(server, p, Subject.first_of(p))
        return image
