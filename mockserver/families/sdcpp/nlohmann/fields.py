"""Typed reads from a JSON object, as ``json::value(key, default)`` does them.

Source: nlohmann/json.hpp, value, and detail/conversions/from_json.hpp; recorded: t2i-field/*.
"""

from __future__ import annotations

from typing import Any

from mockserver.families._cpp.numbers import as_int, single
from mockserver.families.sdcpp.nlohmann.parser import JsonError


def kind(value: Any) -> str:
    """What messages call a value's type."""
    names = {type(None): "null", bool: "boolean", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "number")


def _mismatch(expected: str, value: Any) -> JsonError:
    words = f"type must be {expected}, but is {kind(value)}"
    return JsonError(f"[json.exception.type_error.302] {words}")


def as_text(value: Any) -> str:
    """A value that must be a string.

    Raises:
        JsonError: type_error.302.
    """
    if not isinstance(value, str):
        raise _mismatch("string", value)
    return value


class Fields:
    """An object's fields.

    Args:
        body: any JSON value; reading from one that is no object is an error.
    """

    def __init__(self, body: Any) -> None:
        self.body = body

    def _get(self, name: str, default: Any) -> Any:
        if not isinstance(self.body, dict):
            words = f"cannot use value() with {kind(self.body)}"
            raise JsonError(f"[json.exception.type_error.306] {words}")
        return self.body.get(name, default)

    def text(self, name: str, default: str) -> str:
        """A string.

        Raises:
            JsonError: type_error.302, or 306 for a body that is no object; the others likewise.
        """
        return as_text(self._get(name, default))

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean; numbers are none."""
        found = self._get(name, default)
        if not isinstance(found, bool):
            raise _mismatch("boolean", found)
        return found

    def whole(self, name: str, default: int) -> int:
        """A 32-bit integer, of any number or boolean."""
        return as_int(self._number(name, default))

    def single(self, name: str, default: float) -> float:
        """A 32-bit float, of any number or boolean."""
        return single(self._number(name, default))

    def _number(self, name: str, default: float) -> float:
        found = self._get(name, default)
        if not isinstance(found, int | float):
            raise _mismatch("number", found)
        return found
