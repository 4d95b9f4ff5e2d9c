"""Base64 as servers and their clients write it, and how far that is from RFC 4648."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from enum import StrEnum

from conformance.errors import ImageError

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
