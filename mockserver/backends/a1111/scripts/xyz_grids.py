"""The grids of an X/Y/Z plot, with their legends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageColor, ImageDraw, ImageFont

from mockserver.backends.a1111.generation.finish import grid
from mockserver.backends.a1111.generation.pictures import put_together
from mockserver.core.errors import raises_upstream, require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.generation.pictures import Picture


#: A letter's height to the sum of a cell's sides.
_FONT_SHARE = 25
_STRIKE_WIDTH = 4

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Label:
    """A text of a legend; one that is not active is grey and struck out."""

    text: str = ""
    active: bool = True


#: The labels of one column or row, one below the other.
Labels = list[Label]


_COLOURS = ("grid_text_active_color", "grid_text_inactive_color", "grid_background_color")


def colours(options: Mapping[str, Any]) -> tuple[str, ...]:
    """What the options say of a legend's colours.

    Args:
        options: the options of colours.
    """
    return tuple(str(options[name]) for name in _COLOURS)


@dataclass(frozen=True)
class _Colours:
    active: Any
    inactive: Any
    background: Any

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> _Colours:
        return cls(*(ImageColor.getcolor(options[name], "RGB") for name in _COLOURS))


@cache
def _font(size: int) -> Font:
    return ImageFont.load_default(max(size, 1))


def _width(text: str, font: Font) -> float:
    left, _, right, _ = font.getbbox(text)
    return float(right - left)


def _height(text: str, font: Font) -> int:
    _, top, _, bottom = font.getbbox(text)
    return int(bottom - top)


def _wrapped(label: Label, font: Font, width: float) -> Labels:
    """A label broken into lines of at most `width`, where it has blanks."""
    lines = [""]
    for word in label.text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [Label(line, label.active) for line in lines]


class _Strip:
    """The labels of all columns, or of all rows, broken into lines.

    Args:
        cells: labels of each column or row.
        width: room for them.
        size: of the letters.
    """

    def __init__(self, cells: Sequence[Labels], width: float, size: int) -> None:
        self._width, self._size = width, size
        self._font, self._gap = _font(size), size // 2
        self.cells = [
            [line for label in labels for line in _wrapped(label, self._font, width)]
            for labels in cells
        ]

    def height(self, number: int, *, last_gap: bool) -> int:
        """Height of the lines of one cell, with or without the gaps between them.

        Args:
            number: of the column or row.
            last_gap: keep the gaps but the last (columns); else leave all of them out (rows).
        """
        lines = self.cells[number]
        full = sum(_height(line.text, self._font) + self._gap for line in lines)
        return full - (self._gap if last_gap else self._gap * len(lines))

    def draw(
        self, draw: ImageDraw.ImageDraw, number: int, at: tuple[float, float], ink: _Colours
    ) -> None:
        """Write the lines of one cell; `at` is the middle of the first one's top."""
        x, y = at
        for line in self.cells[number]:
            font, size = self._font, self._size
            high = _height(line.text, font)
            while _width(line.text, font) > self._width and size > 1:
                size -= 1
                font = _font(size)
            colour = ink.active if line.active else ink.inactive
            draw.text((x, y + high / 2), line.text, fill=colour, font=font, anchor="mm")
            if not line.active:
                half = _width(line.text, self._font) // 2
                middle = y + high // 2
                draw.line(
                    (x - half, middle, x + half, middle),
                    fill=ink.inactive,
                    width=_STRIKE_WIDTH,
                )
            y += high + self._gap


@raises_upstream
def check_counts(size: tuple[int, int], cell: tuple[int, int], columns: int, rows: int) -> None:
    """The webui insists on one text a column and a row.

    Args:
        size: of the grid, in pixels.
        cell: of one picture, in pixels.
        columns: texts above.
        rows: texts beside.
    """
    found = size[0] // cell[0], size[1] // cell[1]
    require(found[0] == columns, f"bad number of horizontal texts: {columns}; must be {found[0]}")
    require(found[1] == rows, f"bad number of vertical texts: {rows}; must be {found[1]}")


