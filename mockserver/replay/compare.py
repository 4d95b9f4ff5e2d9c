"""Differences between a recorded answer and another one, sorted by how deep they go."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mockserver.fixtures.recording import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.fixtures.recording import Answer, Step


_ALWAYS = (r"/job_timestamp$", r"/app_id$", r"/eta_relative$", r"/pixels$")
_MEMORY = (r"^/(ram|cuda)/",)
_IDLE = (r"^/state/(job_no|sampling_steps?|skipped|interrupted)$",)
_TASKS = (
    r"/(created_at|updated_at|priority)$",
    r"/tasks/\d+/id$",
    r"/result/\$json/images/\d+$",
    r"^/current_task_id$",
)
#: What a prompt template comes to, which Dynamic Prompts chooses by the seed.
_CHOSEN = (
    r"/(prompt|all_prompts/\d+|negative_prompt|all_negative_prompts/\d+|infotexts/\d+|parameters)$"
)
_SUBSEEDS = (r"/(subseed|all_subseeds/\d+)$",)
_SEEDS = (r"/(seed|all_seeds/\d+)$",)
_MASKS = {
    "seed": re.compile(
        r"(?<!Variation )(?<![\w])Seed: \d+"
        # stable-diffusion.cpp has JSON inside its texts, with quotes escaped once or twice.
        r"|(?<=seed)\\*\":\d+"
        r"|(?<=all_seeds)\\*\":\[[\d,]*\]"
    ),
    "subseed": re.compile(r"Variation seed: \d+"),
}


def _unset(body: Any, key: str) -> bool:
    """Whether a seed is left to the server, as it is by text that is no number (KoboldCpp)."""
    if not isinstance(body, dict):
        return True
    given = body.get(key, -1)
    if isinstance(given, str):
        return not given.strip().isdecimal()
    return given in (-1, None)


def _has_template(body: Any) -> bool:
    fields = body if isinstance(body, dict) else {}
    prompts = [fields.get(key) for key in ("prompt", "negative_prompt")]
    return any(isinstance(prompt, str) and "{" in prompt for prompt in prompts)


class Volatile:
    """The volatile places of one step's answer.

    Args:
        step: the recorded step; its request says which seeds were left to the server.
    """

    def __init__(self, step: Step) -> None:
        body = step.json
        patterns = list(_ALWAYS)
        self._masks: list[re.Pattern[str]] = []
        if step.route.endswith("/memory"):
            patterns += _MEMORY
        if step.route.endswith("/progress"):
            patterns += _IDLE
        if step.route.startswith("/agent-scheduler/"):
            patterns += _TASKS
        if _unset(body, "subseed"):
            patterns += _SUBSEEDS
            self._masks.append(_MASKS["subseed"])
        if _unset(body, "seed") and not _names_seed(body, step.answer.body):
            patterns += _SEEDS
            self._masks.append(_MASKS["seed"])
            if _has_template(body):
                patterns.append(_CHOSEN)
        self._places = re.compile("|".join(patterns))

    def ignores(self, place: str) -> bool:
        """Whether the value at JSON pointer `place` may differ (its type may not).

        Args:
            place: JSON pointer.
        """
        return self._places.search(place) is not None

    def mask(self, text: str) -> str:
        """`text` with the volatile parts of an infotext blanked.

        Args:
            text: an infotext.
        """
        for pattern in self._masks:
            text = pattern.sub("<seed>", text)
        return text


def _names_seed(body: Any, answer: Any) -> bool:
    """Whether the request's infotext names a seed, to a server that knows that field."""
    echo = answer.get("parameters") if isinstance(answer, dict) else None
    if not isinstance(body, dict) or (isinstance(echo, dict) and "infotext" not in echo):
        return False
    infotext = body.get("infotext")
    return isinstance(infotext, str) and "Seed:" in infotext


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
    """Differences between two JSON bodies in the reduced form of recordings.

    Args:
        expected: the recorded one.
        actual: the other one.
        volatile: what may differ.
        at: JSON pointer of both, default the root.
    """
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
    """All differences between a recorded answer and another, status first.

    Args:
        expected: the recorded one.
        actual: the other one.
        volatile: what may differ.
    """
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
