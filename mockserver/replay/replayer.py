"""Replays recorded cases against a server, ids that it made up itself put in their place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mockserver.fixtures.recording import Answer, reduce_answer
from mockserver.replay.compare import Depth, Difference, Volatile, answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mockserver.fixtures.recording import Case, Step
    from mockserver.replay.packaged import Prelude


#: Keys of an answer under which an id stands that later requests name.
_KEYS = ("task_id",)


class GivenIds:
    """The ids that both servers gave so far."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def learn(self, recorded: Answer, body: Any) -> None:
        """Learn from an answer and the recorded one which ids stand for each other.

        Args:
            recorded: body of the recorded answer.
            body: body of the other one.
        """
        if not isinstance(recorded.body, dict) or not isinstance(body, dict):
            return
        for key in _KEYS:
            before, now = recorded.body.get(key), body.get(key)
            if isinstance(before, str) and isinstance(now, str):
                self._ids[before] = now

    def asked(self, path: str) -> str:
        """A recorded path, with the ids of the replayed server.

        Args:
            path: as recorded.
        """
        for before, now in self._ids.items():
            path = path.replace(before, now)
        return path

    def translated(self, text: str) -> str:
        """What the replayed server says, with the ids of the recorded one.

        Args:
            text: a body or a header.
        """
        for before, now in self._ids.items():
            text = text.replace(now, before)
        return text


class Sender(Protocol):
    """Sends one request; gives status, headers (lower-case names) and body."""

    def __call__(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None, /
    ) -> tuple[int | None, dict[str, str], bytes]:
        """Send; status None when the connection broke."""
        ...


@dataclass(frozen=True)
class Outcome:
    """How one case went.

    Attributes:
        case: the recorded case.
        differences: (number of the step, difference), the first step first.
    """

    case: Case
    differences: list[tuple[int, Difference]]

    def alike(self, depth: Depth) -> bool:
        """Whether nothing differs at `depth` or above it.

        Args:
            depth: status, shape or value.
        """
        return all(d.depth > depth for _, d in self.differences)


def _request(step: Step) -> tuple[dict[str, str], bytes | None]:
    headers = {"Accept": "*/*", **step.headers}
    if step.has_json:
        headers.setdefault("Content-Type", "application/json")
        return headers, json.dumps(step.json).encode()
    return headers, None if step.data is None else step.data.encode()


def _answer(step: Step, got: tuple[int | None, dict[str, str], bytes], ids: GivenIds) -> Answer:
    status, headers, raw = got
    text = raw.decode("utf-8", errors="replace")
    body: object = text
    is_json = headers.get("content-type", "").partition(";")[0] == "application/json"
    if is_json and text:
        ids.learn(step.answer, json.loads(text))
        body = reduce_answer(json.loads(ids.translated(text)))
    elif not step.answer.is_json and step.answer.body is None and not text:
        body = None
    return Answer(
        status=status,
        headers={name: ids.translated(value) for name, value in headers.items()},
        has_process_time="x-process-time" in headers,
        body=body,
        is_json=is_json and bool(text),
    )


def replay(
    cases: Iterable[Case],
    send: Sender,
    preludes: Mapping[str, Sequence[Prelude]] | None = None,
    renew: Callable[[], Sender] | None = None,
) -> Iterator[Outcome]:
    """Replay `cases` in order; one outcome a case, as soon as it is known.

    Args:
        cases: of one recording.
        send: sends a request.
        preludes: case id to requests that are sent before the case; their answers do not count.
        renew: gives a sender to a fresh server for each case, for a recording whose server was
            put back to its start between the cases.
    """
    ids = GivenIds()
    for case in cases:
        send = renew() if renew else send
        for prelude in (preludes or {}).get(case.id, ()):
            text = json.dumps(prelude.json).encode()
            send(prelude.method, prelude.path, {"Content-Type": "application/json"}, text)
        found: list[tuple[int, Difference]] = []
        for number, step in enumerate(case.steps):
            headers, body = _request(step)
            got = send(step.method, ids.asked(step.path), headers, body)
            answer = _answer(step, got, ids)
            found += [(number, d) for d in answers(step.answer, answer, Volatile(step))]
        yield Outcome(case, found)
