"""Tokens of a JSON text, with the faults that nlohmann::json 3.11 finds and its words for them.

Source: nlohmann/detail/input/lexer.hpp; recorded: sdcpp http/txt2img-malformed, json-form.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

_BOM = b"\xef\xbb\xbf"
_SPACE = frozenset(b" \t\n\r")
_DIGITS = frozenset(b"0123456789")
#: What a string or number begins with; only these two clear what was read before them.
_MARKED = _DIGITS | frozenset(b'"-')
_HEX = frozenset(b"0123456789abcdefABCDEF")
_ESCAPES = {ord(letter): meant for letter, meant in zip('"\\/bfnrt', '"\\/\b\f\n\r\t', strict=True)}
_CONTROLS = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL",
    "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI",
    "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB",
    "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
)  # fmt: skip
#: How a control character may be written besides its number.
_SHORT = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
_HIGH, _LOW, _AFTER = 0xD800, 0xDC00, 0xE000
_LITERALS = {
    ord("t"): (b"true", True),
    ord("f"): (b"false", False),
    ord("n"): (b"null", None),
}
_SIGNED, _UNSIGNED = -(2**63), 2**64


class Token(Enum):
    """Kinds of tokens, by the names that messages give them."""

    TRUE = "true literal"
    FALSE = "false literal"
    NULL = "null literal"
    TEXT = "string literal"
    NUMBER = "number literal"
    OPEN_ARRAY = "'['"
    OPEN_OBJECT = "'{'"
    CLOSE_ARRAY = "']'"
    CLOSE_OBJECT = "'}'"
    COLON = "':'"
    COMMA = "','"
    FAULT = "<parse error>"
    END = "end of input"
    VALUE = "'[', '{', or a literal"


_SIGNS = {ord(token.value[1]): token for token in Token if len(token.value) == len("'x'")}
_WORDS = {True: Token.TRUE, False: Token.FALSE, None: Token.NULL}


class _Fault(Exception):  # noqa: N818 - what is wrong with a text, caught two functions up
    """What is wrong at the current character."""


class Lexer:
    """Reads tokens one by one.

    Args:
        raw: the text's bytes.

    Attributes:
        value: of the last token.
        problem: of the last token, if it is a fault.
        line: number of the current line, from 1.
        column: how many bytes of it were read; the end of input counts as one.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = len(_BOM) if raw.startswith(_BOM) else 0
        self._start = 0
        self._line_start = 0
        self.value: Any = None
        self.problem = ""
        self.line = 1

    @property
    def column(self) -> int:
        """See the class."""
        return self._at - self._line_start

    @property
    def nothing_read(self) -> bool:
        """Whether the end came at once."""
        return self._at == 1

    def _get(self) -> int:
        """The next byte, -1 at the end of input."""
        found = self._raw[self._at] if self._at < len(self._raw) else -1
        self._at += 1
        if found == ord("\n"):
            self.line += 1
            self._line_start = self._at
        return found

    def _peek(self) -> int:
        return self._raw[self._at] if self._at < len(self._raw) else -1

    def next(self) -> Token:
        """The kind of the next token."""
        if self._at == 0 and self._raw[:1] == _BOM[:1]:
            self._at = 1 + (self._raw[1:2] == _BOM[1:2])
            return self._fault("invalid BOM; must be 0xEF 0xBB 0xBF if given")
        while self._peek() in _SPACE:
            self._get()
        if self._peek() in _MARKED:
            self._start = self._at
        try:
            return self._token(self._get())
        except _Fault as fault:
            return self._fault(str(fault))

    def _fault(self, problem: str) -> Token:
        self.problem = problem
        return Token.FAULT

    def read(self) -> str:
        """What was read since the last string or number began; control characters by number."""
        raw = self._raw[self._start : self._at]
        text = raw.decode(errors="replace")
        return "".join(f"<U+{ord(c):04X}>" if ord(c) < ord(" ") else c for c in text)

    def _token(self, first: int) -> Token:
        if first in (-1, 0):
            return Token.END
        if first in _SIGNS:
            return _SIGNS[first]
        if first in _LITERALS:
            return self._literal(*_LITERALS[first])
        if first == ord('"'):
            self.value = self._text()
            return Token.TEXT
        if first in _DIGITS or first == ord("-"):
            self.value = self._number(first)
            return Token.NUMBER
        raise _Fault("invalid literal")

    def _literal(self, word: bytes, value: bool | None) -> Token:
        for expected in word[1:]:
            if self._get() != expected:
                raise _Fault("invalid literal")
        self.value = value
        return _WORDS[value]

    def _text(self) -> str:
        """A string's text, after its opening quote."""
        parts = bytearray()
        while (byte := self._get()) != ord('"'):
            if byte < 0:
                raise _Fault("invalid string: missing closing quote")
            if byte < ord(" "):
                raise _Fault(_control(byte))
            if byte == ord("\\"):
                parts += self._escaped().encode()
            else:
                parts += self._encoded(byte)
        return parts.decode()

    def _encoded(self, first: int) -> bytes:
        """One character's UTF-8 bytes, of which the first was read."""
        found = bytes([first])
        while True:
            try:
                found.decode()
            except UnicodeDecodeError as error:
                whole = error.reason == "unexpected end of data"
                following = self._get() if whole else -1
                if following < 0:
                    raise _Fault("invalid string: ill-formed UTF-8 byte") from None
                found += bytes([following])
            else:
                return found

    def _escaped(self) -> str:
        letter = self._get()
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        if letter != ord("u"):
            raise _Fault("invalid string: forbidden character after backslash")
        code = self._four_digits()
        if _LOW <= code < _AFTER:
            raise _Fault("invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF")
        if not _HIGH <= code < _LOW:
            return chr(code)
        return chr(0x10000 + ((code - _HIGH) << 10) + self._low_half() - _LOW)

    def _four_digits(self) -> int:
        digits = bytearray()
        for _ in range(4):
            digit = self._get()
            if digit not in _HEX:
                raise _Fault("invalid string: '\\u' must be followed by 4 hex digits")
            digits.append(digit)
        return int(digits, 16)

    def _low_half(self) -> int:
        text = "invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF"
        if self._get() != ord("\\") or self._get() != ord("u"):
            raise _Fault(text)
        code = self._four_digits()
        if not _LOW <= code < _AFTER:
            raise _Fault(text)
        return code

    def _digits(self, wanted: str) -> None:
        """One digit at least, and all that follow."""
        if self._get() not in _DIGITS:
            raise _Fault(f"invalid number; expected {wanted}")
        while self._peek() in _DIGITS:
            self._get()

    def _number(self, first: int) -> int | float:
        if first == ord("-"):
            if self._peek() == ord("0"):
                self._get()
            else:
                self._digits("digit after '-'")
        elif first != ord("0"):
            while self._peek() in _DIGITS:
                self._get()
        whole = not self._fraction()
        text = self._raw[self._start : self._at]
        if whole and _SIGNED <= int(text) < _UNSIGNED:
            return int(text)
        return float(text)

    def _fraction(self) -> bool:
        """Reads what makes a number a floating one; gives whether there was any."""
        found = False
        if self._peek() == ord("."):
            self._get()
            self._digits("digit after '.'")
            found = True
        if self._peek() in (ord("e"), ord("E")):
            self._get()
            if self._peek() in (ord("+"), ord("-")):
                self._get()
                self._digits("digit after exponent sign")
            else:
                self._digits("'+', '-', or digit after exponent")
            found = True
        return found


def _control(byte: int) -> str:
    also = f" or {_SHORT[byte]}" if byte in _SHORT else ""
    text = f"invalid string: control character U+{byte:04X} ({_CONTROLS[byte]})"
    return f"{text} must be escaped to \\u{byte:04X}{also}"
