"""KoboldCpp's upscaler, which knows one factor: four, whatever was asked for.

Recorded: group extras.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver.families._cpp import image_file
from mockserver.families.koboldcpp.values import plain_picture
from mockserver.picture.spec import Pixels

if TYPE_CHECKING:
    from mockserver.families.koboldcpp.server import Koboldcpp
    from mockserver.picture.painted import Painted

_FACTOR = 4
#: A picture beyond this many pixels fails, as one that is larger than the machine's memory.
_MOST_PIXELS = 1 << 26
_HTML = "<p>Postprocess upscale by: 2.0, Postprocess upscaler: ESRGAN_4x</p>"


def enlarged(server: Koboldcpp, image: Image.Image) -> Painted:
    """The picture, four times as wide and high."""
    size = (image.width * _FACTOR, image.height * _FACTOR)

    def make() -> Image.Image:
        return image.resize(size, Image.Resampling.LANCZOS)

    return server.gallery.keep((_FACTOR, Pixels(image)), make)


def upscale(server: Koboldcpp, body: dict[str, Any]) -> dict[str, str]:
    """The answer of extra-single-image.

    ``image`` is "" without an upscaler, and where the given picture cannot be read. Recorded:
    group extras of 1.115.1, which had none.

    Raises:
        Crash: ``image`` is no text.
    """
    image = image_file.read(image_file.decode(plain_picture(body.get("image", ""))))
    if (
        not server.upscales
        or image is None
        or image.width * image.height * _FACTOR * _FACTOR > _MOST_PIXELS
    ):
        return {"html_info": _HTML, "image": ""}
    with server.queue:
        return {"html_info": _HTML, "image": enlarged(server, image).encoded("png").base64()}
