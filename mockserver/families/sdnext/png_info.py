"""POST png-info: what a picture's file says, as text, as items and parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.families.sdnext.input_picture import read_picture
from mockserver.families.sdnext.metadata import read_info
from mockserver.families.sdnext.pasted import parse
from mockserver.webui.jsonable import jsonable
from mockserver.webui.png_info import sampler_names

if TYPE_CHECKING:
    from mockserver.families.sdnext.server import SdNext


def png_info(server: SdNext, values: dict[str, Any]) -> dict[str, Any]:
    """The answer: ``info``, ``items`` and ``parameters``.

    Args:
        server: the simulated server.
        values: ``image``; white space around it does not matter.

    Raises:
        HTTPRefusal: 500, it is no picture.
        Crash: half a data URI.
    """
    picture = read_picture(values["image"].strip())
    text, items = read_info(picture, sampler_names(server.listed("samplers")))
    return {"info": str(text), "items": jsonable(items), "parameters": jsonable(parse(text))}
