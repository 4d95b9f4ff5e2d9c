"""HAR out of a recording: its exchanges as they went over the wire, redacted as they are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mockserver.fixtureset.check import check_set
from mockserver.journal.call import Call, Message
from mockserver.journal.har import as_har
from mockserver.recording.exchange import restored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
