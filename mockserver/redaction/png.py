"""PNG files, chunk by chunk."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from mockserver.imaging.formats import chunk
from mockserver.redaction.exif import redact_exif
from mockserver.redaction.names import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


if TYPE_CHECKING:
    Change = Callable[[str], str]
    Note = Callable[[Kind], None]

_SIGNATURE = 8
_AROUND = 12
#: How pixels are stored and shown; the last three are an animation's.
_KEPT = frozenset(
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
    for kind, body, whole in _chunks(data):
        if kind in _KEPT:
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


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
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
    return _SIGNATURE + sum(len(whole) for _, __, whole in _chunks(data))


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
    return _written(shown, said)


def _written(key: str, text: str) -> bytes:
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
