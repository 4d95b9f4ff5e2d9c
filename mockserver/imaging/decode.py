"""Pictures in requests: base64, data URIs, addresses.

Source: modules/api/api.py, decode_base64_to_image, and modules/images.py, read and fix_image,
at v1.10.1 with Pillow 9.5; recorded: i2i/*, png-info/b64-text, data-uri-*.
"""

from __future__ import annotations

import base64
import contextlib
import io
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import HTTPError, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image


#: Formats whose XMP packet Pillow 9.5 did not yet list in an image's info.
_XMP_UNLISTED = ("JPEG", "MPO", "PNG")
_SERVER_ERROR = 500


def _upright(image: Image.Image) -> Image.Image:
    """Turned by its EXIF orientation, with palette transparency as an alpha channel.

    An image that cannot be loaded whole stays as it is: its header and text were read already.
    """
    from PIL import ImageOps  # noqa: PLC0415 - start-up time

    with contextlib.suppress(Exception):
        image = ImageOps.exif_transpose(image)
        see_through = isinstance(image.info.get("transparency"), bytes)
        if see_through and image.mode in ("RGB", "P"):
            image = image.convert("RGBA")
    return image


def read_image(data: bytes, *, upright: bool = True) -> Image.Image:
    """An image from the bytes of a file, as the webui holds it.

    Args:
        data: the file.
        upright: whether it is turned as its EXIF orientation says.

    Raises:
        Exception: whatever Pillow raises for bytes that are no image.
    """
    from PIL import Image  # noqa: PLC0415 - start-up time

    file = Image.open(io.BytesIO(data))
    kind = file.format
    if not upright:
        return file
    image = _upright(file)
    if kind in _XMP_UNLISTED:
        image.info.pop("xmp", None)
    if kind == "PNG" and image.mode.startswith("I;16"):
        info = image.info
        image = image.convert("I")
        image.info = info
    return image


def _payload(text: str) -> str:
    """What follows the first comma after the first semicolon of a data URI."""
    try:
        return text.split(";")[1].split(",")[1]
    except IndexError as error:
        raise ServerError("IndexError", str(error)) from error


def _read(data: Callable[[], bytes], refusal: str, *, upright: bool) -> Image.Image:
    try:
        return read_image(data(), upright=upright)
    except Exception as error:
        raise HTTPError(_SERVER_ERROR, refusal) from error


def decode_image(
    text: Any, download: Callable[[str], bytes] | None, *, upright: bool = True
) -> Image.Image:
    """The picture that a request's string stands for.

    Characters outside base64's alphabet are passed over, as Python's decoder does.

    Args:
        text: base64, ``data:image/...;base64,...``, or an http(s) address.
        download: gets the bytes at an address; refuses what the options refuse. None where an
            address is no more than a text that is no picture.
        upright: whether it is turned as its EXIF orientation says.

    Raises:
        HTTPError: 500 ``Invalid encoded image`` or ``Invalid image url``, or what `download`
            refuses.
        ServerError: IndexError for a data URI without ``;`` or comma, AttributeError for what is no
            string.
    """
    try:
        remote = text.startswith(("http://", "https://"))
    except AttributeError as error:
        raise ServerError("AttributeError", str(error)) from error
    if remote and download is not None:
        data = download(text)
        return _read(lambda: data, "Invalid image url", upright=upright)
    if text.startswith("data:image/"):
        text = _payload(text)
    return _read(lambda: base64.b64decode(text), "Invalid encoded image", upright=upright)


def decode_data_uri(text: Any) -> Image.Image:
    """The picture that a data URI stands for, as gradio's decoder reads it (until 27 Nov 2022).

    Args:
        text: the infotext, or any other text.

    Raises:
        ServerError: anything else; the class and text are Python's own.
    """
    from PIL import Image  # noqa: PLC0415 - start-up time

    try:
        data = base64.b64decode(text.split(";")[1].split(",")[1])
        return Image.open(io.BytesIO(data))
    except Exception as error:
        raise ServerError(type(error).__name__, str(error)) from error
