"""The grid before the pictures of a job.

Source: modules/processing.py ``process_images_inner``, at v1.10.1; recorded:
t2i-batch/grid-only-if-multiple-off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.errors import Crash
from mockserver.webui.hazards import hazard
from mockserver.webui.infotext.build import Subject, build
from mockserver.webui.processing.picture import Picture, put_together

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL import Image

    from mockserver.webui.processing.processing import Processing
    from mockserver.webui.processing.server import Server


@hazard
def rows_of(options: Mapping[str, Any], count: int, batch_size: Any = 1) -> int:
    """Rows of a grid as the options want it."""
    from mockserver.picture.grid import grid_rows  # noqa: PLC0415 - start-up time

    return grid_rows(count, options, batch_size)


def grid(
    server: Server, pictures: Sequence[Picture], batch_size: Any = 1, rows: int | None = None
) -> Picture:
    """Pictures side by side, in `rows` rows or as many as the options say.

    Raises:
        Crash: ZeroDivisionError for no pictures at all.
    """
    if rows is None:
        rows = rows_of(server.options, len(pictures), batch_size)
    if not pictures:
        raise Crash("ZeroDivisionError", "division by zero")
    shown, wanted = list(pictures), min(rows, len(pictures))
    return put_together(server, "grid", shown, lambda: _paint(server, shown, wanted), wanted)


def _paint(server: Server, pictures: Sequence[Picture], rows: int) -> Image.Image:
    from mockserver.picture.grid import image_grid  # noqa: PLC0415 - start-up time

    images = [one.image for one in pictures]
    return image_grid(images, server.options, rows=rows, mode=server.outputs.grid_mode)


def with_grid(server: Server, p: Processing, images: list[Picture], infotexts: list[str]) -> int:
    """Put a grid before the pictures where one is wanted; gives how many were put there.

    Raises:
        Crash: ZeroDivisionError where a grid is wanted of no pictures at all.
    """
    options = server.options
    if p.do_not_save_grid or not options["return_grid"]:
        return 0
    if len(images) < 2 and options["grid_only_if_multiple"]:  # noqa: PLR2004 - one is no grid
        return 0
    found = grid(server, images, p.batch_size)
    text = build(server, p, Subject.of_job(p))
    found.text = text if options["enable_pnginfo"] else None
    infotexts.insert(0, text)
    images.insert(0, found)
    return 1
