"""Pictures of requests and answers: base64, formats and metadata."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import ExifTags, Image, UnidentifiedImageError

from conformance.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Mapping


_PREFIX = re.compile(r"data:(?P<type>[^;,]*)(?P<parameters>(?:;[^;,]*)*),", re.IGNORECASE)
_STRAY = re.compile(r"[^A-Za-z0-9+/=]")


class Deviation(StrEnum):
    """How a text differs from the canonical base64 of RFC 4648, section 4."""

    PREFIX = "it starts with a data URI prefix"
    WHITE_SPACE = "it contains white space"
    URL_SAFE = "it uses the URL-safe alphabet (- and _ for + and /)"
    PADDING = "its padding is missing or wrong"
    TRAILING_BITS = "its last character carries bits that no byte uses"


@dataclass(frozen=True)
class Base64Reading:
    """What is in a base64 text.

    Args:
        data: the bytes.
        media_type: of the data URI prefix in lower case, None without one.
        deviations: ways in which the text is not canonical; empty for canonical base64.
    """

    data: bytes
    media_type: str | None
    deviations: frozenset[Deviation]


def read_base64(text: str) -> Base64Reading:
    """Read base64 leniently, and list how it deviates.

    Lets through a data URI prefix, white space, the URL-safe alphabet, missing padding.
    The webui's own decoder drops any stray character (modules/api/api.py,
    decode_base64_to_image, v1.10.1); this one does not, for such a text is damaged.

    Args:
        text: with any prefix of a data URI and any white space.

    Raises:
        ImageError: empty, a stray character, a data URI without base64, a cut-off length.
    """
    found: set[Deviation] = set()
    media_type, rest = _without_prefix(text, found)
    compact = "".join(rest.split())
    if len(compact) != len(rest):
        found.add(Deviation.WHITE_SPACE)
    data = _decode(_with_standard_alphabet(compact, found), found)
    return Base64Reading(data, media_type, frozenset(found))


def decode_base64_strict(text: str) -> bytes:
    """Decode canonical base64 of RFC 4648, section 4, and nothing else.

    Args:
        text: nothing but canonical base64.

    Raises:
        ImageError: says how the text differs from the canonical one.
    """
    reading = read_base64(text)
    if reading.deviations:
        reasons = sorted(deviation.value for deviation in reading.deviations)
        raise ImageError("not plain base64: " + "; ".join(reasons))
    return reading.data


def decode_base64_lenient(text: str) -> bytes:
    """Decode base64 in any of the forms that ``read_base64`` lets through.

    Args:
        text: with any prefix of a data URI and any white space.

    Raises:
        ImageError: none of them.
    """
    return read_base64(text).data


def encode_base64(data: bytes, *, media_type: str | None = None) -> str:
    """Encode bytes as canonical base64; as a data URI where ``media_type`` is given.

    Args:
        data: the bytes.
        media_type: of a data URI, such as ``image/png``; None for bare base64.
    """
    text = b64encode(data).decode("ascii")
    return text if media_type is None else f"data:{media_type};base64,{text}"


def _without_prefix(text: str, found: set[Deviation]) -> tuple[str | None, str]:
    start = text.lstrip()
    if not start[:5].lower().startswith("data:"):
        return None, text
    match = _PREFIX.match(start)
    if match is None:
        raise ImageError("it is a data URI without a comma, so without data")
    if not match["parameters"].lower().endswith(";base64"):
        raise ImageError("it is a data URI that is not marked ;base64")
    found.add(Deviation.PREFIX)
    if start != text:
        found.add(Deviation.WHITE_SPACE)
    return match["type"].lower(), start[match.end() :]


def _with_standard_alphabet(text: str, found: set[Deviation]) -> str:
    if "-" in text or "_" in text:
        found.add(Deviation.URL_SAFE)
        text = text.replace("-", "+").replace("_", "/")
    stray = _STRAY.search(text)
    if stray is not None:
        raise ImageError(
            f"{stray[0]!r} at character {stray.start()} is not in the alphabet of base64",
        )
    return text


def _decode(text: str, found: set[Deviation]) -> bytes:
    bare = text.rstrip("=")
    if not bare:
        raise ImageError("it is empty")
    if "=" in bare:
        raise ImageError("padding is in its middle")
    if len(bare) % 4 == 1:
        raise ImageError(f"its {len(bare)} characters end in the middle of a byte: it is cut off")
    padded = bare + "=" * (-len(bare) % 4)
    if padded != text:
        found.add(Deviation.PADDING)
    data = b64decode(padded)
    if b64encode(data).decode("ascii") != padded:
        found.add(Deviation.TRAILING_BITS)
    return data


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
    """Read the words of a loaded picture.

    Args:
        image: opened by Pillow, with its pixels loaded.
    """
    found = getattr(image, "text", None)
    text = {key: str(value) for key, value in found.items()} if isinstance(found, dict) else {}
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


PictureSource = Image.Image | bytes | str


@dataclass(frozen=True)
class DecodedImage:
    """A picture that a server sent.

    Args:
        image: the pixels, loaded.
        format: of the file, in Pillow's name: PNG, JPEG, WEBP, GIF ...
        data: the file.
        deviations: ways in which its base64 is not plain, empty for plain base64.
        text: text chunks of a PNG, comment of a GIF: keyword -> text.
        exif: the EXIF UserComment, decoded; None without one.
    """

    image: Image.Image
    format: str
    data: bytes
    deviations: frozenset[Deviation]
    text: Mapping[str, str]
    exif: str | None

    @property
    def had_prefix(self) -> bool:
        """Whether the text was a data URI."""
        return Deviation.PREFIX in self.deviations

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.size

    @property
    def infotext(self) -> str | None:
        """How the picture was made: EXIF before PNG text, as png-info reads it; None if unsaid."""
        return self.exif if self.exif is not None else self.text.get("parameters")


def decode_image(text: str, *, strict: bool = False) -> DecodedImage:
    """Decode a picture from base64 or a data URI.

    Args:
        text: as a server sent it.
        strict: take plain base64 alone, as most clients do.

    Raises:
        ImageError: not base64, with ``strict`` not plain base64, or not a whole picture.
    """
    reading = read_base64(text)
    if strict and reading.deviations:
        reasons = sorted(deviation.value for deviation in reading.deviations)
        raise ImageError("not plain base64: " + "; ".join(reasons))
    image = open_picture(reading.data)
    written = read_picture_text(image)
    return DecodedImage(
        image=image,
        format=image.format or "",
        data=reading.data,
        deviations=reading.deviations,
        text=written.text,
        exif=written.user_comment,
    )


def open_picture(data: bytes) -> Image.Image:
    """Open the bytes of a picture and load all of its pixels.

    Args:
        data: of a file in any format that Pillow reads.

    Raises:
        ImageError: not a picture, or not a whole one.
    """
    try:
        image = Image.open(BytesIO(data))
        image.load()
    except UnidentifiedImageError as error:
        raise ImageError(f"{len(data)} bytes of no known picture format") from error
    # Pillow raises a dozen kinds of error for what is damaged.
    except Exception as error:
        raise ImageError(f"{len(data)} bytes that are not a whole picture ({error})") from error
    return image


def encode_image(source: PictureSource, *, data_uri: bool = False) -> str:
    """Encode a picture for a request.

    Args:
        source: a Pillow image (written as PNG), the bytes of a file, or text, which is passed
            on as it is: base64, a data URI, or an address that the server may fetch.
        data_uri: with the prefix that the webui of November 2022 and Xinference insist on.

    Raises:
        ImageError: bytes that are no picture, or an image that PNG cannot hold.
    """
    if isinstance(source, str):
        return source
    if isinstance(source, bytes):
        return encode_base64(source, media_type=_media_type(source) if data_uri else None)
    return encode_base64(_png(source), media_type="image/png" if data_uri else None)


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    try:
        image.save(buffer, format="PNG")
    except OSError as error:
        raise ImageError(f"the image cannot be written as PNG: {error}") from error
    return buffer.getvalue()


def _media_type(data: bytes) -> str:
    image = open_picture(data)
    return Image.MIME.get(image.format or "", "image/png")
