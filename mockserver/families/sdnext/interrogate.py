"""POST interrogate: at this commit no picture is ever described.

The route reads a field that its request model lacks, so that every picture ends in a 500.
Recorded: http/interrogate-empty-object; the rest by the source at 431bcc36.
"""

from __future__ import annotations

from typing import Any

from mockserver.errors import Crash, HTTPRefusal
from mockserver.families.sdnext.input_picture import load, read_picture

_NOT_FOUND = 404
#: Anything shorter is taken for no picture at all.
_SHORTEST = 64


def interrogate(values: dict[str, Any]) -> None:
    """Refuse.

    Raises:
        HTTPRefusal: 404 without a picture, 500 for one that cannot be read.
        Crash: AttributeError, for every other one.
    """
    if values["image"] is None or len(values["image"]) < _SHORTEST:
        raise HTTPRefusal(_NOT_FOUND, "Image not found")
    load(read_picture(values["image"]))
    raise Crash("AttributeError", "'ReqInterrogate' object has no attribute 'model'")
