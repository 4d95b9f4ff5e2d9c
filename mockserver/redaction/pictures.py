"""What pictures show besides their pixels: texts are redacted, the rest of it is left out."""

from __future__ import annotations

import binascii
import io
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from mockserver.redaction.names import Kind
from mockserver.redaction.picture_files import redact_jpeg, redact_png, redact_webp

if TYPE_CHECKING:
    from collections.abc import Callable


if TYPE_CHECKING:
    Change = Callable[[str], str]
    Note = Callable[[Kind], None]

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_OTHERS = (b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"\0\0\0\x0cjP", b"\xff\x0a", b"qoif")
_BOXED = slice(4, 8)


def is_picture(data: bytes) -> bool:
    """Whether bytes begin as a picture's file does.

    Args:
        data: the file's bytes.
    """
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
        note: called with what is left out.
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


#: Shorter texts are words, hashes or numbers; a known secret among them is found as it stands.
_SHORTEST = 16
_DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)
_ALPHABET = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
#: Base64 in the middle of a text.
EMBEDDED = re.compile(
    rf"{_DATA_URI.pattern}[A-Za-z0-9+/]{{16,}}={{0,2}}|(?<![\w+/])[A-Za-z0-9+/]{{24,}}={{0,2}}(?![\w+/=])",
    re.IGNORECASE,
)
_HEX = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True)
class EncodedText:
    """A text that is base64, maybe behind the head of a data URI.

    Attributes:
        head: ``data:image/png;base64,``, or nothing.
        data: what is encoded.
    """

    head: str
    data: bytes
    original: str

    @classmethod
    def read(cls, text: str) -> EncodedText | None:
        """What `text` encodes; None where it is no base64 of a picture or a text.

        Args:
            text: as the server answered it.
        """
        found = _DATA_URI.match(text)
        head = found[0] if found else ""
        rest = text[len(head) :]
        if len(rest) < _SHORTEST or not _ALPHABET.fullmatch(rest) or _HEX.fullmatch(rest):
            return None
        try:
            data = b64decode(rest)
        except (binascii.Error, ValueError):
            return None
        made = cls(head, data, text)
        return made if head or made.is_picture or made.text is not None else None

    @property
    def is_picture(self) -> bool:
        """Whether a picture's file is encoded."""
        return is_picture(self.data)

    @property
    def text(self) -> str | None:
        """The text that is encoded; None where that is no printable text."""
        try:
            text = self.data.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return (
            text
            if text.replace("\n", "").replace("\t", "").replace("\r", "").isprintable()
            else None
        )

    def changed(self, data: bytes) -> str:
        """The same with other data; the original to the letter where they are the same.

        Args:
            data: in place of its own.
        """
        if data == self.data:
            return self.original
        return self.head + b64encode(data).decode("ascii")
