"""What checks look for in pictures, and how alike two are."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import ExifTags, Image, ImageChops, ImageStat, PngImagePlugin

from conformance.client.image import encode_image
from conformance.verdict import Failed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_SMALL = (16, 16)
# Types of EXIF values.
_LONG, _UNDEFINED = 4, 7
# A directory of one entry: its count, the entry, and where the next one is.
_ONE_ENTRY = 2 + 12 + 4
# The first directory follows the header, the second one that.
_HEADER = 8
_DIRECTORY = _HEADER + _ONE_ENTRY


def plain(
    size: tuple[int, int] = _SMALL,
    colour: tuple[int, ...] = (120, 80, 40),
    mode: str = "RGB",
) -> Image.Image:
    """A picture of one colour.

    Args:
        size: width and height in pixels; 16x16 by default.
        colour: a value for each channel of the mode.
        mode: Pillow's name, such as ``RGBA``; ``RGB`` by default.
    """
    return Image.new(mode, size, colour)


def quarters(width: int, height: int) -> Image.Image:
    """Four colours, one in each corner, so that turning, flipping and blanking show.

    Args:
        width: in pixels.
        height: in pixels.
    """
    image = Image.new("RGB", (width, height), (30, 60, 200))
    image.paste((220, 40, 40), (0, 0, width // 2, height // 2))
    image.paste((40, 190, 60), (width // 2, 0, width, height // 2))
    image.paste((235, 225, 90), (0, height // 2, width // 2, height))
    return image


def file_of(image: Image.Image, kind: str = "PNG") -> bytes:
    """The picture as the bytes of a file of a kind that Pillow names.

    Args:
        image: the picture.
        kind: Pillow's name of the format; ``PNG`` by default.
    """
    buffer = BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def png_with(chunks: Mapping[str, str], image: Image.Image | None = None) -> bytes:
    """A PNG file with text chunks: keyword -> text; tEXt where Latin-1 holds it, else iTXt.

    Args:
        chunks: keyword -> text.
        image: the picture; a small plain one by default.
    """
    metadata = PngImagePlugin.PngInfo()
    for keyword, text in chunks.items():
        metadata.add_text(keyword, text)
    buffer = BytesIO()
    (image or plain()).save(buffer, "PNG", pnginfo=metadata)
    return buffer.getvalue()


def with_comment(text: str, kind: str) -> bytes:
    """A JPEG or WEBP file with an EXIF UserComment in UTF-16, high byte first.

    Args:
        text: of the comment.
        kind: ``JPEG`` or ``WEBP``.
    """
    buffer = BytesIO()
    plain((48, 32)).save(buffer, kind, exif=b"Exif\0\0" + _exif(text))
    return buffer.getvalue()


def _exif(text: str) -> bytes:
    """EXIF of one UserComment of the type that the standard gives it, which Pillow does not."""
    comment = b"UNICODE\0" + text.encode("utf-16-be")
    header = struct.pack(">2sHL", b"MM", 42, _HEADER)
    first = struct.pack(">HHHLLL", 1, ExifTags.IFD.Exif, _LONG, 1, _DIRECTORY, 0)
    at = _DIRECTORY + _ONE_ENTRY
    kind = ExifTags.Base.UserComment, _UNDEFINED
    return header + first + struct.pack(">HHHLLL", 1, *kind, len(comment), at, 0) + comment


def text_of(image: Image.Image | bytes) -> str:
    """The picture in plain base64.

    Args:
        image: the picture, or the bytes of its file.
    """
    return encode_image(image)


def data_uri(image: Image.Image | bytes) -> str:
    """The picture as a data URI.

    Args:
        image: the picture, or the bytes of its file.
    """
    return encode_image(image, data_uri=True)


_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_HEAD = struct.Struct(">I4s")
_CHECKSUM = 4
_RIFF = 8


def format_fault(data: bytes) -> str:
    """What is wrong with a PNG, JPEG or WEBP file; empty for a whole one, and for other kinds.

    Args:
        data: bytes of a file.
    """
    if data.startswith(_PNG):
        return _png_fault(data)
    if data.startswith(_JPEG):
        return "" if data.rstrip(b"\0").endswith(_JPEG_END) else "the end of the JPEG is missing"
    if data.startswith(b"RIFF") and data[_RIFF : _RIFF + 4] == b"WEBP":
        reported = int.from_bytes(data[4:_RIFF], "little") + _RIFF
        return "" if len(data) >= reported else f"the WEBP should have {reported} bytes"
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
        reported = int.from_bytes(data[place : place + _CHECKSUM], "big")
        if zlib.crc32(data[body:place]) != reported:
            return f"the checksum of the chunk {kind.decode('latin-1')} is wrong"
        place += _CHECKSUM
        if kind == b"IEND":
            return ""
    return "its last chunk, IEND, is missing"


# Mean differences of a channel, of 255. Recorded servers show 26 or more between two seeds, and
# none between equal requests; a GPU's rounding shows below 2.
_FARTHEST = 8.0
_NEAR = 3.0
_NOISY = 3.0
# Two differences that are both nothing but noise differ by less than a third.
_MORE_THAN_NOISE = 4 / 3


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of a channel, 0 to 255; of two sizes, more than any.

    Args:
        one: a picture.
        other: a picture.
    """
    if one.size != other.size:
        return 256.0
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    means = ImageStat.Stat(difference).mean
    return sum(means) / len(means)


def apart(one: Generation, other: Generation) -> float:
    """The distance of two answers' first pictures.

    Args:
        one: an answer with a picture.
        other: an answer with a picture.
    """
    return distance(one.picture.image, other.picture.image)


def noise(context: CheckContext) -> float:
    """The distance of two answers to the very same request.

    Args:
        context: of the check, which needs ``one_image`` and ``one_image_again``.
    """
    return min(apart(context.one_image, context.one_image_again), _FARTHEST)


def is_alike(context: CheckContext, gap: float) -> bool:
    """Whether a distance may be that of two pictures that should be equal.

    Args:
        context: of the check.
        gap: a distance, 0 to 255.
    """
    return gap <= min(max(_NEAR, _NOISY * noise(context)), _FARTHEST)


def is_unmoved(context: CheckContext, gap: float) -> bool:
    """Whether a distance is no more than two answers to the same request show.

    Args:
        context: of the check.
        gap: a distance, 0 to 255.
    """
    return gap <= noise(context) * _MORE_THAN_NOISE


def same(context: CheckContext, one: Generation, other: Generation, what: str) -> None:
    """Two answers show the same picture; ``what`` says of the second why it should.

    Args:
        context: of the check.
        one: an answer with a picture.
        other: an answer with a picture.
        what: why the second should be equal, for the report.
    """
    __tracebackhide__ = True
    gap = apart(one, other)
    if not is_alike(context, gap):
        actual = f"the pictures differ by {gap:.1f} of 255 on average"
        raise Failed(f"the same picture for {what}", actual, other.exchange)


def moved(context: CheckContext, base: Generation, others: Iterable[Generation], what: str) -> None:
    """At least one of the answers shows another picture; ``what`` says why it should.

    Args:
        context: of the check.
        base: an answer with a picture.
        others: answers, of which one has to differ.
        what: why one should differ, for the report.
    """
    __tracebackhide__ = True
    some = list(others)
    if all(is_unmoved(context, apart(base, other)) for other in some):
        count = "the picture stays" if len(some) == 1 else f"all {len(some)} pictures stay"
        raise Failed(f"another picture for {what}", f"{count} the same", some[-1].exchange)
