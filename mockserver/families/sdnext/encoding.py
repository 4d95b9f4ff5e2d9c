"""Pictures of answers as files, as the options want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.errors import Crash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.families.sdnext.server import SdNext
    from mockserver.picture.encoded import EncodedPicture
    from mockserver.picture.painted import Painted

_FORMATS = ("png", "jpg", "jpeg", "webp")


def encoded(server: SdNext, picture: Painted, text: Mapping[Any, Any] | None) -> EncodedPicture:
    """The file, with its text in it.

    The quality is given to Pillow as it was posted, and a number with a fraction is none to it:
    once GET options has made floats of all numbers, putting them back breaks lossy pictures.

    Raises:
        Crash: a format that nobody knows, a quality that is no integer. Recorded:
            options/persist-generation.
    """
    wanted = server.options["samples_format"]
    if wanted not in _FORMATS:
        raise Crash("KeyError", repr(f".{wanted}"))
    options = server.options
    lossless = bool(options["webp_lossless"])
    return picture.encoded(wanted, text, options["jpeg_quality"], lossless=lossless)
