"""Init images and masks that checks of img2img send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image

from conformance.checks.support import pictures
from conformance.checks.support.settings import overridden
from conformance.runner import generation

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


DETAIL_NOT_FOUND = "Init image not found"
# Where the mask is white, in eighths of the edge: off the middle, so that turning it shows.
_LEFT, _TOP, _RIGHT, _BOTTOM = 1, 1, 5, 3
# What is surely beyond its soft edge.
_FAR = 5
_EIGHTHS = 8

Box = tuple[int, int, int, int]


def init_image(context: CheckContext) -> Image.Image:
    """The init image of the shared request.

    Args:
        context: of the check.
    """
    return generation.two_colours(context.settings.size, context.settings.size)


def other_image(context: CheckContext) -> Image.Image:
    """An init image that is nothing like the shared one.

    Args:
        context: of the check.
    """
    size = context.settings.size
    image = pictures.plain((size, size), (10, 200, 30))
    image.paste((250, 250, 250), (0, 0, size, size // 2))
    return image


def mask(context: CheckContext) -> Image.Image:
    """A mask: white, which is repainted, in a rectangle at the upper left.

    Args:
        context: of the check.
    """
    size = context.settings.size
    image = Image.new("L", (size, size), 0)
    image.paste(255, _box(size, _LEFT, _TOP, _RIGHT, _BOTTOM))
    return image


def inside(context: CheckContext) -> Box:
    """The rectangle that the mask repaints.

    Args:
        context: of the check.
    """
    return _box(context.settings.size, _LEFT, _TOP, _RIGHT, _BOTTOM)


def outside(context: CheckContext) -> Box:
    """The lower part, which the mask and its soft edge leave alone.

    Args:
        context: of the check.
    """
    return _box(context.settings.size, 0, _FAR, _EIGHTHS, _EIGHTHS)


def masked(context: CheckContext, **changes: Any) -> dict[str, Any]:
    """Fields of a request that repaints the mask's rectangle of the whole picture.

    Args:
        context: of the check.
        changes: further fields, by name.
    """
    whole = {"inpaint_full_res": False, "inpainting_fill": 1, "denoising_strength": 0.75}
    form = pictures.data_uri if context.takes_data_uris_alone else pictures.text_of
    overlaid = overridden(context, overlay_inpaint=True)
    return {"mask": form(mask(context)), **whole, **overlaid, **changes}


def ask(context: CheckContext, **changes: Any) -> Exchange:
    """The answer to the shared request with other fields, which may be an error.

    What a server takes all the same stays as small as the shared request.

    Args:
        context: of the check.
        changes: fields by name.
    """
    return context.post("img2img", json={**context.img2img_payload, **changes})


def _box(size: int, left: int, top: int, right: int, bottom: int) -> Box:
    edges = (left, top, right, bottom)
    first, second, third, fourth = (edge * size // _EIGHTHS for edge in edges)
    return first, second, third, fourth
