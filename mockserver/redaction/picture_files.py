"""Files of PNG, JPEG and WEBP, chunk by chunk: what of them is kept."""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING

from mockserver.imaging.formats import chunk
from mockserver.redaction.exif import redact_exif
from mockserver.redaction.names import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Change = Callable[[str], str]
    Note = Callable[[Kind], None]


_SIGNATURE = 8
_AROUND = 12
#: How pixels are stored and shown; the last three are an animation's.
_KEPT_OF_PNG = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT"}
    | {b"bKGD", b"acTL", b"fcTL", b"fdAT"}
)
#: Texts that name people or programs of theirs, and the whole of XMP.
_DROPPED_KEYS = frozenset({"author", "artist", "copyright", "owner", "xml:com.adobe.xmp"})
_LARGEST_TEXT = 64 * 2**20


def redact_png(data: bytes, change: Change, note: Note) -> bytes:
    """The file with its texts changed; chunks that nothing needs are left out.

    Args:
        data: the file's bytes.
        change: gives the new text for a text.
        note: gets the kind of each redaction.

    Raises:
        ValueError: the file is no whole PNG.
    """
    parts = [data[:_SIGNATURE]]
    for kind, body, whole in _png_chunks(data):
        if kind in _KEPT_OF_PNG:
            parts.append(whole)
        elif kind in _TEXTS:
            parts.append(_text(kind, body, whole, change, note))
        elif kind == b"eXIf":
            block = redact_exif(body, change, note)
            parts.append(whole if block == body else chunk(kind, block) if block else b"")
        else:
            note(Kind.METADATA)
    kept = b"".join(parts)
    if len(kept) < len(data) and _end(data) < len(data):
        note(Kind.METADATA)
    return kept


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Type, content and whole of each chunk up to the last; what follows that is left out."""
    at = _SIGNATURE
    while True:
        if at + _AROUND > len(data):
            raise ValueError("the file ends before its last chunk")
        length, kind = struct.unpack(">L4s", data[at : at + 8])
        end = at + _AROUND + length
        if end > len(data):
            raise ValueError("a chunk is cut off")
        yield kind, data[at + 8 : end - 4], data[at:end]
        if kind == b"IEND":
            return
        at = end


def _end(data: bytes) -> int:
    return _SIGNATURE + sum(len(whole) for _, __, whole in _png_chunks(data))


def _text(kind: bytes, body: bytes, whole: bytes, change: Change, note: Note) -> bytes:
    key, head, text = _TEXTS[kind](body)
    if key.lower() in _DROPPED_KEYS or key.lower().startswith("raw profile"):
        note(Kind.METADATA)
        return b""
    shown, said = change(key), change(text)
    if (shown, said) == (key, text):
        return whole
    if any(part for part in head):
        note(Kind.METADATA)
    return _text_chunk(shown, said)


def _text_chunk(key: str, text: str) -> bytes:
    name = key.encode("latin-1", errors="replace")[:79]
    try:
        return chunk(b"tEXt", name + b"\0" + text.encode("latin-1"))
    except UnicodeEncodeError:
        return chunk(b"iTXt", name + b"\0\0\0\0\0" + text.encode("utf-8", errors="replace"))


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _LARGEST_TEXT)
    except zlib.error as error:
        raise ValueError("a packed text cannot be read") from error


def _plain(body: bytes) -> tuple[str, list[bytes], str]:
    key, _, text = body.partition(b"\0")
    return key.decode("latin-1"), [], text.decode("latin-1")


def _packed(body: bytes) -> tuple[str, list[bytes], str]:
    key, _, rest = body.partition(b"\0")
    return key.decode("latin-1"), [], _unpacked(rest[1:]).decode("latin-1")


def _international(body: bytes) -> tuple[str, list[bytes], str]:
    key, _, rest = body.partition(b"\0")
    flag, rest = rest[:1], rest[2:]
    language, _, rest = rest.partition(b"\0")
    translated, _, text = rest.partition(b"\0")
    plain = _unpacked(text) if flag == b"\1" else text
    return key.decode("latin-1"), [language, translated], plain.decode("utf-8", errors="replace")


_TEXTS = {b"tEXt": _plain, b"zTXt": _packed, b"iTXt": _international}


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


_KEPT_OF_WEBP = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
_HEAD = 12
#: Bits of VP8X that announce what was left out.
_PROFILE, _EXIF_FLAG, _XMP = 0x20, 0x08, 0x04


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
    for kind, body, after in _webp_chunks(data):
        end = after
        block = redact_exif(body, change, note) if kind == b"EXIF" else body
        if kind in _KEPT_OF_WEBP or (kind == b"EXIF" and block):
            kept.append((kind, block))
        else:
            note(Kind.METADATA)
    if end < len(data):
        note(Kind.METADATA)
    has_exif = any(kind == b"EXIF" for kind, _ in kept)
    parts = [_webp_chunk(kind, _announced(kind, body, has_exif)) for kind, body in kept]
    content = b"WEBP" + b"".join(parts)
    written = b"RIFF" + struct.pack("<L", len(content)) + content
    return data if written == data else written


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
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
    flags = flags if has_exif else flags & ~_EXIF_FLAG
    return bytes((flags,)) + body[1:]


def _webp_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<L", len(body)) + body + b"\0" * (len(body) % 2)
