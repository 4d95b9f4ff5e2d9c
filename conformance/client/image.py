"""Pictures in the forms in which servers take and send them."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from conformance.client.base64text import Deviation, encode_base64, read_base64
from conformance.client.picture_text import read_picture_text
from conformance.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    words = read_picture_text(image)
    return DecodedImage(
        image=image,
        format=image.format or "",
        data=reading.data,
        deviations=reading.deviations,
        text=words.text,
        exif=words.user_comment,
    )


def open_picture(data: bytes) -> Image.Image:
    """Open the bytes of a picture and load all of its pixels.

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
