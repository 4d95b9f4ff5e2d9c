"""extra-single-image and extra-batch-images: pictures made larger.

Of the recorded answers none went beyond the options that held then (extras/default and its
kin): what is done to a picture follows the webui, which SD.Next took this from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.families.sdnext.encoding import encoded
from mockserver.families.sdnext.input_picture import load, read_picture
from mockserver.picture.painted import Painted
from mockserver.webui.extras import plaintext_to_html
from mockserver.webui.infotext.quote import parameter_line

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.families.sdnext.server import SdNext

#: What the mock makes of an upscaler's name: a filter of Pillow's; networks get the best one.
_FILTERS = {"Nearest": 0, "Bilinear": 2, "Bicubic": 3, "Box": 4, "Hamming": 5}
_LANCZOS = 1
_NONE = "None"
#: Below this resize_mode, a number with a fraction, pictures are scaled by a factor.
_TO_SIZE = 1


def extra_single_image(server: SdNext, values: dict[str, Any]) -> dict[str, Any]:
    """The answer: ``html_info`` and ``image``.

    Args:
        server: the simulated server.
        values: fields of ReqProcessImage.

    Raises:
        HTTPRefusal: 500 for a picture that cannot be read, before its turn.
        Crash: what the options make of the file. Recorded: extras/default.
    """
    images, told = _run(server, values, [values["image"]])
    return {"html_info": told, "image": images[0]}


def extra_batch_images(server: SdNext, values: dict[str, Any]) -> dict[str, Any]:
    """Likewise, for ``imageList``: ``html_info`` and ``images``."""
    images, told = _run(server, values, [item["data"] for item in values["imageList"]])
    return {"html_info": told, "images": images}


def _run(server: SdNext, values: dict[str, Any], sent: list[str]) -> tuple[list[str], str]:
    pictures = [load(read_picture(text)) for text in sent]
    upscaler = _upscaler(server, values)
    with server.queue:
        server.state.begin("extras")
        try:
            made = [_upscaled(picture, upscaler, values) for picture in pictures]
        finally:
            server.state.end()
    told = _told(upscaler, values)
    text = {"postprocessing": told}
    files = [encoded(server, picture, text).base64() for picture in made]
    return files, plaintext_to_html(told)


def _upscaler(server: SdNext, values: dict[str, Any]) -> str | None:
    """The one named, None for none; nobody refuses an unknown one. Recorded: bad-upscaler."""
    known = [row["name"] for row in server.listed("upscalers")]
    name = values["upscaler_1"]
    return name if name in known and name != _NONE else None


def _upscaled(picture: Image.Image, upscaler: str | None, values: dict[str, Any]) -> Painted:
    if upscaler is None:
        return Painted(lambda: picture.convert("RGB"))
    size, crop = _sizes(picture.size, values)
    way = _FILTERS.get(upscaler.rpartition(" ")[2], _LANCZOS)
    return Painted(lambda: picture.convert("RGB").resize(size, way).crop(crop))


def _sizes(
    size: tuple[int, int], values: dict[str, Any]
) -> tuple[tuple[int, int], tuple[int, int, int, int]]:
    """The size to resize to, and what is cut out of that."""
    width, height = size
    if values["resize_mode"] < _TO_SIZE:
        factor = values["upscaling_resize"]
        wide, high = int(width * factor), int(height * factor)
        return (wide, high), (0, 0, wide, high)
    target = values["upscaling_resize_w"], values["upscaling_resize_h"]
    factor = max(target[0] / width, target[1] / height)
    wide, high = round(width * factor), round(height * factor)
    if not values["upscaling_crop"]:
        return (wide, high), (0, 0, wide, high)
    left, top = (wide - target[0]) // 2, (high - target[1]) // 2
    return (wide, high), (left, top, left + target[0], top + target[1])


def _told(upscaler: str | None, values: dict[str, Any]) -> str:
    if upscaler is None:
        return ""
    found: dict[str, Any] = {"Postprocess upscaler": upscaler}
    if values["resize_mode"] < _TO_SIZE:
        found = {"Postprocess upscale by": values["upscaling_resize"], **found}
    else:
        size = f"{values['upscaling_resize_w']}x{values['upscaling_resize_h']}"
        found = {"Postprocess upscale to": size, **found}
    return parameter_line(found)
