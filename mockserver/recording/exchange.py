"""Exchanges: one request and its answer as JSON that a person can read, and as HAR."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mockserver.core.json_values import json_or_none
from mockserver.fixtures.check import check_set
from mockserver.fixtures.fixture_set import FILE, JSON_TEXT, restored
from mockserver.journal.call import Call, Message
from mockserver.journal.har import as_har
from mockserver.redaction.pictures import is_picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


PICTURES = "pictures"
_SHORTEST = 64
_EXTENSIONS = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"GIF8", "gif"), (b"RIFF", "webp"))


def decoded_picture(text: str) -> tuple[str, bytes] | None:
    """Prefix and bytes of a picture in base64; None where `text` is none to the letter.

    Args:
        text: base64, with or without the start of a data URI.
    """
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
        """A JSON value with its pictures in files, and JSON texts opened.

        Args:
            value: any JSON value.
        """
        if isinstance(value, dict):
            return {key: self.taken_out(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.taken_out(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def keep(self, data: bytes) -> str:
        """Keep one picture; gives its file.

        Args:
            data: the picture's file.
        """
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
    """The JSON object that a text holds in Python's default form; None for any other text.

    Args:
        text: any.
    """
    if not text.startswith("{"):
        return None
    value = json_or_none(text)
    return value if isinstance(value, dict) and json.dumps(value) == text else None


_EXCHANGES = "exchanges/"
_ADDRESS = "http://host.invalid"


def har_of_recording(folder: Path, limit: int) -> tuple[dict[str, Any], int]:
    """A HAR document of a recording's exchanges, and how many did not fit.

    A recording keeps no times: all begin on the day on which it was taken.

    Args:
        folder: written by ``sdapi-mock record``.
        limit: bytes that all bodies together may take.

    Raises:
        FixtureError: the set is not whole.
    """
    manifest = check_set(folder)
    names = [name for name in manifest["files"] if name.startswith(_EXCHANGES)]
    started = datetime.fromisoformat(manifest.get("taken", "1970-01-01")).replace(tzinfo=UTC)
    calls: list[Call] = []
    for number, name in enumerate(names, 1):
        call = _call(folder, name, number, started.timestamp())
        limit -= call.size
        if limit < 0:
            break
        calls.append(call)
    return as_har(calls, _ADDRESS), len(names) - len(calls)


def _call(folder: Path, name: str, number: int, started: float) -> Call:
    kept = json.loads((folder / name).read_text(encoding="utf-8"))

    def read(file: str) -> bytes:
        return (folder / file).read_bytes()

    asked, answered = kept["request"], kept["response"]
    path, _, query = asked["path"].partition("?")
    sent, got = _message(asked, read), _message(answered, read)
    method, status = asked["method"], answered["status"]
    return Call(number, method, path, query, sent, status, got, started, 0.0)


def _message(kept: dict[str, Any], read: Callable[[str], bytes]) -> Message:
    body = b""
    if "json" in kept:
        body = json.dumps(restored(kept["json"], read), separators=(",", ":")).encode()
    elif "text" in kept:
        body = kept["text"].encode()
    length = kept.get("omitted", len(body))
    return Message(tuple(kept["headers"].items()), body, "omitted" in kept, length)
