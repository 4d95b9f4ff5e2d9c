"""The grids of an X/Y/Z plot, and the grid of these grids.

Source: ``draw_xyz_grid`` of scripts/xyz_grid.py, at v1.10.1; recorded: t2i-script/xyz.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.finish import grid
from mockserver.backends.a1111.generation.pictures import put_together
from mockserver.backends.a1111.scripts import legend
from mockserver.backends.a1111.scripts.legend import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.generation.pictures import Picture


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
        legend.check_counts(bare.size, cell, len(columns), len(rows))
        return put_together(
            self._server,
            "legend",
            [bare],
            lambda: legend.annotated(
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
            *legend.colours(options),
        )
