"""JSON as nlohmann::json 3.11 reads and writes it, with its words for what it refuses."""

from __future__ import annotations

import json
import math
from typing import Any

from mockserver.backends.cpp_common.drawing import as_int, shortest, single
from mockserver.backends.sdcpp.nlohmann.lexer import Lexer, Token

_PLAIN = (Token.TRUE, Token.FALSE, Token.NULL, Token.TEXT, Token.NUMBER)
#: Deeper texts are refused here; the real parser has no limit, Python's stack has.
_DEEPEST = 400


class JsonError(Exception):
    """A text or value that nlohmann::json refuses; its text is the exception's."""


def parse(raw: bytes) -> Any:
    """The value of a JSON text.

    Args:
        raw: the bytes of the request's body.

    Raises:
        JsonError: parse_error.101 or out_of_range.406.
    """
    parser = _Parser(Lexer(raw))
    return parser.whole()


class _Parser:
    def __init__(self, lexer: Lexer) -> None:
        self._lexer = lexer
        self._token = lexer.next()
        self._depth = 0

    def whole(self) -> Any:
        found = self._value()
        self._next()
        if self._token is not Token.END:
            raise self._error("value", Token.END)
        return found

    def _next(self) -> Token:
        self._token = self._lexer.next()
        return self._token

    def _error(self, context: str, expected: Token | None = None) -> JsonError:
        lexer, token = self._lexer, self._token
        text = f"syntax error while parsing {context} - "
        if token is Token.FAULT:
            text += f"{lexer.problem}; last read: '{lexer.read()}'"
        else:
            text += f"unexpected {token.value}"
        if expected is not None:
            text += f"; expected {expected.value}"
        return self._placed(text)

    def _placed(self, text: str) -> JsonError:
        at = f"line {self._lexer.line}, column {self._lexer.column}"
        return JsonError(f"[json.exception.parse_error.101] parse error at {at}: {text}")

    def _value(self) -> Any:
        token = self._token
        if token in _PLAIN:
            return self._plain()
        if token is Token.END and self._lexer.nothing_read:
            raise self._placed(
                "attempting to parse an empty input; check that your input string or stream "
                "contains the expected JSON"
            )
        if token not in (Token.OPEN_ARRAY, Token.OPEN_OBJECT) or self._depth >= _DEEPEST:
            raise self._error("value", None if token is Token.FAULT else Token.VALUE)
        self._depth += 1
        found = self._array() if token is Token.OPEN_ARRAY else self._object()
        self._depth -= 1
        return found

    def _plain(self) -> Any:
        value = self._lexer.value
        if isinstance(value, float) and math.isinf(value):
            text = f"number overflow parsing '{self._lexer.read()}'"
            raise JsonError(f"[json.exception.out_of_range.406] {text}")
        return value

    def _array(self) -> list[Any]:
        found: list[Any] = []
        if self._next() is Token.CLOSE_ARRAY:
            return found
        while True:
            found.append(self._value())
            following = self._next()
            if following is Token.CLOSE_ARRAY:
                return found
            if following is not Token.COMMA:
                raise self._error("array", Token.CLOSE_ARRAY)
            self._next()

    def _object(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first = self._next()
        if first is Token.CLOSE_OBJECT:
            return found
        while True:
            if first is not Token.TEXT:
                raise self._error("object key", Token.TEXT)
            key = self._lexer.value
            if self._next() is not Token.COLON:
                raise self._error("object separator", Token.COLON)
            self._next()
            found[key] = self._value()
            following = self._next()
            if following is Token.CLOSE_OBJECT:
                return found
            if following is not Token.COMMA:
                raise self._error("object", Token.CLOSE_OBJECT)
            first = self._next()


def kind(value: Any) -> str:
    """What messages call a value's type.

    Args:
        value: any.
    """
    names = {type(None): "null", bool: "boolean", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "number")


def _mismatch(expected: str, value: Any) -> JsonError:
    text = f"type must be {expected}, but is {kind(value)}"
    return JsonError(f"[json.exception.type_error.302] {text}")


def as_text(value: Any) -> str:
    """A value that must be a string.

    Args:
        value: as the request has it, of whatever type.

    Raises:
        JsonError: type_error.302.
    """
    if not isinstance(value, str):
        raise _mismatch("string", value)
    return value


def as_number(value: Any) -> float:
    """A value that must be a number, or a boolean.

    Args:
        value: as the request has it, of whatever type.

    Raises:
        JsonError: type_error.302.
    """
    if not isinstance(value, int | float):
        raise _mismatch("number", value)
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
            text = f"cannot use value() with {kind(self.body)}"
            raise JsonError(f"[json.exception.type_error.306] {text}")
        return self.body.get(name, default)

    def text(self, name: str, default: str) -> str:
        """A string.

        Args:
            name: of the field.
            default: what stands for a name that is missing.

        Raises:
            JsonError: type_error.302, or 306 for a body that is no object; the others likewise.
        """
        return as_text(self._get(name, default))

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean; numbers are none.

        Args:
            name: of the field.
            default: what stands for a name that is missing.
        """
        found = self._get(name, default)
        if not isinstance(found, bool):
            raise _mismatch("boolean", found)
        return found

    def whole(self, name: str, default: int) -> int:
        """A 32-bit integer, of any number or boolean.

        Args:
            name: of the field.
            default: what stands for a name that is missing.
        """
        return as_int(self._number(name, default))

    def single(self, name: str, default: float) -> float:
        """A 32-bit float, of any number or boolean.

        Args:
            name: of the field.
            default: what stands for a name that is missing.
        """
        return single(self._number(name, default))

    def _number(self, name: str, default: float) -> float:
        return as_number(self._get(name, default))


def dump(value: Any) -> str:
    """The text of a value; infinities and NaN become null.

    Args:
        value: any.
    """
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(k)}:{dump(v)}" for k, v in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    if isinstance(value, float):
        return shortest(value)
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
