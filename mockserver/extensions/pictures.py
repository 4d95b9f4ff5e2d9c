"""Pictures on the routes of extensions: read from a request, written into an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.input_images import loaded, read_picture
from mockserver.http.answers import PositionalArgumentsError

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.backends.a1111.server import Webui
    from mockserver.core.errors import HTTPError


def picture_sent(webui: Webui, text: Any) -> Image.Image:
    """The picture that a request's base64, data URI or address stands for.

    Raises:
        HTTPError, ServerError: as in the webui's own routes: 500 ``Invalid encoded image``.
    """
    return loaded(read_picture(text, webui.options, webui.profile.inputs))


def as_base64(image: Image.Image) -> str:
    """A picture as base64 of a PNG without any text."""
    from mockserver.imaging.painted import Painted  # noqa: PLC0415 - start-up time

    return Painted(lambda: image).encoded("png").base64()


def not_found(detail: str) -> HTTPError:
    """404, raised by position: the answer's ``errors`` holds both arguments."""
    return PositionalArgumentsError(404, detail)
