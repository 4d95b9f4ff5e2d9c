"""EXIF blocks: of all their tags only the comment and the orientation are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from mockserver.imaging.exif import EXIF_POINTER, UNICODE, USER_COMMENT, user_comment
from mockserver.redaction.names import Kind

if TYPE_CHECKING:
    from collections.abc import Callable


if TYPE_CHECKING:
    Change = Callable[[str], str]
    Note = Callable[[Kind], None]

_HEADER = b"Exif\0\0"
_ORIENTATION = 0x0112
_CODES = 8


def redact_exif(block: bytes, change: Change, note: Note) -> bytes:
    """A TIFF block without what it says of cameras, places and people.

    The comment is redacted; a block that holds nothing else is kept to the letter where that
    changes nothing. A block that cannot be read is left out whole.

    Args:
        block: the block, with or without ``Exif`` before it.
        change: redacts a text.
        note: called with what is left out.
    """
    head = _HEADER if block.startswith(_HEADER) else b""
    plain = block[len(head) :]
    comment, orientation = _read(plain)
    said = change(comment) if comment is not None else None
    written = user_comment(said) if said is not None else b""
    if said == comment and _holds_only(plain, comment, orientation):
        return block
    if said == comment:
        note(Kind.METADATA)
    if orientation is None:
        return head + written if written else b""
    return head + _with_orientation(said, orientation)


def _read(block: bytes) -> tuple[str | None, int | None]:
    """The comment and the orientation, as far as they can be read."""
    exif = Image.Exif()
    try:
        exif.load(_HEADER + block)
        raw = exif.get_ifd(EXIF_POINTER).get(USER_COMMENT)
        turned = exif.get(_ORIENTATION)
    except (ValueError, OSError, SyntaxError, KeyError, TypeError, IndexError):
        return None, None
    turned = turned if isinstance(turned, int) else None
    if not isinstance(raw, bytes):
        return raw if isinstance(raw, str) else None, turned
    if raw[:_CODES] == UNICODE:
        return raw[_CODES:].decode("utf-16-be", errors="replace"), turned
    return raw[_CODES:].decode("utf-8", errors="replace"), turned


def _holds_only(block: bytes, comment: str | None, orientation: int | None) -> bool:
    """Whether writing what was read anew gives the same bytes: then there is nothing else."""
    if comment is None or orientation is not None:
        return False
    return block == user_comment(comment)


def _with_orientation(comment: str | None, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    if comment is not None:
        raw = UNICODE + comment.encode("utf-16-be", errors="replace")
        exif.get_ifd(EXIF_POINTER)[USER_COMMENT] = raw
    return exif.tobytes()[len(_HEADER) :]
