"""txt2img and img2img of stable-diffusion.cpp.

Source: examples/server/routes_sdapi.cpp; recorded: t2i-*, i2i.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.cpp_common import drawing
from mockserver.backends.cpp_common.drawing import DrawingJob, draw, with_text
from mockserver.backends.sdcpp.infotext import info, infotext
from mockserver.backends.sdcpp.recipe_reader import read_recipe
from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.backends.sdcpp.recipe import Recipe
    from mockserver.backends.sdcpp.server import Sdcpp
    from mockserver.imaging.formats import EncodedPicture


_STEP = 64
#: A picture beyond this many pixels is more than the simulated machine has memory for.
_MOST_PIXELS = 1 << 26
_FAILED = 500


def generate(server: Sdcpp, body: Any, *, img2img: bool) -> dict[str, Any]:
    """The answer; ``parameters`` is the request's body.

    Args:
        server: the simulated server.
        body: of the request.
        img2img: whether it is the body of img2img.

    Raises:
        JsonError: the body is no object, or a value in it is of another type.
        HTTPError: 400 for values out of range, 500 for a picture beyond all memory.
    """
    recipe = read_recipe(server, body, img2img=img2img)
    texts = [infotext(server, recipe, recipe.seed + number) for number in range(recipe.count)]
    pictures = [picture.base64() for picture in drawn(server, recipe)]
    return {"images": pictures, "parameters": body, "info": info(server, recipe, texts)}


def drawn(server: Sdcpp, recipe: Recipe, format_: str = "png") -> list[EncodedPicture]:
    """The pictures of a recipe, with their infotexts where it wants that; waits its turn.

    Args:
        server: the simulated server.
        recipe: what is drawn.
        format_: of the files, ``png`` or ``jpeg``.

    Raises:
        HTTPError: 500 for a picture beyond all memory.
    """
    size = _drawn_size(recipe)
    if size[0] * size[1] > _MOST_PIXELS:
        raise HTTPError(_FAILED, "generate_image returned no results")
    painted = draw(server, _drawing_job(recipe, size), recipe.count)
    if format_ != "png" or not recipe.embeds:
        return [picture.encoded(format_) for picture in painted]
    return [
        with_text(picture, infotext(server, recipe, recipe.seed + number))
        for number, picture in enumerate(painted)
    ]


def _drawn_size(recipe: Recipe) -> tuple[int, int]:
    """The size asked for, or that of the second pass, rounded up; recorded: t2i-size/96x72."""
    asked = recipe.hires.enlarged(recipe.size) if recipe.hires.enabled else recipe.size
    width, height = (max(1, -(-side // _STEP)) * _STEP for side in asked)
    return width, height


def _drawing_job(recipe: Recipe, size: tuple[int, int]) -> DrawingJob:
    return DrawingJob(
        size=size,
        prompt=recipe.prompt,
        negative_prompt=recipe.negative_prompt,
        seed=recipe.seed,
        steps=recipe.steps,
        cfg_scale=recipe.cfg_scale,
        sampler=f"{recipe.sampler} {recipe.scheduler} {recipe.clip_skip} {recipe.loras}",
        start=_fitted(recipe.init, size),
        denoising=recipe.strength if recipe.init is not None else 1.0,
        mask=_fitted(recipe.mask, size),
    )


def _fitted(image: Image.Image | None, size: tuple[int, int]) -> Image.Image | None:
    return None if image is None else drawing.fitted(image, size)
