"""EXIF blocks with a UserComment, written and read as piexif 1.1.3 does it."""

from __future__ import annotations

import struct
from typing import Any

from mockserver.core.errors import ServerError

#: Tags of the TIFF structure.
EXIF_POINTER = 0x8769
USER_COMMENT = 0x9286
#: First bytes of a UserComment, telling how the rest is encoded.
ASCII = b"ASCII\0\0\0"
JIS = b"JIS\0\0\0\0\0"
UNICODE = b"UNICODE\0"
HEADER = b"Exif\0\0"

_LONG_TYPE, _UNDEFINED_TYPE = 4, 7
#: Offset of the EXIF directory: TIFF header (8), one entry (2 + 12), link to the next (4).
_EXIF_AT = 26
#: Offset of the comment: one more entry; no link follows that directory.
_COMMENT_AT = 40


def _entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
    return struct.pack(">HHL", tag, kind, count) + value


def user_comment(text: str) -> bytes:
    """A TIFF block, big endian, with `text` as its unicode UserComment.

    Characters that UTF-16 cannot hold (lone surrogates) become question marks.

    Args:
        text: the infotext, or any other text.

    Returns:
        The block without the ``Exif`` header, as WEBP files hold it.
    """
    comment = UNICODE + text.encode("utf-16-be", errors="replace")
    at = struct.pack(">L", _COMMENT_AT)
    return (
        b"MM\0*"
        + struct.pack(">LH", 8, 1)
        + _entry(EXIF_POINTER, _LONG_TYPE, 1, struct.pack(">L", _EXIF_AT))
        + b"\0\0\0\0"
        + struct.pack(">H", 1)
        + _entry(USER_COMMENT, _UNDEFINED_TYPE, len(comment), at)
        + comment
    )


_GPS_POINTER = 34853
_INTEROP_POINTER = 40965
_THUMBNAIL, _THUMBNAIL_LENGTH = 513, 514
_NO_LINK = b"\0\0\0\0"

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL = 1, 2, 3, 4, 5
_UNDEFINED, _SRATIONAL, _DOUBLE = 7, 10, 12
#: Type to struct letter and the highest count that stands in the entry itself.
_NUMBERS = {
    _BYTE: ("B", 4),
    _SHORT: ("H", 2),
    _LONG: ("L", 1),
    6: ("b", 4),
    8: ("h", 2),
    9: ("l", 1),
    11: ("f", 1),
    _DOUBLE: ("d", -1),
}


def _tags(*ranges: tuple[int, int]) -> frozenset[int]:
    return frozenset(tag for low, high in ranges for tag in range(low, high + 1))


# Tags of each directory; entries with others are passed over.
_IMAGE = _tags(
    (11, 11), (254, 259), (262, 266), (269, 274), (277, 279), (282, 284), (290, 293),
    (296, 296), (301, 301), (305, 306), (315, 325), (330, 330), (332, 334), (336, 347),
    (351, 351), (512, 515), (517, 521), (529, 532), (700, 700), (18246, 18246),
    (18249, 18249), (32781, 32781), (33421, 33423), (33432, 33432), (33434, 33434),
    (34377, 34377), (34665, 34665), (34675, 34675), (34853, 34853), (34857, 34859),
    (37387, 37395), (37397, 37399), (40091, 40095), (50341, 50341), (50706, 50741),
    (50778, 50781), (50827, 50834), (50879, 50879), (50931, 50932), (50934, 50942),
    (50964, 50975), (50981, 50982), (51008, 51009), (51022, 51022), (60606, 60610),
)  # fmt: skip
_EXIF = _tags(
    (33434, 33434), (33437, 33437), (34850, 34850), (34852, 34852), (34855, 34856),
    (34864, 34869), (36864, 36864), (36867, 36868), (36880, 36882), (37121, 37122),
    (37377, 37386), (37396, 37396), (37500, 37500), (37510, 37510), (37520, 37522),
    (37888, 37893), (40960, 40965), (41483, 41484), (41486, 41488), (41492, 41493),
    (41495, 41495), (41728, 41730), (41985, 41996), (42016, 42016), (42032, 42037),
    (42240, 42240),
)  # fmt: skip
_GPS = _tags((0, 31))
_INTEROP = _tags((1, 1))


