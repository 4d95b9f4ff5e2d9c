"""Extras and interrogate: pictures made larger; none is ever described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.infotext.grammar import parameter_line
from mockserver.backends.sdnext.images import encoded, load, read_picture
from mockserver.core.errors import HTTPError, ServerError
from mockserver.imaging.painted import Painted

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.backends.sdnext.server import SdNext


#: What the mock makes of an upscaler's name: a filter of Pillow's; networks get the best one.
_FILTERS = {"Nearest": 0, "Bilinear": 2, "Bicubic": 3, "Box": 4, "Hamming": 5}
_LANCZOS = 1
_NONE = "None"
#: The resize_mode, a number with a fraction, that fits pictures to a size; all others scale them.
_TO_SIZE = 1


def extra_single_image(server: SdNext, values: dict[str, Any]) -> dict[str, Any]:
    """The answer: ``html_info`` and ``image``.

    Args:
        server: the simulated server.
        values: fields of ReqProcessImage.

    Raises:
        HTTPError: 500 for a picture that cannot be read, before its turn.
        ServerError: what the options make of the file. Recorded: extras/default.
    """
    images, html = _run(server, values, [values["image"]])
    _check_answer(server, "ResProcessImage")
    return {"html_info": html, "image": images[0]}


def extra_batch_images(server: SdNext, values: dict[str, Any]) -> dict[str, Any]:
    """Likewise, for ``imageList``: ``html_info`` and ``images``.

    Args:
        server: the simulated server.
        values: fields of the request by name, with their defaults.
    """
    images, html = _run(server, values, [item["data"] for item in values["imageList"]])
    _check_answer(server, "ResProcessBatch")
    return {"html_info": html, "images": images}


def _check_answer(server: SdNext, model: str) -> None:
    """Fail where the version has no text for its own answer.

    Recorded: extras/default, batch2 of sdnext-2026-07.
    """
    if server.program.html_info:
        return
    message = (
        "Input should be a valid string [type=string_type, input_value=None, input_type=NoneType]"
    )
    more = "For further information visit https://errors.pydantic.dev/2.13/v/string_type"
    text = f"1 validation error for {model}\nhtml_info\n  {message}\n    {more}"
    raise ServerError("ValidationError", text)


def _run(server: SdNext, values: dict[str, Any], sent: list[str]) -> tuple[list[str], str]:
    """The files, and what was done to the last of them."""
    pictures = [load(read_picture(text, lenient=server.program.lenient_uris)) for text in sent]
    first, second = (_upscaler(server, values[name]) for name in ("upscaler_1", "upscaler_2"))
    visible = values["extras_upscaler_2_visibility"]
    second = second if first and visible > 0 else None
    with server.queue:
        server.state.begin("Extras")
        try:
            made = [_blended(picture, first, second, values) for picture in pictures]
        finally:
            server.state.end()
    html = _response(first, second, values)
    text = {"postprocessing": html}
    return [encoded(server, _ready(p), text).base64() for p in made], html


def _ready(picture: Image.Image) -> Painted:
    return Painted(lambda: picture)


def _upscaler(server: SdNext, name: str) -> str | None:
    """The one named, None for none; nobody refuses an unknown one. Recorded: bad-upscaler."""
    known = [row["name"] for row in server.listed("upscalers")]
    return name if name in known and name != _NONE else None


def _blended(
    picture: Image.Image, first: str | None, second: str | None, values: dict[str, Any]
) -> Image.Image:
    from PIL import Image  # noqa: PLC0415 - start-up time

    made = _upscaled(picture, first, values)
    if second is None:
        return made
    other = _upscaled(picture, second, values)
    return Image.blend(made, other, values["extras_upscaler_2_visibility"])


def _upscaled(picture: Image.Image, upscaler: str | None, values: dict[str, Any]) -> Image.Image:
    picture = picture.convert("RGB")
    if upscaler is None:
        return picture
    size, crop = _sizes(picture.size, values)
    way = _FILTERS.get(upscaler.rpartition(" ")[2], _LANCZOS)
    return picture.resize(size, way).crop(crop)


def _sizes(
    size: tuple[int, int], values: dict[str, Any]
) -> tuple[tuple[int, int], tuple[int, int, int, int]]:
    """The size to resize to, and what is cut out of that."""
    width, height = size
    if values["resize_mode"] != _TO_SIZE:
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


def _response(first: str | None, second: str | None, values: dict[str, Any]) -> str:
    """The text that ``html_info`` is, without any HTML."""
    if first is None:
        return ""
    found: dict[str, Any] = {"Postprocess upscale by": values["upscaling_resize"]}
    if values["resize_mode"] == _TO_SIZE:
        size = f"{values['upscaling_resize_w']}x{values['upscaling_resize_h']}"
        found = {"Postprocess upscale to": size}
    names = {"Postprocess upscaler": first, "Postprocess upscaler 2": second}
    return parameter_line(found | names)


_NOT_FOUND = 404
#: Anything shorter is taken for no picture at all.
_SHORTEST = 64


def interrogate(values: dict[str, Any]) -> None:
    """Refuse.

    Args:
        values: fields of the request by name, with their defaults.

    Raises:
        HTTPError: 404 without a picture, 500 for one that cannot be read.
        ServerError: AttributeError, for every other one.
    """
    if values["image"] is None or len(values["image"]) < _SHORTEST:
        raise HTTPError(_NOT_FOUND, "Image not found")
    load(read_picture(values["image"]))
    raise ServerError("AttributeError", "'ReqInterrogate' object has no attribute 'model'")
