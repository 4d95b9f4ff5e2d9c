"""How single values are coerced: the rules of pydantic 2.8 in its lax mode."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from mockserver.pydantic_compat.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable


_INTEGER = re.compile(r"[+-]?[0-9]+(_[0-9]+)*(\.0+)?")
_LONGEST_INTEGER = 4_300
#: Larger floats are no integers.
_LARGEST_FLOAT = 2.0**63
TOO_LONG = "Unable to parse input string as an integer, exceeded maximum size"
_WORDS = {
    **dict.fromkeys((0, "0", "off", "f", "false", "n", "no"), False),
    **dict.fromkeys((1, "1", "on", "t", "true", "y", "yes"), True),
}


def beyond(number: float) -> bool:
    """Whether a number is beyond 64 bits.

    Args:
        number: any number.
    """
    return not -_LARGEST_FLOAT <= number < _LARGEST_FLOAT


def to_int(value: Any) -> int:
    """An integer: from whole floats, booleans and text that holds a whole number.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: the value is none of these.
    """
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _whole(value)
    if not isinstance(value, str):
        raise ValidationError("Input should be a valid integer", "int_type")
    if len(value) > _LONGEST_INTEGER:
        raise ValidationError(TOO_LONG, "int_parsing_size")
    if not _INTEGER.fullmatch(value.strip()):
        text = "Input should be a valid integer, unable to parse string as an integer"
        raise ValidationError(text, "int_parsing")
    return int(value.strip().partition(".")[0])


def _whole(value: float) -> int:
    if not math.isfinite(value):
        raise ValidationError("Input should be a finite number", "finite_number")
    if value != int(value):
        text = "Input should be a valid integer, got a number with a fractional part"
        raise ValidationError(text, "int_from_float")
    if beyond(value):
        raise ValidationError(TOO_LONG, "int_parsing_size")
    return int(value)


def to_float(value: Any) -> float:
    """A float: from integers, booleans and text that holds a number.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: the value is none of these, or beyond the floats.
    """
    if not isinstance(value, int | float | str):
        raise ValidationError("Input should be a valid number", "float_type")
    try:
        return float(value.encode("ascii") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        text = "Input should be a valid number, unable to parse string as a number"
        raise ValidationError(text, "float_parsing") from None


def to_bool(value: Any) -> bool:
    """A boolean: 1 and 0, and the words on/off, yes/no, t/f, y/n in any case.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: the value is none of these.
    """
    fraction = isinstance(value, float) and not value.is_integer()
    large = isinstance(value, int | float) and beyond(value)
    if fraction or large or not isinstance(value, int | float | str):
        raise ValidationError("Input should be a valid boolean", "bool_type")
    plain = value.lower() if isinstance(value, str) else value
    if plain not in _WORDS:
        text = "Input should be a valid boolean, unable to interpret input"
        raise ValidationError(text, "bool_parsing")
    return _WORDS[plain]


def to_str(value: Any) -> str:
    """Text, and nothing else.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: the value is no text.
    """
    if not isinstance(value, str):
        raise ValidationError("Input should be a valid string", "string_type")
    return value


def to_nothing(value: Any) -> None:
    """Null.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: anything else.
    """
    if value is not None:
        raise ValidationError("Input should be None", "none_required")


def only_dict(value: Any) -> dict[Any, Any]:
    """An object; lists of pairs are none.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: anything else.
    """
    if not isinstance(value, dict):
        raise ValidationError("Input should be a valid dictionary", "dict_type")
    return value


def only_model(value: Any) -> dict[Any, Any]:
    """An object that holds the fields of a model.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: anything else.
    """
    if not isinstance(value, dict):
        text = "Input should be a valid dictionary or object to extract fields from"
        raise ValidationError(text, "model_attributes_type")
    return value


#: OpenAPI's scalar types and how each is coerced.
COERCIONS: dict[str, Callable[[Any], Any]] = {
    "integer": to_int,
    "number": to_float,
    "boolean": to_bool,
    "string": to_str,
    "null": to_nothing,
}
