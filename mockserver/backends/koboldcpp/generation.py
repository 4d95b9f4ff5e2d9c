"""txt2img and img2img, two names of one thing, and the upscaler."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from mockserver.backends.cpp_common import drawing
from mockserver.backends.cpp_common.drawing import DrawingJob, draw, with_text
from mockserver.backends.koboldcpp.infotext import info, infotext
from mockserver.backends.koboldcpp.recipe import Recipe, read_recipe
from mockserver.backends.koboldcpp.values import plain_picture
from mockserver.imaging.picture_spec import Pixels

if TYPE_CHECKING:
    from mockserver.backends.koboldcpp.server import Koboldcpp
    from mockserver.imaging.painted import Painted


_FACTOR = 4
#: A picture beyond this many pixels fails, as one that is larger than the machine's memory.
_MOST_PIXELS = 1 << 26
_HTML = "<p>Postprocess upscale by: 2.0, Postprocess upscaler: ESRGAN_4x</p>"


def enlarged(server: Koboldcpp, image: Image.Image) -> Painted:
    """The picture, four times as wide and high.

    Args:
        server: the simulated server.
        image: a picture; it is not changed.
    """
    size = (image.width * _FACTOR, image.height * _FACTOR)

    def make() -> Image.Image:
        return image.resize(size, Image.Resampling.LANCZOS)

    return server.gallery.keep((_FACTOR, Pixels(image)), make)


def upscale(server: Koboldcpp, body: dict[str, Any]) -> dict[str, str]:
    """The answer of extra-single-image.

    ``image`` is "" without an upscaler, and where the given picture cannot be read. Recorded:
    group extras of 1.115.1, which had none.

    Args:
        server: the simulated server.
        body: of the request.

    Raises:
        ServerError: ``image`` is no text.
    """
    image = drawing.read(drawing.decode(plain_picture(body.get("image", ""))))
    if (
        not server.upscales
        or image is None
        or image.width * image.height * _FACTOR * _FACTOR > _MOST_PIXELS
    ):
        return {"html_info": _HTML, "image": ""}
    with server.queue:
        return {"html_info": _HTML, "image": enlarged(server, image).encoded("png").base64()}


def generate(server: Koboldcpp, body: dict[str, Any]) -> dict[str, Any]:
    """The answer: one picture, whatever batch was asked for.

    ``images`` holds one empty text without a model, and where the picture to start from cannot
    be read; recorded: i2i/b64-of-text, url, webp-input.

    Args:
        server: the simulated server.
        body: of the request.

    Raises:
        ServerError: a value of a kind that makes KoboldCpp fail.
    """
    recipe = read_recipe(server, body)
    start = drawing.read(drawing.decode(recipe.init), recipe.size) if recipe.init else None
    if not server.model or (recipe.init and start is None):
        return _answer(server, "", {})
    if start is not None and recipe.passes_through:
        untouched = _untouched(server, recipe, start)
        return _answer(server, untouched, info(recipe, server.model, []))
    text = infotext(recipe, server.model, eta=server.program.reports_eta)
    drawn = _drawn(server, recipe, start, text)
    return _answer(server, drawn, info(recipe, server.model, [text]))


def _answer(server: Koboldcpp, picture: str, about: dict[str, Any]) -> dict[str, Any]:
    if server.program.dates_jobs:
        now = datetime.fromtimestamp(server.clock.now())  # noqa: DTZ006 - its own time
        about["job_timestamp"] = now.strftime("%Y%m%d%H%M%S")
    return {
        "images": [picture],
        "parameters": {},
        "info": json.dumps(about),
        "animated": False,
        "extra_data": "",
        **dict.fromkeys(server.program.further_keys, ""),
    }


def _untouched(server: Koboldcpp, recipe: Recipe, start: Image.Image) -> str:
    """The picture as it came, without an infotext; source: sdtype_generate, is_passthrough."""
    if recipe.enlarged and server.upscales:
        return enlarged(server, start).encoded("png").base64()
    painted = server.gallery.keep(("untouched", Pixels(start)), lambda: start)
    return painted.encoded("png").base64()


def _drawn(server: Koboldcpp, recipe: Recipe, start: Image.Image | None, text: str) -> str:
    painted = draw(server, _sitting(recipe, start))[0]
    if recipe.enlarged and server.upscales:
        painted = enlarged(server, painted.image)
    return with_text(painted, text).base64()


def _sitting(recipe: Recipe, start: Image.Image | None) -> DrawingJob:
    found = DrawingJob(
        size=recipe.size,
        prompt=recipe.prompt,
        negative_prompt=recipe.negative_prompt,
        seed=recipe.seed,
        steps=recipe.steps,
        cfg_scale=recipe.cfg_scale,
        sampler=f"{recipe.sampler} {recipe.scheduler} {recipe.clip_skip} {recipe.loras}",
    )
    if start is None:
        return found
    return replace(found, start=start, denoising=recipe.strength, mask=_mask(recipe))


def _mask(recipe: Recipe) -> Image.Image | None:
    mask = None
    if recipe.mask:
        mask = drawing.read_mask(drawing.decode(recipe.mask), recipe.size)
    return ImageOps.invert(mask) if mask is not None and recipe.mask_inverted else mask
