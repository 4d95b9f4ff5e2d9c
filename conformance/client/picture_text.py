"""The words in a picture: PNG text, EXIF UserComment, GIF comment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import ExifTags

if TYPE_CHECKING:
    from PIL import Image

_CODE_LENGTH = 8
_ASCII = frozenset((*range(0x20, 0x7F), 0x09, 0x0A, 0x0D))


@dataclass(frozen=True)
class PictureText:
    """The words in a picture.

    Args:
        text: PNG text chunks and the comment of a GIF or JPEG: keyword -> text.
        user_comment: of the EXIF, decoded; None without one.
    """

    text: dict[str, str]
    user_comment: str | None


def read_picture_text(image: Image.Image) -> PictureText:
    """Read the words of a loaded picture."""
    words = getattr(image, "text", None)
    text = {key: str(value) for key, value in words.items()} if isinstance(words, dict) else {}
    comment = image.info.get("comment")
    if isinstance(comment, bytes):
        text["comment"] = comment.decode("utf-8", errors="replace")
    return PictureText(text, _user_comment(image))


def decode_user_comment(data: bytes, *, low_byte_first: bool = False) -> str:
    """Decode an EXIF UserComment: eight bytes name the character code, the text follows.

    ``ASCII`` is read as UTF-8, as writers take the word; ``UNICODE`` as UTF-16; an unnamed code
    as UTF-8, or Latin-1 where that fails.

    Args:
        data: the value of the tag.
        low_byte_first: whether the EXIF around it is in that order, as its ``II`` says. Writers
            differ in whether their UTF-16 follows it; the webui writes the high byte first.
    """
    code, text = data[:_CODE_LENGTH], data[_CODE_LENGTH:]
    if code.startswith(b"UNICODE"):
        return _utf16(text, low_byte_first=low_byte_first)
    if code.startswith(b"JIS"):
        return text.decode("iso2022_jp", errors="replace")
    if not code.startswith(b"ASCII") and code.strip(b"\0"):
        text = data
    try:
        return text.decode("utf-8").strip("\0")
    except UnicodeDecodeError:
        return text.decode("latin-1").strip("\0")


def _utf16(text: bytes, *, low_byte_first: bool) -> str:
    if text.startswith(b"\xff\xfe"):
        return text[2:].decode("utf-16-le", errors="replace").strip("\0")
    order = "utf-16-le" if low_byte_first and _looks_low_first(text) else "utf-16-be"
    return text.decode(order, errors="replace").strip("\0")


def _looks_low_first(text: bytes) -> bool:
    """Whether more units are ASCII with the low byte first than with the high byte first."""
    units = list(zip(text[0::2], text[1::2], strict=False))
    low_first = sum(one in _ASCII and other == 0 for one, other in units)
    high_first = sum(one == 0 and other in _ASCII for one, other in units)
    return low_first >= high_first


def _user_comment(image: Image.Image) -> str | None:
    try:
        exif = image.getexif()
        value: Any = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    # Damaged EXIF makes Pillow raise whatever the damage leads to; the picture is still good.
    except Exception:  # noqa: BLE001 - any failure to read it has the same meaning here
        return None
    if isinstance(value, tuple):
        value = bytes(value)
    if isinstance(value, str):
        value = value.encode("latin-1", errors="replace")
    if not isinstance(value, bytes):
        return None
    return decode_user_comment(value, low_byte_first=exif.endian == "<")
