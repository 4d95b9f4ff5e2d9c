"""Differences between a recorded answer and another one, sorted by how deep they go."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mockserver.fixtureset.recording import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.fixtureset.recording import Answer
    from mockserver.replay.volatile import Volatile


class Depth(IntEnum):
    """How deep a difference goes; a deeper one hides the shallower."""

    STATUS = 0
    SHAPE = 1
    VALUE = 2


@dataclass(frozen=True)
class Difference:
    """One place where two answers differ.

    Attributes:
        depth: status, shape (keys and types) or value.
        place: JSON pointer into the body, or the name of a header or ``status``.
        expected: what the recording has there.
        actual: what the other answer has there.
    """

    depth: Depth
    place: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.place}: recorded {self.expected}, got {self.actual}"


_LONGEST = 300


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def _kind(value: Any) -> str:
    return "null" if value is None else type(value).__name__


def _difference(depth: Depth, place: str, expected: Any, actual: Any) -> Difference:
    return Difference(depth, place or "/", _show(expected), _show(actual))


def _objects(
    expected: dict[str, Any], actual: dict[str, Any], at: str, volatile: Volatile
) -> Iterator[Difference]:
    gone = [k for k in expected if k not in actual]
    new = [k for k in actual if k not in expected]
    if gone or new:
        yield Difference(
            Depth.SHAPE, at or "/", f"keys {_show(gone)} more", f"keys {_show(new)} more"
        )
    elif list(expected) != list(actual):
        yield _difference(Depth.VALUE, f"{at} (order of keys)", list(expected), list(actual))
    for key, value in expected.items():
        if key in actual:
            yield from bodies(value, actual[key], volatile, f"{at}/{key}")


def bodies(expected: Any, actual: Any, volatile: Volatile, at: str = "") -> Iterator[Difference]:
    """Differences between two JSON bodies in the reduced form of recordings."""
    if _kind(expected) != _kind(actual):
        yield Difference(Depth.SHAPE, at or "/", _show(expected), _show(actual))
    elif isinstance(expected, dict):
        yield from _objects(expected, actual, at, volatile)
    elif isinstance(expected, list):
        if len(expected) != len(actual):
            yield Difference(
                Depth.SHAPE, at or "/", f"{len(expected)} items", f"{len(actual)} items"
            )
        for index, (a, b) in enumerate(zip(expected, actual, strict=False)):
            yield from bodies(a, b, volatile, f"{at}/{index}")
    elif expected != actual and not volatile.ignores(at):
        masked = isinstance(expected, str) and volatile.mask(expected) == volatile.mask(actual)
        if not masked:
            yield _difference(Depth.VALUE, at, expected, actual)


def _headers(expected: Answer, actual: Answer) -> Iterator[Difference]:
    for name, value in expected.headers.items():
        other = actual.headers.get(name)
        plain = _without_host if name == "location" else str
        if other is None or plain(other) != plain(value):
            yield _difference(Depth.VALUE, f"header {name}", value, other)


def _without_host(location: str) -> str:
    """An address without the host and port it was recorded on."""
    return urlsplit(location)._replace(scheme="", netloc="").geturl()


def answers(expected: Answer, actual: Answer, volatile: Volatile) -> list[Difference]:
    """All differences between a recorded answer and another, status first."""
    found: list[Difference] = []
    if expected.status != actual.status:
        found.append(_difference(Depth.STATUS, "status", expected.status, actual.status))
    if expected.is_json != actual.is_json:
        found.append(_difference(Depth.SHAPE, "JSON body", expected.is_json, actual.is_json))
    found += _headers(expected, actual)
    if expected.is_bytes:
        return sorted(found, key=lambda d: d.depth)
    if expected.has_process_time != actual.has_process_time:
        found.append(
            _difference(
                Depth.VALUE,
                "header x-process-time",
                expected.has_process_time,
                actual.has_process_time,
            )
        )
    if expected.body != LEFT_OUT:
        found += bodies(expected.body, actual.body, volatile)
    return sorted(found, key=lambda d: d.depth)
