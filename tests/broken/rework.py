"""Building blocks of servers whose img2img is broken."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any

from broken.generation import liar, on_img2img
from broken.layer import Edit, answer_with, png, rewrite_request
from doubles import Reply, reply
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from broken.registry import Breaking

ROUTE = "/img2img"
_NO_IMAGE = {"error": "HTTPException", "detail": "Invalid encoded image", "body": "", "errors": ""}
_GREEN = (90, 160, 90)


def picture(colour: tuple[int, int, int] = _GREEN, size: tuple[int, int] = (64, 64)) -> str:
    """A picture of one colour in base64."""
    return base64.b64encode(png(Image.new("RGB", size, colour))).decode()


def bare(image: str) -> str:
    """The base64 of a picture that may be a data URI."""
    return image.rpartition(",")[2]


def opened(image: str) -> Image.Image:
    """The picture in base64, or in a data URI."""
    return Image.open(BytesIO(base64.b64decode(bare(image))))


def does(edit: Edit) -> Breaking:
    """A server that reports what was asked for, and paints something else."""
    return liar(edit, on=on_img2img)


def takes(edit: Edit) -> Breaking:
    """A server to which requests come changed, and that says so."""
    return lambda sound: rewrite_request(sound, ROUTE, edit)


def refuses(when: Callable[[Any], bool], answer: Reply | None = None) -> Breaking:
    """A server that refuses some requests."""
    refusal = answer or reply(_NO_IMAGE, 500)
    return lambda sound: answer_with(
        sound, ROUTE, refusal, when=lambda ask: on_img2img(ask) and when(ask.json)
    )


def fixed(**values: Any) -> Edit:
    """An edit that puts its own values in."""
    return lambda body: body | values
