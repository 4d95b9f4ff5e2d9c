"""Whether the bytes of a picture file are whole, which decoders do not look at that closely."""

from __future__ import annotations

import struct
import zlib

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_HEAD = struct.Struct(">I4s")
_CHECKSUM = 4
_RIFF = 8


def fault(data: bytes) -> str:
    """What is wrong with a PNG, JPEG or WEBP file; empty for a whole one, and for other kinds."""
    if data.startswith(_PNG):
        return _png_fault(data)
    if data.startswith(_JPEG):
        return "" if data.rstrip(b"\0").endswith(_JPEG_END) else "the end of the JPEG is missing"
    if data.startswith(b"RIFF") and data[_RIFF : _RIFF + 4] == b"WEBP":
        told = int.from_bytes(data[4:_RIFF], "little") + _RIFF
        return "" if len(data) >= told else f"the WEBP should have {told} bytes"
    return ""


def _png_fault(data: bytes) -> str:
    """The first chunk that is cut off or does not fit its checksum."""
    place = len(_PNG)
    while place < len(data):
        if place + _HEAD.size > len(data):
            return "it is cut off between two chunks"
        length, kind = _HEAD.unpack_from(data, place)
        body, place = place + 4, place + _HEAD.size + length
        if place + _CHECKSUM > len(data):
            return f"it is cut off within the chunk {kind.decode('latin-1')}"
        told = int.from_bytes(data[place : place + _CHECKSUM], "big")
        if zlib.crc32(data[body:place]) != told:
            return f"the checksum of the chunk {kind.decode('latin-1')} is wrong"
        place += _CHECKSUM
        if kind == b"IEND":
            return ""
    return "its last chunk, IEND, is missing"