@raises_upstream
def annotated(  # noqa: PLR0913, PLR0917 - the webui's own function has as many
    options: Mapping[str, Any],
    grid: Image.Image,
    cell: tuple[int, int],
    horizontal: Sequence[Labels],
    vertical: Sequence[Labels],
    margin: Any = 0,
) -> Image.Image:
    """A grid with words above its columns and left of its rows.

    Args:
        options: its colours.
        grid: the grid.
        cell: width and height of one picture of it.
        horizontal: labels of each column.
        vertical: labels of each row.
        margin: pixels between the pictures.

    Raises:
        ServerError: colours and margins that Pillow refuses.
    """
    ink = _Colours.of(options)
    width, height = cell
    size = (width + height) // _FONT_SHARE
    columns, rows = len(horizontal), len(vertical)
    left = width * 3 // 4 if any(label.text for labels in vertical for label in labels) else 0
    above, beside = _Strip(horizontal, width, size), _Strip(vertical, left, size)
    heights = [above.height(number, last_gap=True) for number in range(columns)]
    top = max(heights) + size // 2 * 2 if sum(heights) else 0
    result = Image.new(
        "RGB",
        (grid.width + left + margin * (columns - 1), grid.height + top + margin * (rows - 1)),
        ink.background,
    )
    for column in range(columns):
        for row in range(rows):
            box = (width * column, height * row, width * (column + 1), height * (row + 1))
            at = (left + (width + margin) * column, top + (height + margin) * row)
            result.paste(grid.crop(box), at)
    draw = ImageDraw.Draw(result)
    for column in range(columns):
        x = left + (width + margin) * column + width / 2
        above.draw(draw, column, (x, top / 2 - heights[column] / 2), ink)
    for row in range(rows):
        middle = top + (height + margin) * row + height / 2
        y = middle - beside.height(row, last_gap=False) / 2
        beside.draw(draw, row, (left / 2, y), ink)
    return result


def _switched(texts: Sequence[str]) -> list[Labels]:
    """The labels of every choice among texts: the chosen ones are active."""
    return [
        [Label(text, bool(choice & (1 << place))) for place, text in enumerate(texts)]
        for choice in range(1 << len(texts))
    ]


def matrix_labels(parts: Sequence[str]) -> tuple[list[Labels], list[Labels]]:
    """Labels of a prompt matrix's columns and rows; `parts` are those after the first.

    Args:
        parts: parts of the prompt after the first.
    """
    boundary = math.ceil(len(parts) / 2)
    return _switched(parts[:boundary]), _switched(parts[boundary:])


class Grids:
    """Draws the grids of a plot.

    Args:
        server: its gallery and colours.
        lengths: how many values X, Y and Z have.
        labels: the legend's texts for them; None for no legend.
        margin: pixels between the pictures.
    """

    def __init__(
        self,
        server: GenerationContext,
        lengths: tuple[int, int, int],
        labels: Sequence[Sequence[str]] | None,
        margin: Any,
    ) -> None:
        self._server, self._labels, self._margin = server, labels, margin
        self._columns, self._rows, self._count = lengths

    def add(self, processed: Processed) -> None:
        """Put the grid of all, then the grid of each Z value, before the pictures.

        Prompts and seeds get no entry for the grid of all: the webui forgets them.

        Args:
            processed: all cells; changed in place.
        """
        cells = self._columns * self._rows
        for number in range(self._count):
            start = number * cells + number
            found = self._grid(processed.images[start : start + cells])
            processed.images.insert(number, found)
            for values in (processed.all_prompts, processed.all_seeds, processed.infotexts):
                values.insert(number, values[start])
        processed.images.insert(0, self._whole(processed.images[: self._count]))
        processed.infotexts.insert(0, processed.infotexts[0])

    def drop_parts(self, processed: Processed) -> None:
        """Leave the grids of single Z values out again, with what belongs to them.

        Args:
            processed: all cells behind their grids; changed in place.
        """
        end = 1 + self._count
        del processed.images[1:end], processed.infotexts[1:end]
        del processed.all_prompts[1:end], processed.all_seeds[1:end]

    def _grid(self, pictures: Sequence[Picture]) -> Picture:
        bare = grid(self._server, pictures, rows=self._rows)
        if self._labels is None:
            return bare
        columns, rows = self._labels[:2]
        return self._with_legend(bare, pictures, columns, rows, self._margin)

    def _whole(self, grids: Sequence[Picture]) -> Picture:
        bare = grid(self._server, grids, rows=1)
        alone = self._count == 1 and self._server.outputs.grid_mode != "RGB"
        if self._labels is None or alone:
            return bare
        return self._with_legend(bare, grids, self._labels[2], [""], 0)

    def _with_legend(
        self,
        bare: Picture,
        pictures: Sequence[Picture],
        columns: Sequence[str],
        rows: Sequence[str],
        margin: Any,
    ) -> Picture:
        options = self._server.options
        sizes = [picture.size for picture in pictures]
        cell = max(width for width, _ in sizes), max(height for _, height in sizes)
        check_counts(bare.size, cell, len(columns), len(rows))
        return put_together(
            self._server,
            "legend",
            [bare],
            lambda: annotated(
                options,
                bare.image,
                cell,
                [[Label(text)] for text in columns],
                [[Label(text)] for text in rows],
                margin,
            ),
            tuple(columns),
            tuple(rows),
            repr(margin),
            *colours(options),
        )
