"""Paint the picture of a spec.

txt2img draws what the recipe says. img2img paints that over the picture it starts from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.imaging.art.painter import draw
from mockserver.imaging.raster import Raster

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.imaging.spec import PictureSpec


def render(spec: PictureSpec) -> Image.Image | Raster:
    """The picture of a spec as it comes about; the same spec always gives the same pixels.

    Args:
        spec: what it is made from.

    Returns:
        Image data for a picture drawn from nothing, an RGB image for one that starts from another.
    """
    if spec.start is None:
        return draw(spec)
    from mockserver.imaging.repaint import repaint  # noqa: PLC0415 - txt2img never needs Pillow

    return repaint(spec, spec.start)


def paint(spec: PictureSpec) -> Image.Image:
    """The picture of a spec, RGB; the same spec always gives the same pixels."""
    made = render(spec)
    return made.image() if isinstance(made, Raster) else made
