"""Pictures in requests: base64 or a data URI, never an address.

Recorded: i2i/url, i2i/int, i2i/b64-of-text, png-info/data-uri-no-comma.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

from mockserver.errors import HTTPRefusal
from mockserver.webui.hazards import hazard

if TYPE_CHECKING:
    from PIL import Image

_SERVER_ERROR = 500


@hazard
def _payload(text: Any) -> Any:
    if text.startswith("data:image/"):
        return text.split(";")[1].split(",")[1]
    return text


@hazard
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
        HTTPRefusal: 500 for what is no picture, an address among it.
        Crash: for what is no string, and for half a data URI.
    """
    from PIL import Image  # noqa: PLC0415 - start-up time

    payload = _newer_payload(text) if lenient else _payload(text)
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(payload)))
    except Exception as error:
        raise HTTPRefusal(_SERVER_ERROR, "Invalid encoded image") from error
    picture.info.pop("xmp", None)  # newer Pillows list what that of the recorded server did not
    return picture


def load(picture: Image.Image) -> Image.Image:
    """The same with its pixels read.

    Raises:
        HTTPRefusal: 500, the file ends too early.
    """
    try:
        picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise HTTPRefusal(_SERVER_ERROR, "Invalid encoded image") from error
    return picture
