"""Exchanges: one request and its answer as JSON that a person can read, pictures beside it.

A picture in base64 becomes ``{"$file": "pictures/txt2img-1.png"}`` (with ``prefix`` where it
was a data URI), JSON inside a text ``{"$json": ...}`` where it can be written back to the
letter. `restored` puts both back.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from mockserver.jsontext import json_or_none
from mockserver.recording.redaction.pictures import is_picture

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = "$file"
JSON_TEXT = "$json"
PICTURES = "pictures"
_SHORTEST = 64
_EXTENSIONS = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"GIF8", "gif"), (b"RIFF", "webp"))


def decoded_picture(text: str) -> tuple[str, bytes] | None:
    """Prefix and bytes of a picture in base64; None where `text` is none to the letter."""
    prefix, comma, rest = text.partition(",") if text.startswith("data:") else ("", "", text)
    if len(rest) < _SHORTEST:
        return None
    try:
        data = b64decode(rest, validate=True)
    except ValueError:
        return None
    same = is_picture(data) and b64encode(data).decode("ascii") == rest
    return (prefix + comma, data) if same else None


class Pictures:
    """Takes pictures out of the bodies of one exchange.

    Args:
        name: of the exchange; names the files.
        write: keeps a file, named below the set's folder.
    """

    def __init__(self, name: str, write: Callable[[str, bytes], None]) -> None:
        self._name = name
        self._write = write
        self._count = 0

    def taken_out(self, value: Any) -> Any:
        """A JSON value with its pictures in files, and JSON texts opened."""
        if isinstance(value, dict):
            return {key: self.taken_out(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.taken_out(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def keep(self, data: bytes) -> str:
        """Keep one picture; gives its file."""
        self._count += 1
        kinds = (extension for start, extension in _EXTENSIONS if data.startswith(start))
        file = f"{PICTURES}/{self._name}-{self._count}.{next(kinds, 'bin')}"
        self._write(file, data)
        return file

    def _text(self, text: str) -> Any:
        found = decoded_picture(text)
        if found:
            prefix, data = found
            return {FILE: self.keep(data), **({"prefix": prefix} if prefix else {})}
        inner = opened(text)
        return text if inner is None else {JSON_TEXT: self.taken_out(inner)}


def opened(text: str) -> Any:
    """The JSON object that a text holds in Python's default form; None for any other text."""
    if not text.startswith("{"):
        return None
    value = json_or_none(text)
    return value if isinstance(value, dict) and json.dumps(value) == text else None


def restored(value: Any, read: Callable[[str], bytes]) -> Any:
    """A kept JSON value as it was sent.

    Args:
        value: from `Pictures.taken_out`.
        read: gives a file's bytes.
    """
    if isinstance(value, list):
        return [restored(item, read) for item in value]
    if not isinstance(value, dict):
        return value
    if FILE in value:
        return value.get("prefix", "") + b64encode(read(value[FILE])).decode("ascii")
    if set(value) == {JSON_TEXT}:
        return json.dumps(restored(value[JSON_TEXT], read))
    return {key: restored(item, read) for key, item in value.items()}
