"""What a picture's file says besides its pixels, as SD.Next reads it.

Recorded: png-info/*.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.picture.exif_read import read_directories
from mockserver.picture.metadata import novelai

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

_ENCODINGS = ("utf-8", "utf-16", "ascii", "latin_1", "cp1252", "cp437")
_MARKS = (b"UNICODE", b"ASCII", b"\0")
_INVISIBLE = re.compile(r"[\x00-\x09]")
_COMMENT = "UserComment"
#: Left out of the items: they say how the file is made.
_TECHNICAL = (
    "exif",
    "ExifOffset",
    "JpegIFOffset",
    "JpegIFByteCount",
    "ExifVersion",
    "icc_profile",
    "jfif",
    "jfif_version",
    "jfif_unit",
    "jfif_density",
    "adobe",
    "photoshop",
    "loop",
    "duration",
    "dpi",
)


def read_info(picture: Image.Image, samplers: Mapping[str, str]) -> tuple[Any, dict[str, Any]]:
    """The infotext and the items of a picture.

    A PNG's text ``parameters`` becomes the item UserComment, and an EXIF UserComment the item
    ``parameters``. One of bytes is text; one of numbers is taken for a fraction of its first
    two (``1.09`` for ``UN``), and is no text then.

    Args:
        picture: the picture; nothing of it is changed.
        samplers: sampler name in lower case to name, for NovelAI's pictures.
    """
    items: dict[str, Any] = {str(key): value for key, value in picture.info.items()}
    text: Any = items.pop("parameters", None) or items.pop(_COMMENT, None) or ""
    if text:
        items[_COMMENT] = text
    for name, value in _exif(items.get("exif")):
        if name == _COMMENT:
            text = items["parameters"] = value
        else:
            items[name] = value
    items = {key: _text(v) if isinstance(v, bytes) else v for key, v in items.items()}
    if isinstance(text, str) and items.get("Software") == "NovelAI":
        text += novelai(items, picture.size, samplers) or ""
    for key in _TECHNICAL:
        items.pop(key, None)
    items |= {"width": picture.width, "height": picture.height, "mode": picture.mode}
    return text, items


def _exif(block: Any) -> list[tuple[str, Any]]:
    """Name and value of every known tag; a broken block has none."""
    if not block:
        return []
    from PIL.ExifTags import GPSTAGS, TAGS  # noqa: PLC0415 - start-up time

    found = []
    for tag, raw in read_directories(block):
        value = _text(raw) if isinstance(raw, bytes) else _fraction(raw)
        name = TAGS.get(tag, GPSTAGS.get(tag))
        if value is not None and name is not None:
            found.append((name, value))
    return found


def _fraction(value: Any) -> Any:
    """Two numbers as their quotient, as cameras tell it."""
    pair = value[:2] if isinstance(value, tuple) else ()
    if len(pair) < 2 or not all(isinstance(part, int) for part in pair) or pair[1] <= 0:  # noqa: PLR2004 - a pair
        return value
    return round(pair[0] / pair[1], 2)


def _text(raw: bytes) -> str | None:
    """The text of bytes in the first encoding that takes them, without invisible characters.

    Marks at the start go before each try, so that a later try finds one zero less. None for
    nothing. Recorded: png-info/usercomment-unicode-JPEG.
    """
    for encoding in _ENCODINGS:
        for mark in _MARKS:
            raw = raw.removeprefix(mark)
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        return _INVISIBLE.sub("", text).strip() or None
    return None
