"""Files of PNG, JPEG and WEBP made from ready image data and new text."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from mockserver.core.errors import ServerError
from mockserver.imaging.exif import HEADER, user_comment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from weakref import WeakMethod


_THREE = 3


class Body:
    """Bytes that stand in many files behind ever new heads.

    Args:
        data: the bytes.
    """

    __slots__ = ("_grew", "_lock", "_ready", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._grew: WeakMethod[Callable[[], None]] | None = None
        self._ready: dict[int, str] = {}
        self._lock = Lock()

    def on_growth(self, grew: WeakMethod[Callable[[], None]]) -> None:
        """Call a method whenever more is held, as long as its object is there.

        Args:
            grew: a method that gets the number of bytes.
        """
        self._grew = grew

    @property
    def held(self) -> int:
        """Bytes of memory held: the data and what is encoded of it."""
        return len(self.data) + sum(map(len, self._ready.values()))

    def _from(self, start: int) -> str:
        """Base64 of the whole threes of the data after its first `start` bytes."""
        ready = self._ready.get(start)
        if ready is None:
            with self._lock:
                ready = b64encode(memoryview(self.data)[start : self._end(start)]).decode("ascii")
                self._ready = {**self._ready, start: ready}
            grew = self._grew() if self._grew is not None else None
            if grew is not None:
                grew()
        return ready

    def _end(self, start: int) -> int:
        return len(self.data) - (len(self.data) - start) % _THREE

    def between(self, head: bytes, tail: bytes = b"") -> str:
        """Base64 of `head`, the data and `tail`, one behind the other.

        Args:
            head: bytes before the image data.
            tail: bytes behind it.
        """
        start = -len(head) % _THREE
        if len(self.data) < start + _THREE:
            return b64encode(head + self.data + tail).decode("ascii")
        first = b64encode(head + self.data[:start]).decode("ascii")
        last = b64encode(self.data[self._end(start) :] + tail).decode("ascii")
        return first + self._from(start) + last


@dataclass(frozen=True)
class EncodedPicture:
    """One file of a picture, with its text.

    Attributes:
        head: what comes before the body.
        body: the image data, shared by all files of that picture.
        tail: what comes after it.
    """

    head: bytes
    body: Body
    tail: bytes = b""

    def to_bytes(self) -> bytes:
        """The file."""
        return self.head + self.body.data + self.tail

    def base64(self) -> str:
        """The file in base64, as answers carry it; the body is encoded only once."""
        return self.body.between(self.head, self.tail)


_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Length, type and checksum around a chunk's data.
_AROUND = 12
#: Chunks that Pillow writes before text.
_BEFORE_TEXT = (b"IHDR", b"iCCP")


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file.

    Args:
        kind: four letters.
        data: what it holds.
    """
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", checksum)


def text_chunk(key: str, text: str) -> bytes:
    """The chunk for one text.

    An ``iTXt`` that Pillow read from a file keeps its language and translated keyword.

    Args:
        key: up to 79 characters, as PNG has it.
        text: the infotext, or any other text.

    Raises:
        ServerError: UnicodeEncodeError for a key outside latin-1, or a text with lone surrogates.
    """
    try:
        if hasattr(text, "lang"):
            return _international(key, text)
        try:
            return chunk(b"tEXt", key.encode("latin-1") + b"\0" + text.encode("latin-1"))
        except UnicodeEncodeError:
            return _international(key, text)
    except UnicodeEncodeError as error:
        raise ServerError("UnicodeEncodeError", str(error)) from error


def _international(key: str, text: str) -> bytes:
    language = getattr(text, "lang", None) or ""
    translated = getattr(text, "tkey", None) or ""
    flags = b"\0\0\0"
    parts = (language.encode(), translated.encode(), text.encode())
    return chunk(b"iTXt", key.encode("latin-1") + flags + b"\0".join(parts))


def text_chunks(text: Mapping[str, str]) -> bytes:
    """The chunks for all texts, in order.

    Args:
        text: by their keys.

    Raises:
        ServerError: as `text_chunk`.
    """
    return b"".join(text_chunk(key, value) for key, value in text.items())


class ReadyPng:
    """A PNG without text, cut where text goes.

    Args:
        head: what comes before text.
        body: what comes after it.
    """

    def __init__(self, head: bytes, body: bytes) -> None:
        self.head = head
        self.body = Body(body)

    @classmethod
    def of_file(cls, file: bytes) -> ReadyPng:
        """The parts of a file.

        Args:
            file: the whole file.
        """
        cut = len(_SIGNATURE)
        while file[cut + 4 : cut + 8] in _BEFORE_TEXT:
            cut += struct.unpack(">L", file[cut : cut + 4])[0] + _AROUND
        return cls(file[:cut], file[cut:])

    def with_text(self, text: Mapping[str, str]) -> EncodedPicture:
        """The file with these texts.

        Args:
            text: by their keys.

        Raises:
            ServerError: as `text_chunk`.
        """
        return EncodedPicture(self.head + text_chunks(text), self.body)


#: A marker's length counts itself, and has two bytes.
_LONGEST = 65533
_START, _APP0, _APP1 = b"\xff\xd8", b"\xff\xe0", b"\xff\xe1"


class ReadyJpeg:
    """A JPEG without EXIF, cut behind its JFIF header.

    Args:
        file: the whole file.
    """

    def __init__(self, file: bytes) -> None:
        cut = len(_START)
        if file[cut : cut + 2] == _APP0:
            cut += 2 + struct.unpack(">H", file[cut + 2 : cut + 4])[0]
        self.head = file[:cut]
        self.body = Body(file[cut:])

    def with_comment(self, text: str) -> EncodedPicture:
        """The file with that UserComment.

        Args:
            text: the infotext, or any other text.

        Raises:
            ServerError: ValueError for a text beyond what one marker holds.
        """
        exif = HEADER + user_comment(text)
        if len(exif) > _LONGEST:
            raise ServerError("ValueError", "EXIF data is too long")
        marker = _APP1 + struct.pack(">H", len(exif) + 2) + exif
        return EncodedPicture(self.head + marker, self.body)


#: Bytes of a RIFF file before its first chunk.
_HEADER = 12
_HAS_EXIF = 0x08
#: Chunks of the simple formats; the extended one begins with VP8X.
_EXTENDED = b"VP8X"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<L", len(data)) + data + b"\0" * (len(data) % 2)


class ReadyWebp:
    """A WEBP without EXIF.

    Args:
        file: the whole file, in the simple or the extended format.
        size: width and height.
    """

    def __init__(self, file: bytes, size: tuple[int, int]) -> None:
        first = file[_HEADER:]
        flags = 0
        if first[:4] == _EXTENDED:
            flags, first = first[8], first[18:]
        sides = b"".join(struct.pack("<L", side - 1)[:3] for side in size)
        self.features = _chunk(_EXTENDED, bytes((flags | _HAS_EXIF, 0, 0, 0)) + sides)
        self.body = Body(first)

    def with_comment(self, text: str) -> EncodedPicture:
        """The file with that UserComment.

        Args:
            text: the infotext, or any other text.
        """
        exif = _chunk(b"EXIF", user_comment(text))
        length = len(b"WEBP") + len(self.features) + len(self.body.data) + len(exif)
        head = b"RIFF" + struct.pack("<L", length) + b"WEBP" + self.features
        return EncodedPicture(head, self.body, exif)
