"""txt2img and img2img: two names of one thing, which starts from a picture if it gets one.

Recorded: t2i-*, i2i; i2i/none for img2img without a picture.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PIL import ImageOps

from mockserver.families._cpp import image_file
from mockserver.families._cpp.drawing import Sitting, draw, with_text
from mockserver.families.koboldcpp.infotext import info, infotext
from mockserver.families.koboldcpp.recipe import Recipe, read_recipe
from mockserver.families.koboldcpp.upscaling import enlarged
from mockserver.picture.spec import Pixels

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.families.koboldcpp.server import Koboldcpp


def generate(server: Koboldcpp, body: dict[str, Any]) -> dict[str, Any]:
    """The answer: one picture, whatever batch was asked for.

    ``images`` holds one empty text without a model, and where the picture to start from cannot
    be read; recorded: i2i/b64-of-text, url, webp-input.

    Raises:
        Crash: a value of a kind that trips KoboldCpp.
    """
    recipe = read_recipe(server, body)
    start = image_file.read(image_file.decode(recipe.init), recipe.size) if recipe.init else None
    if not server.model or (recipe.init and start is None):
        return _answer(server, "", {})
    if start is not None and recipe.passes_through:
        untouched = _untouched(server, recipe, start)
        return _answer(server, untouched, info(recipe, server.model, []))
    text = infotext(recipe, server.model, eta=server.program.reports_eta)
    drawn = _drawn(server, recipe, start, text)
    return _answer(server, drawn, info(recipe, server.model, [text]))


def _answer(server: Koboldcpp, picture: str, told: dict[str, Any]) -> dict[str, Any]:
    if server.program.dates_jobs:
        now = datetime.fromtimestamp(server.clock.now())  # noqa: DTZ006 - its own time
        told["job_timestamp"] = now.strftime("%Y%m%d%H%M%S")
    return {
        "images": [picture],
        "parameters": {},
        "info": json.dumps(told),
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


def _sitting(recipe: Recipe, start: Image.Image | None) -> Sitting:
    found = Sitting(
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
        mask = image_file.read_mask(image_file.decode(recipe.mask), recipe.size)
    return ImageOps.invert(mask) if mask is not None and recipe.mask_inverted else mask
