"""Values of a request as KoboldCpp's Python takes them; what makes it fail raises `ServerError`.

Source: koboldcpp.py, tryparseint, tryparsefloat and strip_base64_prefix, at v1.111; recorded:
t2i-field/*.
"""

from __future__ import annotations

import math
import operator
from typing import Any

from mockserver.core.errors import raises_upstream

#: Texts that stand for numbers. Source: koboldcpp.py, tryparseint and tryparsefloat.
_FLAGS = {"true": 1, "false": 0}
#: Prompts are cut here.
_LONGEST_PROMPT = 800
_ASCII = 0x80


@raises_upstream
def whole(value: Any, fallback: int) -> int:
    """An integer of a number or of text; `fallback` for null and for text that is none.

    Args:
        value: as the request has it, of whatever type.
        fallback: what stands for a value that is missing.

    Raises:
        ServerError: a list or an object, an infinite number.
    """
    if value is None:
        return fallback
    try:
        return int(_numeric(value))
    except ValueError:
        return fallback


@raises_upstream
def real(value: Any, fallback: float) -> float:
    """A number, likewise; `fallback` for NaN too.

    Args:
        value: as the request has it, of whatever type.
        fallback: what stands for a value that is missing.
    """
    if value is None:
        return fallback
    try:
        found = float(_numeric(value))
    except ValueError:
        return fallback
    return fallback if math.isnan(found) else found


def _numeric(value: Any) -> Any:
    """The number that a truth value written as text stands for; every other value as it is."""
    return _FLAGS.get(value.strip().lower(), value) if isinstance(value, str) else value


@raises_upstream
def integer(value: Any) -> int:
    """An integer on its way into C.

    Args:
        value: as the request has it, of whatever type.

    Raises:
        ServerError: a text, a fraction, null, a list or an object.
    """
    return operator.index(value)


@raises_upstream
def member(holder: Any, name: str, fallback: Any) -> Any:
    """A member of an object; `fallback` where it has none of that name.

    Args:
        holder: the object, or whatever stands in its place.
        name: of the member.
        fallback: what stands for a value that is missing.

    Raises:
        ServerError: no object.
    """
    return holder.get(name, fallback)


@raises_upstream
def given(value: Any, default: str) -> str:
    """A name as it was sent; `default` for one that is empty or null.

    Args:
        value: the name, of whatever type.
        default: what stands for a name that is missing.

    Raises:
        ServerError: no text.
    """
    text: str = value or default
    return _passed(text)


@raises_upstream
def lowered(value: Any, default: str) -> str:
    """A name in lower case; `default` for one that is empty or null.

    Args:
        value: as the request has it, of whatever type.
        default: what stands for a name that is missing.

    Raises:
        ServerError: no text.
    """
    text: str = (value or default).lower()
    return _passed(text)


@raises_upstream
def prompt(value: Any) -> str:
    """A prompt as it was sent; recorded: t2i-prompt/rtl of 1.115.1.

    Args:
        value: as the request has it, of whatever type.

    Raises:
        ServerError: no text.
    """
    return _passed(value)


@raises_upstream
def plain_prompt(value: Any) -> str:
    """A prompt's ASCII characters, 800 of them at most; recorded: t2i-prompt/* of 1.111.

    Args:
        value: as the request has it, of whatever type.

    Raises:
        ServerError: no text.
    """
    kept = bytes(byte for byte in _passed(value).encode() if byte < _ASCII)
    return kept.decode()[:_LONGEST_PROMPT]


@raises_upstream
def first(values: Any) -> Any:
    """The first of several; None without any. Of a text it is the first character.

    Args:
        values: a list, or a text.

    Raises:
        ServerError: neither null nor anything with a first one.
    """
    return values[0] if values and len(values) else None


@raises_upstream
def members(values: Any) -> list[Any]:
    """All of several, of a text its characters.

    Args:
        values: a list, or a text.

    Raises:
        ServerError: a number, a flag or null.
    """
    return list(values)


@raises_upstream
def pictures(values: Any) -> list[str]:
    """Several pictures' base64, likewise; those that are empty or null are left out.

    Args:
        values: a list, or a text.

    Raises:
        ServerError: a number or a flag instead of several, or one of them is no text.
    """
    kept = [value for value in values or () if value not in (None, "")]
    return [picture(value) for value in kept]


@raises_upstream
def picture(value: Any) -> str:
    """A picture's base64 without the start of a data URI; "" for none.

    Args:
        value: as the request has it, of whatever type.

    Raises:
        ServerError: no text.
    """
    if not value:
        return ""
    text: str = value.partition(",")[2] if value.startswith("data:image") else value
    return _passed(text)


@raises_upstream
def plain_picture(value: Any) -> str:
    """A picture's base64 as it was given; recorded: extras/data-uri.

    Args:
        value: as the request has it, of whatever type.

    Raises:
        ServerError: no text.
    """
    return _passed(value)


def _passed(text: Any) -> str:
    """A text on its way into C: it ends at its first NUL, and lone surrogates trip it."""
    raw: bytes = text.encode("UTF-8")
    return raw.partition(b"\0")[0].decode()
