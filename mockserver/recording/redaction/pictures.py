"""What pictures tell besides their pixels: texts are redacted, the rest of it is left out.

Kept are the chunks that say how pixels are stored, the texts a PNG holds, and of EXIF the
comment in which infotexts stand and the orientation.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from mockserver.recording.redaction.jpeg_file import redact_jpeg
from mockserver.recording.redaction.ledger import Kind
from mockserver.recording.redaction.png_file import redact_png
from mockserver.recording.redaction.webp_file import redact_webp

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[str], str]
    Note = Callable[[Kind], None]

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_OTHERS = (b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"\0\0\0\x0cjP", b"\xff\x0a", b"qoif")
_BOXED = slice(4, 8)


def is_picture(data: bytes) -> bool:
    """Whether bytes begin as a picture's file does."""
    return (
        data.startswith((_PNG, _JPEG))
        or _is_webp(data)
        or data.startswith(_OTHERS)
        or data[_BOXED] == b"ftyp"
    )


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def redact_picture(data: bytes, change: Change, note: Note) -> bytes:
    """A picture's file with its texts redacted and other metadata left out.

    Files of kinds other than PNG, JPEG and WEBP become PNG files of their first picture; what
    cannot be read at all becomes the file of a single pixel.

    Args:
        data: the file.
        change: redacts a text.
        note: told of what is left out.
    """
    try:
        if data.startswith(_PNG):
            return redact_png(data, change, note)
        if data.startswith(_JPEG):
            return redact_jpeg(data, change, note)
        if _is_webp(data):
            return redact_webp(data, change, note)
        return _plain_png(data, note)
    except (ValueError, OSError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        note(Kind.OPAQUE)
        return _file(Image.new("L", (1, 1)))


def _plain_png(data: bytes, note: Note) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        found = image.convert(
            "RGBA" if "A" in image.mode or "transparency" in image.info else "RGB"
        )
    note(Kind.METADATA)
    return _file(found)


def _file(image: Image.Image) -> bytes:
    out = io.BytesIO()
    plain = Image.new(image.mode, image.size)
    plain.paste(image)
    plain.save(out, "PNG")
    return out.getvalue()
