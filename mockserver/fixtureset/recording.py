"""Recordings: cases of requests and answers taken from a real server, one JSON line each."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.errors import FixtureError
from mockserver.fixtureset import delta
from mockserver.fixtureset.picture_digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Stands for an answer's body in a compact recording: a base case and what differs from it.
LIKE = "$like"
#: A string that holds JSON text, written with Python's default separators.
JSON_TEXT = "$json"
#: Stands for a body that was too large to be kept; nothing can be said of it.
LEFT_OUT = {"omitted": True}
#: Stands for a body that is no text, and tells its size; such an answer's headers are not all kept.
BYTES = re.compile(r"<\d+ bytes>")
#: A picture reduced by `picture_digest.digest`.
PICTURE = "$picture"


@dataclass(frozen=True)
class Answer:
    """What the server answered.

    Attributes:
        status: HTTP status; None when the connection broke.
        headers: selected headers, names in lower case.
        has_process_time: whether X-Process-Time was there.
        body: JSON value, or text; None when there was none.
        is_json: whether the body was JSON.
    """

    status: int | None
    headers: dict[str, str]
    has_process_time: bool
    body: Any
    is_json: bool

    @property
    def is_bytes(self) -> bool:
        """Whether it was a file of which the recording keeps the size alone."""
        return isinstance(self.body, str) and BYTES.fullmatch(self.body) is not None


@dataclass(frozen=True)
class Step:
    """One request and its answer.

    Attributes:
        method: HTTP method.
        path: path with query.
        json: JSON body, when `has_json`.
        data: raw body or None.
        headers: headers beyond the client's own.
    """

    method: str
    path: str
    answer: Answer
    has_json: bool = False
    json: Any = None
    data: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def route(self) -> str:
        """Path without its query."""
        return self.path.partition("?")[0]


@dataclass(frozen=True)
class Case:
    """Steps that ran in order on one server."""

    id: str
    group: str
    steps: list[Step]


def _reduce_text(text: str) -> Any:
    picture = digest(text)
    if picture is not None:
        return {PICTURE: picture}
    if text.startswith("{"):
        with contextlib.suppress(ValueError):
            parsed = json.loads(text)
            if json.dumps(parsed) == text:
                return {JSON_TEXT: parsed}
    return text


def _reduce(value: Any) -> Any:
    """Pictures to their digests, JSON text to objects, all through a value."""
    if isinstance(value, dict):
        return {k: _reduce(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_reduce(v) for v in value]
    return _reduce_text(value) if isinstance(value, str) else value


def reduce_answer(body: Any) -> Any:
    """An answer's body in the form in which recordings keep it and replays compare it."""
    return _reduce(body)


def compact(lines: Iterator[str]) -> Iterator[str]:
    """Turn a recording's lines into compact ones: pictures as digests, repeats as deltas."""
    bases: dict[str, tuple[str, Any]] = {}
    for line in lines:
        case = json.loads(line)
        for number, step in enumerate(case["steps"]):
            answer = step["response"]
            if not isinstance(answer.get("json"), dict):
                continue
            body = _reduce(answer["json"])
            kind = f"{step['method']} {step['path'].partition('?')[0]} {answer['status']}"
            if kind in bases:
                name, base = bases[kind]
                answer["json"] = {LIKE: name, **delta.difference(base, body)}
            else:
                bases[kind] = (f"{case['id']}#{number}", body)
                answer["json"] = body
        yield json.dumps(case, ensure_ascii=False)


def _answer(raw: dict[str, Any], bases: dict[str, Any], name: str) -> Answer:
    body = raw.get("json", raw.get("text"))
    if isinstance(body, dict) and LIKE in body:
        body = delta.apply(bases[body[LIKE]], body)
    elif isinstance(body, dict):
        bases[name] = body
    elif isinstance(body, list):
        body = _reduce(body)  # lists are kept whole, with pictures as they were sent
    return Answer(
        status=raw["status"],
        headers=raw.get("headers", {}),
        has_process_time=raw.get("has_process_time", False),
        body=body,
        is_json="json" in raw,
    )


def read_recording(path: Path) -> list[Case]:
    """Read a compact recording.

    Raises:
        FixtureError: unreadable, or a line is not a case.
    """
    cases: list[Case] = []
    bases: dict[str, Any] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise FixtureError(path, "", str(error.strerror), "give a readable recording") from error
    for number, line in enumerate(lines, 1):
        try:
            raw = json.loads(line)
            steps = [
                Step(
                    method=s["method"],
                    path=s["path"],
                    answer=_answer(s["response"], bases, f"{raw['id']}#{i}"),
                    has_json="json" in s,
                    json=s.get("json"),
                    data=s.get("data"),
                    headers=s.get("headers", {}),
                )
                for i, s in enumerate(raw["steps"])
            ]
            cases.append(Case(raw["id"], raw["group"], steps))
        except (ValueError, KeyError, TypeError) as error:
            raise FixtureError(
                path, f"line {number}", f"not a recorded case ({error!r})", "record it anew"
            ) from error
    return cases
