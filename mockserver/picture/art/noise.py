"""Noise fields: grey images in which brightness wanders smoothly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from mockserver.picture.art.dice import Dice

#: Cells around a lattice whose values the resampling of its edges looks at.
_MARGIN = 3


def _wrapped(lattice: Image.Image) -> Image.Image:
    """The lattice with a margin from its opposite sides."""
    width, height = lattice.size
    wide = Image.new("L", (width + 2 * _MARGIN, height + 2 * _MARGIN))
    for x in (_MARGIN - width, _MARGIN, _MARGIN + width):
        for y in (_MARGIN - height, _MARGIN, _MARGIN + height):
            wide.paste(lattice, (x, y))
    return wide


def stretch(lattice: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A lattice smoothly enlarged to `size`, so that opposite sides meet."""
    width, height = lattice.size
    box = (_MARGIN, _MARGIN, _MARGIN + width, _MARGIN + height)
    return _wrapped(lattice).resize(size, Image.Resampling.BICUBIC, box=box)


def lattice(dice: Dice, cells: tuple[int, int]) -> Image.Image:
    """Independent values, one a cell; each side has four cells at least."""
    cells = max(cells[0], _MARGIN + 1), max(cells[1], _MARGIN + 1)
    return Image.frombytes("L", cells, dice.noise(cells[0] * cells[1]))


def cloud(
    dice: Dice, size: tuple[int, int], cells: tuple[int, int], octaves: int = 3
) -> Image.Image:
    """Clouds: noise with ever finer noise upon it, each octave half as strong as the last.

    Args:
        dice: where the values come from.
        size: of the field in pixels.
        cells: of the coarsest octave.
        octaves: how many; the finest are left out of fields too small to show them.
    """
    field = stretch(lattice(dice, cells), size)
    for octave in range(1, octaves):
        finer = cells[0] << octave, cells[1] << octave
        if finer[0] > size[0] or finer[1] > size[1]:
            break
        detail = stretch(lattice(dice.fork(f"octave {octave}"), finer), size)
        field = Image.blend(field, detail, 1 / (2 << octave))
    return field
