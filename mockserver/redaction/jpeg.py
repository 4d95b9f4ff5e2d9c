"""JPEG files, segment by segment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mockserver.redaction.exif import redact_exif
from mockserver.redaction.names import Kind

if TYPE_CHECKING:
    from collections.abc import Callable


if TYPE_CHECKING:
    Change = Callable[[str], str]
    Note = Callable[[Kind], None]

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_APP0, _APP1, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xEE, 0xEF, 0xFE
_EXIF = b"Exif\0\0"
_JFIF = b"JFIF\0"
#: The next marker behind a scan's data.
_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
#: Length of a JFIF segment without a thumbnail.
_BARE_JFIF = 14


def redact_jpeg(data: bytes, change: Change, note: Note) -> bytes:
    """The file with its comment and EXIF changed; other application data is left out.

    Args:
        data: the file's bytes.
        change: gives the new text for a text.
        note: gets the kind of each redaction.

    Raises:
        ValueError: the file is no whole JPEG.
    """
    parts = [data[:2]]
    at = 2
    while True:
        marker, at = _marker(data, at)
        if marker == _END:
            parts.append(b"\xff\xd9")
            if at < len(data):
                note(Kind.METADATA)
            return b"".join(parts)
        length = int.from_bytes(data[at : at + 2], "big")
        body, at = data[at + 2 : at + length], at + length
        parts.append(_segment(marker, body, change, note))
        if marker == _SCAN:
            following = _MARKER.search(data, at)
            if following is None:
                raise ValueError("the file ends inside its picture")
            parts.append(data[at : following.start()])
            at = following.start()


def _marker(data: bytes, at: int) -> tuple[int, int]:
    while data[at : at + 2] == b"\xff\xff":
        at += 1
    if data[at : at + 1] != b"\xff" or at + 2 > len(data):
        raise ValueError("a marker is missing")
    return data[at + 1], at + 2


def _segment(marker: int, body: bytes, change: Change, note: Note) -> bytes:
    if marker == _APP1 and body.startswith(_EXIF):
        block = redact_exif(body, change, note)
        return _written(marker, block) if block else b""
    if marker == _COMMENT:
        text = body.decode("utf-8", errors="replace")
        said = change(text)
        return _written(marker, body if said == text else said.encode())
    plain = marker == _APP0 and body.startswith(_JFIF) and len(body) == _BARE_JFIF
    if _APP0 <= marker <= _APP15 and not plain and not (marker == _APP14 and body[:5] == b"Adobe"):
        note(Kind.METADATA)
        return b""
    return _written(marker, body)


def _written(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body
