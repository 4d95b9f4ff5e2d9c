"""Values of a request as KoboldCpp's Python takes them; what trips it raises `Crash`.

Source: koboldcpp.py, tryparseint, tryparsefloat and strip_base64_prefix, at v1.111; recorded:
t2i-field/*.
"""

from __future__ import annotations

import math
from typing import Any

from mockserver.webui.hazards import hazard

#: Prompts are cut here.
_LONGEST_PROMPT = 800
_ASCII = 0x80


@hazard
def whole(value: Any, fallback: int) -> int:
    """An integer of a number or of text; `fallback` for null and for text that is none.

    Raises:
        Crash: a list or an object, an infinite number.
    """
    if value is None:
        return fallback
    try:
        return int(value)
    except ValueError:
        return fallback


@hazard
def real(value: Any, fallback: float) -> float:
    """A number, likewise; `fallback` for NaN too."""
    if value is None:
        return fallback
    try:
        found = float(value)
    except ValueError:
        return fallback
    return fallback if math.isnan(found) else found


@hazard
def lowered(value: Any, default: str) -> str:
    """A name in lower case; `default` for one that is empty or null.

    Raises:
        Crash: no text.
    """
    text: str = (value or default).lower()
    return _passed(text)


@hazard
def prompt(value: Any) -> str:
    """A prompt's ASCII characters, 800 of them at most; recorded: t2i-prompt/*.

    Raises:
        Crash: no text.
    """
    kept = bytes(byte for byte in _passed(value).encode() if byte < _ASCII)
    return kept.decode()[:_LONGEST_PROMPT]


@hazard
def first(values: Any) -> Any:
    """The first of several; None without any. Of a text it is the first character.

    Raises:
        Crash: neither null nor anything with a first one.
    """
    return values[0] if values and len(values) else None


@hazard
def members(values: Any) -> list[Any]:
    """All of several, of a text its characters.

    Raises:
        Crash: a number, a flag or null.
    """
    return list(values)


@hazard
def picture(value: Any) -> str:
    """A picture's base64 without the start of a data URI; "" for none.

    Raises:
        Crash: no text.
    """
    if not value:
        return ""
    text: str = value.partition(",")[2] if value.startswith("data:image") else value
    return _passed(text)


@hazard
def plain_picture(value: Any) -> str:
    """A picture's base64 as it was given; recorded: extras/data-uri.

    Raises:
        Crash: no text.
    """
    return _passed(value)


def _passed(text: Any) -> str:
    """A text on its way into C: it ends at its first NUL, and lone surrogates trip it."""
    raw: bytes = text.encode("UTF-8")
    return raw.partition(b"\0")[0].decode()
