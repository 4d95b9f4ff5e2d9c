"""WEBP files, chunk by chunk."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from mockserver.redaction.exif import redact_exif
from mockserver.redaction.names import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


if TYPE_CHECKING:
    Change = Callable[[str], str]
    Note = Callable[[Kind], None]

_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
_HEAD = 12
#: Bits of VP8X that announce what was left out.
_PROFILE, _EXIF, _XMP = 0x20, 0x08, 0x04


def redact_webp(data: bytes, change: Change, note: Note) -> bytes:
    """The file with its EXIF changed; XMP, colour profiles and unknown chunks are left out.

    Args:
        data: the file's bytes.
        change: gives the new text for a text.
        note: gets the kind of each redaction.

    Raises:
        ValueError: the file is no whole WEBP.
    """
    kept: list[tuple[bytes, bytes]] = []
    end = _HEAD
    for kind, body, after in _chunks(data):
        end = after
        block = redact_exif(body, change, note) if kind == b"EXIF" else body
        if kind in _KEPT or (kind == b"EXIF" and block):
            kept.append((kind, block))
        else:
            note(Kind.METADATA)
    if end < len(data):
        note(Kind.METADATA)
    has_exif = any(kind == b"EXIF" for kind, _ in kept)
    parts = [_written(kind, _announced(kind, body, has_exif)) for kind, body in kept]
    content = b"WEBP" + b"".join(parts)
    written = b"RIFF" + struct.pack("<L", len(content)) + content
    return data if written == data else written


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    size = min(struct.unpack("<L", data[4:8])[0] + 8, len(data))
    at = _HEAD
    while at + 8 <= size:
        kind, length = struct.unpack("<4sL", data[at : at + 8])
        if at + 8 + length > len(data):
            raise ValueError("a chunk is cut off")
        after = at + 8 + length + length % 2
        yield kind, data[at + 8 : at + 8 + length], min(after, len(data))
        at = after


def _announced(kind: bytes, body: bytes, has_exif: bool) -> bytes:
    if kind != b"VP8X":
        return body
    flags = body[0] & ~(_PROFILE | _XMP)
    flags = flags if has_exif else flags & ~_EXIF
    return bytes((flags,)) + body[1:]


def _written(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<L", len(body)) + body + b"\0" * (len(body) % 2)
