"""POST png-info: what a picture's file says, as text, as items and parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.errors import Crash
from mockserver.families.sdnext.input_picture import read_picture
from mockserver.families.sdnext.metadata import read_info, read_newer
from mockserver.families.sdnext.pasted import parse, parse_newer
from mockserver.webui.jsonable import jsonable
from mockserver.webui.png_info import sampler_names

if TYPE_CHECKING:
    from mockserver.families.sdnext.server import SdNext

_NOTHING = (
    "2 validation errors for ResImageInfo\n"
    "items\n  field required (type=value_error.missing)\n"
    "parameters\n  field required (type=value_error.missing)"
)


def png_info(server: SdNext, values: dict[str, Any]) -> dict[str, Any]:
    """The answer: ``info``, ``items`` and ``parameters``.

    Args:
        server: the simulated server.
        values: ``image``; white space around it does not matter.

    Raises:
        HTTPRefusal: 500, it is no picture.
        Crash: half a data URI; no text at all, which is answered by a model without what it
            requires (by the source).
    """
    sent = values["image"].strip()
    if not sent:
        raise Crash("ValidationError", _NOTHING)
    if server.program.comments:
        names = {name.lower(): name for name in server.sampler_names}
        text, items = read_newer(read_picture(sent, lenient=True), names)
        return {"info": text, "items": jsonable(items), "parameters": jsonable(parse_newer(text))}
    names = sampler_names(server.listed("samplers"))
    text, items = read_info(read_picture(sent), names)
    return {"info": str(text), "items": jsonable(items), "parameters": jsonable(parse(text))}
