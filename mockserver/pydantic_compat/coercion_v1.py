"""How single values are coerced: the rules of pydantic 1.10, validators.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError
from mockserver.pydantic_compat.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable


#: Longer strings are no integers, whatever they hold.
_LONGEST_INTEGER = 4_300
_FALSE = {0, "0", "off", "f", "false", "n", "no"}
_TRUE = {1, "1", "on", "t", "true", "y", "yes"}


def to_int(value: Any) -> int:
    """An integer: from floats by truncation, from text as Python's int() reads it.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: the value is no integer; infinities and NaN are none either.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    problem = ValidationError("value is not a valid integer", "type_error.integer")
    if isinstance(value, str | bytes) and len(value) > _LONGEST_INTEGER:
        raise problem
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise problem from None


def to_nothing(value: Any) -> None:
    """Null, where a field's only type is NoneType.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: anything else.
    """
    if value is not None:
        raise ValidationError("value is not None", "type_error.not_none")


def to_float(value: Any) -> float:
    """A float, also ``inf`` and ``nan``, from numbers and text as Python's float() reads it.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: the value is no number.
        ServerError: an integer beyond the floats; pydantic lets that OverflowError out.
    """
    if isinstance(value, float):
        return value
    try:
        return float(value)
    except OverflowError as error:
        raise ServerError("OverflowError", "int too large to convert to float") from error
    except (TypeError, ValueError):
        raise ValidationError("value is not a valid float", "type_error.float") from None


def to_bool(value: Any) -> bool:
    """A boolean: true and false, 1 and 0, and the words on/off, yes/no, t/f, y/n in any case.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: the value is none of these.
    """
    if isinstance(value, bool):
        return value
    plain = value.decode() if isinstance(value, bytes) else value
    plain = plain.lower() if isinstance(plain, str) else plain
    problem = ValidationError("value could not be parsed to a boolean", "type_error.bool")
    try:
        if plain in _TRUE:
            return True
        if plain in _FALSE:
            return False
    except TypeError:
        raise problem from None
    raise problem


def to_str(value: Any) -> str:
    """Text: from numbers and booleans as Python writes them.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: the value is neither text nor a number.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, bytes):
        return value.decode()
    raise ValidationError("str type expected", "type_error.str")


#: OpenAPI's scalar types and how each is coerced.
COERCIONS: dict[str, Callable[[Any], Any]] = {
    "integer": to_int,
    "number": to_float,
    "boolean": to_bool,
    "string": to_str,
    "null": to_nothing,
}
