"""Pictures that are not what they promise: their base64, their files, their pixels."""

from __future__ import annotations

import base64
import textwrap
import zlib
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from broken.layer import Edit, png, redrawn, rewrite_generation, rewrite_images, with_infotext
from broken.registry import broken
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from collections.abc import Callable

_END = 12  # bytes of the chunk IEND


def _text(edit: Callable[[str], str]) -> Callable[[bytes], str]:
    return lambda data: edit(base64.b64encode(data).decode())


def _unpadded(data: bytes) -> str:
    while len(data) % 3 == 0:
        data += b"\0"
    return base64.b64encode(data).decode().rstrip("=")


def _half_wrong(data: bytes) -> bytes:
    """Some bytes in the middle are others; the header still opens."""
    place = len(data) // 2
    return data[:place] + bytes(byte ^ 0x5A for byte in data[place : place + 8]) + data[place + 8 :]


def _wrong_checksum(data: bytes) -> bytes:
    """The checksum of the pixels' chunk is another."""
    place = len(data) - _END - 4
    wrong = zlib.crc32(data).to_bytes(4, "big")
    return data[:place] + wrong + data[place + 4 :]


def _as_kind(kind: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        out = BytesIO()
        Image.open(BytesIO(data)).save(out, kind)
        return out.getvalue()

    return change


def _square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    return image.resize((side, side))


_FILES: list[tuple[str, str, str, Callable[[bytes], bytes | str]]] = [
    ("prefix", "images are data URIs", "TXT2IMG-004", _text("data:image/png;base64,{}".format)),
    ("line-breaks", "base64 comes in lines", "IMG-004", _text(partial(textwrap.fill, width=76))),
    ("trailing-newline", "base64 ends in a line break", "IMG-004", _text("{}\n".format)),
    (
        "url-safe",
        "base64 has the URL-safe alphabet",
        "IMG-004",
        lambda data: base64.urlsafe_b64encode(data).decode(),
    ),
    ("unpadded", "base64 has lost its padding", "IMG-004", _unpadded),
    ("stray-letter", "base64 holds a letter of no alphabet", "IMG-004", _text("*{}".format)),
    ("truncated", "files end at four fifths", "TXT2IMG-004", lambda d: d[: len(d) * 4 // 5]),
    (
        "half",
        "base64 ends in the middle of a byte",
        "TXT2IMG-004",
        _text(lambda t: t[: 4 * 200 + 1]),
    ),
    ("words", "images are words", "TXT2IMG-004", lambda _: b"an image could not be made"),
    ("empty-text", "images are empty texts", "TXT2IMG-004", lambda _: ""),
    ("no-end", "files lack their last chunk", "IMG-005", lambda data: data[:-_END]),
    ("corrupted", "some bytes in the middle are others", "IMG-005", _half_wrong),
    ("checksum", "a checksum in the file is wrong", "IMG-005", _wrong_checksum),
    ("half-size", "pictures have half the size", "TXT2IMG-005", redrawn(lambda i: i.reduce(2))),
    (
        "turned",
        "pictures are turned by a quarter",
        "TXT2IMG-005",
        redrawn(lambda i: i.transpose(Image.Transpose.ROTATE_90)),
    ),
    ("square", "all pictures are square", "TXT2IMG-005", redrawn(_square)),
    (
        "one-pixel",
        "pictures lack a row",
        "TXT2IMG-005",
        redrawn(lambda i: i.crop((0, 0, i.width, i.height - 1))),
    ),
    ("black", "pictures are black", "IMG-006", redrawn(lambda i: Image.new("RGB", i.size))),
    (
        "grey",
        "pictures are grey all over",
        "IMG-006",
        redrawn(lambda i: Image.new("RGB", i.size, 120)),
    ),
    ("no-colour", "pictures have no colour", "IMG-007", redrawn(ImageOps.grayscale)),
    ("transparent", "pictures have transparency", "IMG-007", redrawn(lambda i: i.convert("RGBA"))),
    ("palette", "pictures have a palette", "IMG-007", redrawn(lambda i: i.convert("P"))),
    ("jpeg", "files are JPEG, whatever the option says", "TXT2IMG-006", _as_kind("JPEG")),
    ("webp", "files are WEBP, whatever the option says", "TXT2IMG-006", _as_kind("WEBP")),
    ("no-text", "files carry no text", "IMG-001", lambda data: png(Image.open(BytesIO(data)))),
    (
        "other-keyword",
        "files carry their text under another word",
        "IMG-001",
        lambda d: png(Image.open(BytesIO(d)), {"Comment": "Steps: 1"}),
    ),
    (
        "text-of-another",
        "files carry the text of another picture",
        "INFO-011",
        lambda d: with_infotext(d, lambda t: t.replace("cat", "dog").replace("Seed: ", "Seed: 9")),
    ),
    (
        "text-cut",
        "the text in files is cut off",
        "INFO-011",
        lambda d: with_infotext(d, lambda text: text[:40]),
    ),
    (
        "text-joined",
        "the text in files has lost its lines",
        "INFO-011",
        lambda d: with_infotext(d, lambda text: text.replace("\n", " ")),
    ),
]

for _name, _words, _id, _change in _FILES:
    broken(f"pictures/{_name}", _words, convicted_by=[_id])(partial(rewrite_images, edit=_change))


def _images(edit: Edit) -> Edit:
    return lambda answer: answer | {"images": edit(answer["images"])}


def _without(key: str) -> Edit:
    return lambda answer: {name: value for name, value in answer.items() if name != key}


_LISTS: list[tuple[str, str, str, Edit]] = [
    ("missing", "the answer has no images", "TXT2IMG-001", _without("images")),
    ("null", "images is null", "TXT2IMG-001", _images(lambda _: None)),
    ("one-text", "images is one text", "TXT2IMG-001", _images(lambda images: images[0])),
    ("objects", "images are objects", "TXT2IMG-001", _images(lambda x: [{"data": i} for i in x])),
    ("none", "images is empty", "TXT2IMG-003", _images(lambda _: [])),
    ("one-more", "an image comes twice at the end", "TXT2IMG-003", _images(lambda i: i + i[-1:])),
    ("first-only", "only the first image comes", "TXT2IMG-018", _images(lambda i: i[:1])),
    ("wrapped", "the answer comes in an object", "TXT2IMG-001", lambda answer: {"data": answer}),
    ("array", "the answer is an array", "TXT2IMG-001", lambda answer: [answer]),
]

for _name, _words, _id, _edit in _LISTS:
    broken(f"pictures/images-{_name}", _words, convicted_by=[_id])(
        partial(rewrite_generation, edit=_edit)
    )
