"""EXIF blocks with one UserComment, written as piexif 1.1.3 writes them.

Source: modules/api/api.py, encode_pil_to_base64, at v1.10.1; recorded: options/format-jpg.
"""

from __future__ import annotations

import struct

#: Tags of the TIFF structure.
EXIF_POINTER = 0x8769
USER_COMMENT = 0x9286
#: First bytes of a UserComment, telling how the rest is encoded.
ASCII = b"ASCII\0\0\0"
JIS = b"JIS\0\0\0\0\0"
UNICODE = b"UNICODE\0"
HEADER = b"Exif\0\0"

_LONG, _UNDEFINED = 4, 7
#: Offset of the EXIF directory: TIFF header (8), one entry (2 + 12), link to the next (4).
_EXIF_AT = 26
#: Offset of the comment: one more entry; no link follows that directory.
_COMMENT_AT = 40


def _entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
    return struct.pack(">HHL", tag, kind, count) + value


def user_comment(text: str) -> bytes:
    """A TIFF block, big endian, with `text` as its unicode UserComment.

    Characters that UTF-16 cannot hold (lone surrogates) become question marks.

    Returns:
        The block without the ``Exif`` header, as WEBP files hold it.
    """
    comment = UNICODE + text.encode("utf-16-be", errors="replace")
    at = struct.pack(">L", _COMMENT_AT)
    return (
        b"MM\0*"
        + struct.pack(">LH", 8, 1)
        + _entry(EXIF_POINTER, _LONG, 1, struct.pack(">L", _EXIF_AT))
        + b"\0\0\0\0"
        + struct.pack(">H", 1)
        + _entry(USER_COMMENT, _UNDEFINED, len(comment), at)
        + comment
    )
