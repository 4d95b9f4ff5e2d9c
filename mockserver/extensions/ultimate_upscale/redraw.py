"""Redrawing: each tile of the enlarged picture is inpainted on its own.

Source: scripts/ultimate-upscale.py ``USDUpscaler`` at 2322caa4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.generation.processed import Processed
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.infotext.build import Subject, build
from mockserver.core.upstream_errors import raises_upstream
from mockserver.extensions.ultimate_upscale.tiles import TileGrid, sampled_size
from mockserver.imaging.painted import Painted
from mockserver.imaging.resize import upscale

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


_NONE = "None"
_MODES = {"redraw_mode": ("USDUMode", 3), "seams_fix_type": ("USDUSFMode", 4)}
_CHESS, _NO_REDRAW = 1, 2
_NO_SEAMS, _BANDS, _HALF_TILES, _HALF_TILES_AND_CORNERS = 0, 1, 2, 3
_KEY = "Ultimate SD upscale "


@raises_upstream
def _mode(given: Mapping[str, Any], name: str) -> int:
    """The number of a mode; the source's enumerations are told by Python's own text."""
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

        Raises:
            ServerError: modes that do not exist, and whatever redrawing trips over.
        """
        server, p, given = self._server, self._p, self._given
        seed = p.seed
        grid = TileGrid.of((p.width, p.height), given["tile_width"], given["tile_height"])
        image = _enlarged(image, grid.size, self._upscaler)
        redraw, seams = _mode(given, "redraw_mode"), _mode(given, "seams_fix_type")
        p.mask_blur = given["mask_blur"]
        self._tell(grid)
        server.state.begin("")
        server.state.job_count = self._jobs(grid, redraw, seams)
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

    def _tell(self, grid: TileGrid) -> None:
        told = self._p.extra_generation_params
        told[f"{_KEY}upscaler"] = self._upscaler
        told[f"{_KEY}tile_width"], told[f"{_KEY}tile_height"] = grid.tile
        told[f"{_KEY}mask_blur"] = self._p.mask_blur
        told[f"{_KEY}padding"] = self._given["padding"]

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
