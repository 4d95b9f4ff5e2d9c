"""Base64 inside texts: pictures, data URIs, encoded texts."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from mockserver.recording.redaction.pictures import is_picture

#: Shorter texts are words, hashes or numbers; a known secret among them is found as it stands.
_SHORTEST = 16
_DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)
_ALPHABET = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
#: Base64 in the middle of a text.
EMBEDDED = re.compile(
    rf"{_DATA_URI.pattern}[A-Za-z0-9+/]{{16,}}={{0,2}}|(?<![\w+/])[A-Za-z0-9+/]{{24,}}={{0,2}}(?![\w+/=])",
    re.IGNORECASE,
)
_HEX = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True)
class EncodedText:
    """A text that is base64, maybe behind the head of a data URI.

    Attributes:
        head: ``data:image/png;base64,``, or nothing.
        data: what is encoded.
    """

    head: str
    data: bytes
    original: str

    @classmethod
    def read(cls, text: str) -> EncodedText | None:
        """What `text` encodes; None where it is no base64 of a picture or a text."""
        found = _DATA_URI.match(text)
        head = found[0] if found else ""
        rest = text[len(head) :]
        if len(rest) < _SHORTEST or not _ALPHABET.fullmatch(rest) or _HEX.fullmatch(rest):
            return None
        try:
            data = b64decode(rest)
        except (binascii.Error, ValueError):
            return None
        made = cls(head, data, text)
        return made if head or made.is_picture or made.text is not None else None

    @property
    def is_picture(self) -> bool:
        """Whether a picture's file is encoded."""
        return is_picture(self.data)

    @property
    def text(self) -> str | None:
        """The text that is encoded; None where that is no printable text."""
        try:
            text = self.data.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return (
            text
            if text.replace("\n", "").replace("\t", "").replace("\r", "").isprintable()
            else None
        )

    def changed(self, data: bytes) -> str:
        """The same with other data; the original to the letter where they are the same."""
        if data == self.data:
            return self.original
        return self.head + b64encode(data).decode("ascii")
