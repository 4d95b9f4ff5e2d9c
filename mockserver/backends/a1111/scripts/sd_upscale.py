"""SD upscale, and the tiles that it works on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver.backends.a1111.generation.finish import Processed
from mockserver.backends.a1111.generation.noise import FACTOR, check_room
from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.generation.resolve import fix_seeds
from mockserver.backends.a1111.generation.run import process_images
from mockserver.core.errors import raises_upstream
from mockserver.imaging.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.scripts.catalogue import ScriptEntry


Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Tiles:
    """Where the tiles of a picture lie, row by row.

    Attributes:
        size: of the picture.
        tile: width and height of each tile.
        overlap: pixels that neighbours share.
        lefts: where the tiles of each row begin; none where tiles overlap by more than they have.
        tops: where the rows begin.
    """

    size: tuple[int, int]
    tile: tuple[int, int]
    overlap: int
    lefts: list[int]
    tops: list[int]

    @property
    def boxes(self) -> list[Box]:
        """All tiles: left, top, right, bottom; they may reach out of the picture."""
        wide, high = self.tile
        return [(x, y, x + wide, y + high) for y in self.tops for x in self.lefts]

    @raises_upstream
    def check(self) -> None:
        """The webui needs a first row, and an overlap of whole pixels."""
        _ = self.tops[0]
        range(self.overlap)

    def combined(self, pictures: Sequence[Image.Image]) -> Image.Image:
        """The tiles' pictures put together, one going over into the next where they overlap.

        Args:
            pictures: one a tile, in order.
        """
        waiting, whole = list(pictures), Image.new("RGB", self.size)
        for y in self.tops:
            line = Image.new("RGB", (self.size[0], self.tile[1]))
            for x in self.lefts:
                self._lay_beside(line, waiting.pop(0), x)
            self._lay_below(whole, line, y)
        return whole

    def _levels(self) -> bytes:
        """The overlap from black to white."""
        return bytes(int(step * 255 / self.overlap) for step in range(self.overlap))

    def _lay_beside(self, line: Image.Image, part: Image.Image, x: int) -> None:
        if x == 0 or self.overlap < 1:
            line.paste(part, (x, 0))
            return
        (wide, high), overlap = self.tile, self.overlap
        fade = Image.frombytes("L", (overlap, 1), self._levels()).resize((overlap, high))
        line.paste(part.crop((0, 0, overlap, high)), (x, 0), mask=fade)
        line.paste(part.crop((overlap, 0, wide, high)), (x + overlap, 0))

    def _lay_below(self, whole: Image.Image, line: Image.Image, y: int) -> None:
        if y == 0 or self.overlap < 1:
            whole.paste(line, (0, y))
            return
        (wide, high), overlap = line.size, self.overlap
        fade = Image.frombytes("L", (1, overlap), self._levels()).resize((wide, overlap))
        whole.paste(line.crop((0, 0, wide, overlap)), (0, y), mask=fade)
        whole.paste(line.crop((0, overlap, wide, high)), (0, y + overlap))


def _positions(length: int, tile: int, count: int) -> list[int]:
    """Where `count` tiles begin along one side."""
    step = (length - tile) / (count - 1) if count > 1 else 0
    starts = [int(number * step) for number in range(count)]
    return [length - tile if start + tile >= length else start for start in starts]


@raises_upstream
def split(image: Image.Image, width: Any, height: Any, overlap: Any) -> Tiles:
    """Where tiles of that size lie on a picture.

    Args:
        image: the picture.
        width: of a tile, in pixels.
        height: of a tile, in pixels.
        overlap: of neighbours, in pixels.

    Raises:
        ServerError: tiles that are no larger than their overlap, sizes that are no numbers.
    """
    wide, high = image.size
    columns = math.ceil((wide - overlap) / (width - overlap))
    rows = math.ceil((high - overlap) / (height - overlap))
    across, down = _positions(wide, width, columns), _positions(high, height, rows)
    return Tiles(image.size, (width, height), overlap, across, down)


_STEP = 64


@dataclass(frozen=True)
class Margins:
    """Pixels that a picture grows by at each side."""

    left: int
    right: int
    up: int
    down: int


def rounded_up(length: float) -> int:
    """The next multiple of 64.

    Args:
        length: in pixels.
    """
    return math.ceil(length / _STEP) * _STEP


@raises_upstream
def first(images: Sequence[Image.Image]) -> Image.Image:
    """The first init picture, the only one that is used.

    Args:
        images: decoded init images.
    """
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


@raises_upstream
def margins(size: tuple[int, int], pixels: Any, direction: Any) -> Margins:
    """How far a picture grows, `pixels` or a little more to each side that is named.

    Args:
        size: width and height in pixels.
        pixels: to each side.
        direction: names of sides.
    """
    names = ("left", "right", "up", "down")
    left, right, up, down = (pixels if name in direction else 0 for name in names)
    left, right = _shared((left, right), size[0])
    up, down = _shared((up, down), size[1])
    check_room(int((size[0] + left + right) * (size[1] + up + down)) // FACTOR**2)
    return Margins(left, right, up, down)


_NONE = "None"


@raises_upstream
def _upscaler(names: Sequence[str], wanted: Any) -> str:
    """The upscaler of that name in any case, or of that number in the list."""
    listed = list(names)
    if isinstance(wanted, str):
        wanted = [name.lower() for name in listed].index(wanted.lower())
    found: str = listed[wanted]
    return found


@raises_upstream
def _enlarged(
    server: GenerationContext, image: Image.Image, upscaler: str, factor: Any
) -> Image.Image:
    from mockserver.imaging.resize import flatten, upscale  # noqa: PLC0415

    image = flatten(image, server.options["img2img_background_color"])
    if upscaler == _NONE:
        return image
    if isinstance(factor, int | float):
        check_room(int(image.width * factor * image.height * factor) // FACTOR**2)
    return upscale(image, factor, upscaler)


@raises_upstream
def _first(images: Sequence[Image.Image]) -> Image.Image:
    return images[0]


@raises_upstream
def _batches(count: int, batch_size: Any) -> int:
    found: int = math.ceil(count / batch_size)
    return found


@raises_upstream
def _plus(seed: Any, number: int) -> Any:
    return seed + number


def run(
    server: GenerationContext, p: Processing, _: ScriptEntry, given: Sequence[Any]
) -> Processed:
    """The enlarged pictures, one an iteration.

    Args:
        server: the server.
        p: the generation.
        given: the script's arguments, in the order of its interface.
    """
    _, overlap, upscaler_index, factor = given[:4]
    upscaler = _upscaler(server.upscalers, upscaler_index)
    fix_seeds(p, server.random)
    p.extra_generation_params["SD upscale overlap"] = overlap
    p.extra_generation_params["SD upscale upscaler"] = upscaler
    image = _enlarged(server, _first(p.init_images), upscaler, factor)
    tiles = split(image, p.width, p.height, overlap)
    seed, batch_size, repeats = p.seed, p.batch_size, p.n_iter
    p.n_iter = 1
    p.do_not_save_grid = p.do_not_save_samples = True
    work = [image.crop(box) for box in tiles.boxes]
    count = _batches(len(work), batch_size)
    server.state.count(count * repeats)
    tiles.check()
    results, info = [], None
    for number in range(repeats):
        p.seed = _plus(seed, number)
        found: list[Picture] = []
        for batch in range(count):
            p.batch_size = batch_size
            p.init_images = work[batch * batch_size : (batch + 1) * batch_size]
            at = batch + 1 + number * count
            server.state.job = f"Batch {at} out of {server.state.job_count}"
            processed = process_images(server, p)
            info = processed.info if info is None else info
            p.seed = processed.seed + 1
            found += processed.images
        results.append(_combined(tiles, found))
    return Processed(server, p, results, seed, info)


def _combined(tiles: Tiles, found: list[Picture]) -> Picture:
    """The tiles put together when somebody looks; those that were not made are black."""

    def make() -> Image.Image:
        made = [picture.image for picture in found]
        missing = len(tiles.boxes) - len(made)
        return tiles.combined([*made, *[Image.new("RGB", tiles.tile)] * missing])

    return Picture(Painted(make))
