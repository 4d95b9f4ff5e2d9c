"""Pictures of requests read, and pictures of answers encoded."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import HTTPError, ServerError
from mockserver.core.upstream_errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

    from mockserver.backends.sdnext.server import SdNext
    from mockserver.imaging.formats import EncodedPicture
    from mockserver.imaging.painted import Painted


_FORMATS = ("png", "jpg", "jpeg", "webp")


def encoded(server: SdNext, picture: Painted, text: Mapping[Any, Any] | None) -> EncodedPicture:
    """The file, with its text in it.

    The quality is given to Pillow as it was posted, and a number with a fraction is none to it:
    once GET options has made floats of all numbers, putting them back breaks lossy pictures.

    Raises:
        ServerError: a format that nobody knows, a quality that is no integer. Recorded:
            options/persist-generation.
    """
    wanted = server.options["samples_format"]
    if wanted not in _FORMATS:
        raise ServerError("KeyError", repr(f".{wanted}"))
    options = server.options
    lossless = bool(options["webp_lossless"])
    return picture.encoded(wanted, text, options["jpeg_quality"], lossless=lossless)


_SERVER_ERROR = 500


@raises_upstream
def _payload(text: Any) -> Any:
    if text.startswith("data:image/"):
        return text.split(";")[1].split(",")[1]
    return text


@raises_upstream
def _newer_payload(text: Any) -> Any:
    """Half a data URI is no error of its own. Recorded: png-info/data-uri-no-comma, -charset."""
    if not text.startswith("data:image/"):
        return text
    _, semicolon, rest = text.partition(";")
    head, comma, payload = rest.partition(",")
    return (payload if comma else head) if semicolon else text


def read_picture(text: Any, *, lenient: bool = False) -> Image.Image:
    """The picture that a request's string stands for, as its file has it.

    Args:
        text: base64 or a data URI.
        lenient: whether half a data URI is taken for base64, as in newer versions.

    Raises:
        HTTPError: 500 for what is no picture, an address among it.
        ServerError: for what is no string, and for half a data URI.
    """
    from PIL import Image  # noqa: PLC0415 - start-up time

    payload = _newer_payload(text) if lenient else _payload(text)
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(payload)))
    except Exception as error:
        raise HTTPError(_SERVER_ERROR, "Invalid encoded image") from error
    picture.info.pop("xmp", None)  # newer Pillows list what that of the recorded server did not
    return picture


def load(picture: Image.Image) -> Image.Image:
    """The same with its pixels read.

    Raises:
        HTTPError: 500, the file ends too early.
    """
    try:
        picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise HTTPError(_SERVER_ERROR, "Invalid encoded image") from error
    return picture
