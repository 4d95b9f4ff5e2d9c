"""Numbers of 32 bits, and the texts that C++ makes of numbers."""

from __future__ import annotations

import math
import struct
from decimal import Decimal

_HALF = 1 << 31
#: From this many digits before the point on, nlohmann::json writes an exponent.
_MOST_DIGITS = 15
_FEWEST_DIGITS = -4


def single(number: float) -> float:
    """The nearest 32-bit float, as Python's float; too large ones are infinite."""
    try:
        found: float = struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
    return found


def as_int(number: float) -> int:
    """A number cast to a 32-bit integer: fractions are cut, large ones wrap; 0 for no number."""
    if not math.isfinite(number):
        return 0
    return (int(number) + _HALF) % (2 * _HALF) - _HALF


def fixed(number: float) -> str:
    """A number as ``std::to_string`` writes it: six digits after the point."""
    return f"{number:.6f}"


def general(number: float, digits: int) -> str:
    """A number as a stream writes it with `digits` significant digits."""
    return f"{number:.{digits}g}"


def shortest(number: float) -> str:
    """A number as nlohmann::json writes it: the fewest digits that give it back.

    Source: nlohmann/detail/conversions/to_chars.hpp, format_buffer.
    """
    if not math.isfinite(number):
        return "null"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent) if number else 1
    return ("-" if sign else "") + _placed(text, point)


def _placed(digits: str, point: int) -> str:
    """Digits with a point after so many of them."""
    if len(digits) <= point <= _MOST_DIGITS:
        return f"{digits}{'0' * (point - len(digits))}.0"
    if 0 < point <= _MOST_DIGITS:
        return f"{digits[:point]}.{digits[point:]}"
    if _FEWEST_DIGITS < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    sign = "-" if point < 1 else "+"
    return f"{digits[0]}{fraction}e{sign}{abs(point - 1):02d}"
