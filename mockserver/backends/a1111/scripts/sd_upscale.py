"""SD upscale: a picture enlarged, and each tile of it sampled anew.

Source: scripts/sd_upscale.py, at v1.10.1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver.backends.a1111.generation.finish import Processed
from mockserver.backends.a1111.generation.noise import FACTOR, check_room
from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.generation.resolve import fix_seeds
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.scripts.tiles import Tiles, split
from mockserver.core.upstream_errors import raises_upstream
from mockserver.imaging.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.scripts.catalogue import ScriptEntry


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
    from mockserver.imaging.resize import (  # noqa: PLC0415
        flatten,
        upscale,
    )

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
