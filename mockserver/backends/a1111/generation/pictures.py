"""Pictures of an answer, previews of them, and the grid before them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.infotext.build import Subject, build
from mockserver.core.errors import ServerError
from mockserver.core.upstream_errors import raises_upstream
from mockserver.imaging.painted import Painted
from mockserver.profiles.profile import OutputRules

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from PIL import Image

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.imaging.formats import EncodedPicture
    from mockserver.imaging.spec import PictureSpec


_NEWEST = OutputRules()


@dataclass
class Picture:
    """One picture of an answer.

    Attributes:
        painted: its pixels.
        text: its ``parameters``, None for none.
        key: what the pixels depend on, None where nobody can tell.
    """

    painted: Painted
    text: str | None = None
    key: Hashable = None

    @property
    def image(self) -> Image.Image:
        """Its pixels; not to be changed."""
        return self.painted.image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.painted.size

    def encoded(self, options: Mapping[str, Any], rules: OutputRules = _NEWEST) -> EncodedPicture:
        """The file, as the options want it (``encode_pil_to_base64``).

        Args:
            options: format, quality.
            rules: what of it the version knows.

        Raises:
            HTTPError: 500 for an unknown samples_format.
            ServerError: a format or quality that Pillow refuses.
        """
        text = {"parameters": self.text} if self.text is not None and rules.text else None
        if not rules.format_by_option:
            return self.painted.encoded("png", text)
        lossless = rules.lossless_by_option and bool(options["webp_lossless"])
        return self.painted.encoded(
            options["samples_format"], text, options["jpeg_quality"], lossless=lossless
        )


def put_together(
    server: GenerationContext,
    kind: str,
    parts: list[Picture],
    make: Callable[[], Image.Image],
    *how: Hashable,
) -> Picture:
    """A picture made from others, kept by theirs where they are known.

    Args:
        server: its gallery keeps it.
        kind: what is made of them (``grid``).
        parts: what it is made from.
        make: makes it.
        how: whatever else its pixels depend on.
    """
    keys = tuple(part.key for part in parts)
    if None in keys:
        return Picture(Painted(make))
    key = (kind, keys, how)
    return Picture(server.gallery.keep(key, make), key=key)


#: Pixels that each preview method makes of a latent's side; any other name means Full.
_SCALES = {"Approx NN": 2, "Approx cheap": 1, "TAESD": 8}
_FULL = 8


class Preview:
    """Makes previews of one sampling run.

    Args:
        server: its options choose the method and whether a batch is shown as a grid.
        spec: what a preview is painted from: number of the picture, pixels of a latent's side,
            steps made.
        pictures: how many pictures the batch has.
    """

    def __init__(
        self, server: GenerationContext, spec: Callable[[int, int, int], PictureSpec], pictures: int
    ) -> None:
        self._server, self._spec, self._pictures = server, spec, pictures

    def make(self) -> Any:
        """A preview of this moment."""
        options = self._server.options
        scale = _SCALES.get(options["show_progress_type"], _FULL)
        count = self._pictures if options["show_progress_grid"] else 1
        step = self._server.state.sampling_step
        specs = [self._spec(number, scale, step) for number in range(count)]
        return Painted(lambda: _paint_preview(options, specs))


def _paint_preview(options: Mapping[str, Any], specs: list[PictureSpec]) -> Image.Image:
    from mockserver.imaging.grid import image_grid  # noqa: PLC0415 - start-up time
    from mockserver.imaging.paint import paint  # noqa: PLC0415 - start-up time

    return image_grid([paint(spec) for spec in specs], options)


def previews_after_batch(options: Mapping[str, Any]) -> bool:
    """Whether a preview is made of each finished pass and only then."""
    return bool(options["live_previews_enable"]) and (options["show_progress_every_n_steps"] == -1)


@raises_upstream
def rows_of(options: Mapping[str, Any], count: int, batch_size: Any = 1) -> int:
    """Rows of a grid as the options want it."""
    from mockserver.imaging.grid import grid_rows  # noqa: PLC0415 - start-up time

    return grid_rows(count, options, batch_size)


def grid(
    server: GenerationContext,
    pictures: Sequence[Picture],
    batch_size: Any = 1,
    rows: int | None = None,
) -> Picture:
    """Pictures side by side, in `rows` rows or as many as the options say.

    Raises:
        ServerError: ZeroDivisionError for no pictures at all, ValueError for a background that is
            no colour.
    """
    if rows is None:
        rows = rows_of(server.options, len(pictures), batch_size)
    if not pictures:
        raise ServerError("ZeroDivisionError", "division by zero")
    _check_colour(server.options["grid_background_color"])
    shown, wanted = list(pictures), min(rows, len(pictures))
    return put_together(server, "grid", shown, lambda: _paint_grid(server, shown, wanted), wanted)


@raises_upstream
def _check_colour(name: Any) -> None:
    from PIL import ImageColor  # noqa: PLC0415 - start-up time

    ImageColor.getrgb(name)


def _paint_grid(server: GenerationContext, pictures: Sequence[Picture], rows: int) -> Image.Image:
    from mockserver.imaging.grid import image_grid  # noqa: PLC0415 - start-up time

    images = [one.image for one in pictures]
    return image_grid(images, server.options, rows=rows, mode=server.outputs.grid_mode)


def with_grid(
    server: GenerationContext, p: Processing, images: list[Picture], infotexts: list[str]
) -> int:
    """Put a grid before the pictures where one is wanted; gives how many were put there.

    Raises:
        ServerError: ZeroDivisionError where a grid is wanted of no pictures at all.
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
