"""Small copies of the pictures of an exchange, for reports."""

from __future__ import annotations

import warnings
from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

from conformance.client.base64text import read_base64
from conformance.client.jsontext import parse_json
from conformance.client.picture_digest import picture_digest
from conformance.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.client.exchange import Exchange

#: Longest edge in pixels.
EDGE = 128
# A PNG of more bytes is stored as a JPEG.
_SMALL = 6000
_SHORTEST_PICTURE = 90
# A report need not open what could fill the memory.
_MOST_PIXELS = 50_000_000


@dataclass(frozen=True)
class Thumbnail:
    """A small copy of a picture.

    Args:
        place: where the picture stood, as in ``answer images[0]``.
        digest: format, size, bytes and sha256 of the picture itself.
        data: the copy, as a data URI of at most 128 pixels an edge.
    """

    place: str
    digest: str
    data: str


def thumbnails(exchange: Exchange, most: int) -> tuple[Thumbnail, ...]:
    """At most so many pictures of an exchange, those of the answer first.

    What cannot be opened is left out: the digest in the text tells of it.
    """
    found: list[Thumbnail] = []
    for place, text in _texts(exchange):
        if len(found) == most:
            break
        made = _thumbnail(place, text)
        if made is not None:
            found.append(made)
    return tuple(found)


def _texts(exchange: Exchange) -> Iterator[tuple[str, str]]:
    for side, body in (("answer", exchange.body), ("request", exchange.request_body)):
        try:
            value = parse_json((body or b"null").decode("utf-8"))
            yield from _walk(side, "", value)
        # What is no JSON, or nested too deeply to be walked through, has no pictures to show.
        except (ValueError, RecursionError):
            continue


def _walk(side: str, path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if len(value) >= _SHORTEST_PICTURE:
            yield f"{side} {path}".rstrip(), value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _walk(side, f"{path}.{name}" if path else name, item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _walk(side, f"{path}[{number}]", item)


def _thumbnail(place: str, text: str) -> Thumbnail | None:
    try:
        data = read_base64(text).data
    except ImageError:
        return None
    copy = _copy(data)
    return None if copy is None else Thumbnail(place, picture_digest(data), copy)


def _copy(data: bytes) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(data)) as image:
                if image.width * image.height > _MOST_PIXELS:
                    return None
                small = image.convert("RGBA" if image.has_transparency_data else "RGB")
        small.thumbnail((EDGE, EDGE))
        return _data_uri(small)
    # Pillow raises a dozen kinds of error for what is no whole picture.
    except Exception:  # noqa: BLE001 - any failure to read it has the same meaning here
        return None


def _data_uri(image: Image.Image) -> str:
    stored = _stored(image, "PNG", optimize=True)
    if len(stored) <= _SMALL:
        return f"data:image/png;base64,{b64encode(stored).decode()}"
    stored = _stored(image.convert("RGB"), "JPEG", quality=80)
    return f"data:image/jpeg;base64,{b64encode(stored).decode()}"


def _stored(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