class _Reader:
    """Reads directories of one TIFF block."""

    def __init__(self, tiff: bytes) -> None:
        self.tiff = tiff
        self.order = "<" if tiff[:2] == b"II" else ">"

    def number(self, letter: str, raw: bytes) -> Any:
        return struct.unpack(self.order + letter, raw)[0]

    def directory(self, at: Any, tags: frozenset[int]) -> tuple[dict[int, Any], bytes]:
        """Values by tag, and the link to the next directory."""
        count = self.number("H", self.tiff[at : at + 2])
        found = {}
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag = self.number("H", self.tiff[entry : entry + 2])
            kind = self.number("H", self.tiff[entry + 2 : entry + 4])
            length = self.number("L", self.tiff[entry + 4 : entry + 8])
            if tag in tags:
                found[tag] = self.value(tag, kind, length, self.tiff[entry + 8 : entry + 12])
        end = at + 2 + 12 * count
        return found, self.tiff[end : end + 4]

    def value(self, tag: int, kind: int, length: int, raw: bytes) -> Any:
        if kind in _NUMBERS:
            return self.numbers(*_NUMBERS[kind], length, raw)
        if kind in (_RATIONAL, _SRATIONAL):
            return self.rationals("L" if kind == _RATIONAL else "l", length, raw)
        if kind in (_ASCII, _UNDEFINED):
            return self.text(length, length - (kind == _ASCII), raw)
        problem = "Exif might be wrong. Got incorrect value type to decode."
        raise ValueError(f"{problem}\ntag: {tag}\ntype: {kind}")

    def numbers(self, letter: str, inline: int, length: int, raw: bytes) -> Any:
        size = struct.calcsize("=" + letter)
        if length > inline:
            at = self.number("L", raw)
            raw = self.tiff[at : at + length * size]
        elif inline > 1:
            raw = raw[: length * size]
        found = struct.unpack(f"{self.order}{length}{letter}", raw)
        return found[0] if length == 1 else found

    def rationals(self, letter: str, length: int, raw: bytes) -> Any:
        at = self.number("L", raw)
        halves = [
            tuple(self.number(letter, self.tiff[p : p + 4]) for p in (at + 8 * n, at + 8 * n + 4))
            for n in range(max(length, 1))
        ]
        return halves[0] if length <= 1 else tuple(halves)

    def text(self, length: int, end: int, raw: bytes) -> bytes:
        if length <= len(_NO_LINK):
            return raw[:end]
        at = self.number("L", raw)
        return self.tiff[at : at + end]


def _read_all(tiff: bytes) -> list[dict[int, Any]]:
    """Values by tag of the picture's, the EXIF, GPS, interoperability, thumbnail's directory."""
    reader = _Reader(tiff)
    image, link = reader.directory(reader.number("L", tiff[4:8]), _IMAGE)
    exif: dict[int, Any] = {}
    gps: dict[int, Any] = {}
    interop: dict[int, Any] = {}
    first: dict[int, Any] = {}
    if EXIF_POINTER in image:
        exif, _ = reader.directory(image[EXIF_POINTER], _EXIF)
    if _GPS_POINTER in image:
        gps, _ = reader.directory(image[_GPS_POINTER], _GPS)
    if _INTEROP_POINTER in exif:
        interop, _ = reader.directory(exif[_INTEROP_POINTER], _INTEROP)
    if link != _NO_LINK:
        first, _ = reader.directory(reader.number("L", link), _IMAGE)
        if _THUMBNAIL in first and _THUMBNAIL_LENGTH in first:
            end = first[_THUMBNAIL] + first[_THUMBNAIL_LENGTH]
            _ = tiff[first[_THUMBNAIL] : end]
    return [image, exif, gps, interop, first]


def _tiff(block: bytes) -> bytes | None:
    """The TIFF block; None for what is taken to be the name of a file that is not there."""
    if block[:2] in (b"II", b"MM"):
        return block
    if block[:4] == b"Exif":
        return block[6:]
    if b"\0" in block:
        problem = "embedded null byte"
        raise ValueError(problem)
    return None


def _decode(comment: Any) -> str:
    encodings = {ASCII: "ascii", JIS: "shift_jis", UNICODE: "utf-16-be"}
    start, rest = comment[: len(UNICODE)], comment[len(UNICODE) :]
    if len(comment) >= len(UNICODE) and start in encodings:
        return str(rest.decode(encodings[start], errors="replace"))
    return str(comment.decode("utf8", errors="ignore"))


def read_user_comment(block: bytes) -> str:
    """Text of the UserComment of an EXIF block; empty when there is none.

    Args:
        block: as in a file: a TIFF block, with or without ``Exif`` before it.

    Raises:
        ServerError: the block is broken (``error``, ValueError, TypeError), or the comment's type
            is not UNDEFINED (AttributeError: ``'tuple' object has no attribute 'decode'``).
    """
    try:
        tiff = _tiff(block)
        comment = b"" if tiff is None else _read_all(tiff)[1].get(USER_COMMENT, b"")
        if not isinstance(comment, bytes | tuple):
            problem = f"object of type '{type(comment).__name__}' has no len()"
            raise TypeError(problem)  # noqa: TRY301 - as the others that this turns into a crash
        return _decode(comment)
    except (struct.error, AttributeError, TypeError, ValueError) as error:
        raise ServerError(type(error).__name__, str(error)) from error


def read_directories(block: bytes) -> list[tuple[int, Any]]:
    """Tag and value of everything in an EXIF block, directory by directory.

    Values are bytes, numbers or tuples of numbers; nothing at all of a broken block.

    Args:
        block: the EXIF block, from its byte order on.
    """
    try:
        tiff = _tiff(block)
        found = [] if tiff is None else _read_all(tiff)
    except (struct.error, AttributeError, TypeError, ValueError):
        return []
    return [pair for directory in found for pair in directory.items()]
