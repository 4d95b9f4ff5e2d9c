"""PNG files from ready image data and new text.

Text chunks are those of Pillow's PngInfo: tEXt where latin-1 can hold the text, else iTXt
without compression; they come right after the header. Source: modules/api/api.py,
encode_pil_to_base64, at v1.10.1; recorded: t2i-prompt/null-char, neg-unicode.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from mockserver.errors import Crash
from mockserver.picture.encoded import EncodedPicture
from mockserver.picture.splice import Body

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Length, type and checksum around a chunk's data.
_AROUND = 12
#: Chunks that Pillow writes before text.
_BEFORE_TEXT = (b"IHDR", b"iCCP")


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", checksum)


def text_chunk(key: str, text: str) -> bytes:
    """The chunk for one text.

    An ``iTXt`` that Pillow read from a file keeps its language and translated keyword.

    Raises:
        Crash: UnicodeEncodeError for a key outside latin-1, or a text with lone surrogates.
    """
    try:
        if hasattr(text, "lang"):
            return _international(key, text)
        try:
            return chunk(b"tEXt", key.encode("latin-1") + b"\0" + text.encode("latin-1"))
        except UnicodeEncodeError:
            return _international(key, text)
    except UnicodeEncodeError as error:
        raise Crash("UnicodeEncodeError", str(error)) from error


def _international(key: str, text: str) -> bytes:
    language = getattr(text, "lang", None) or ""
    translated = getattr(text, "tkey", None) or ""
    flags = b"\0\0\0"
    parts = (language.encode(), translated.encode(), text.encode())
    return chunk(b"iTXt", key.encode("latin-1") + flags + b"\0".join(parts))


def text_chunks(text: Mapping[str, str]) -> bytes:
    """The chunks for all texts, in order.

    Raises:
        Crash: as `text_chunk`.
    """
    return b"".join(text_chunk(key, value) for key, value in text.items())


class ReadyPng:
    """A PNG without text, cut where text goes.

    Args:
        file: the whole file.
    """

    def __init__(self, file: bytes) -> None:
        cut = len(_SIGNATURE)
        while file[cut + 4 : cut + 8] in _BEFORE_TEXT:
            cut += struct.unpack(">L", file[cut : cut + 4])[0] + _AROUND
        self.head = file[:cut]
        self.body = Body(file[cut:])

    def with_text(self, text: Mapping[str, str]) -> EncodedPicture:
        """The file with these texts.

        Raises:
            Crash: as `text_chunk`.
        """
        return EncodedPicture(self.head + text_chunks(text), self.body)
