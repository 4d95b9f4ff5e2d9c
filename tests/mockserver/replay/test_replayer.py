"""Replaying cases against something that answers."""

from __future__ import annotations

import json
from typing import Any

from mockserver.fixtures.recording import Answer, Case, Step
from mockserver.replay.compare import Depth
from mockserver.replay.packaged import Prelude
from mockserver.replay.replayer import replay
from mockserver.replay.tally import render, tally


def case(name: str, body: Any, **step: Any) -> Case:
    answer = Answer(200, {}, has_process_time=True, body=body, is_json=True)
    return Case(name, name.partition("/")[0], [Step("POST", "/x", answer, **step)])


class Recorder:
    """Answers every request alike and remembers it."""

    def __init__(self, body: Any, status: int | None = 200) -> None:
        self.body = body
        self.status = status
        self.seen: list[tuple[str, str, dict[str, str], bytes | None]] = []

    def __call__(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int | None, dict[str, str], bytes]:
        self.seen.append((method, path, headers, body))
        found = {"content-type": "application/json", "x-process-time": "0.1"}
        return self.status, found, json.dumps(self.body).encode()


def test_requests_are_sent_as_they_were_recorded() -> None:
    send = Recorder({})
    cases = [
        case("a/1", {}, has_json=True, json={"a": 1}),
        case("a/2", {}, data="raw", headers={"Content-Type": "text/plain"}),
        case("a/3", {}),
    ]
    assert [outcome.differences for outcome in replay(cases, send)] == [[], [], []]

    assert [seen[2:] for seen in send.seen] == [
        ({"Accept": "*/*", "Content-Type": "application/json"}, b'{"a": 1}'),
        ({"Accept": "*/*", "Content-Type": "text/plain"}, b"raw"),
        ({"Accept": "*/*"}, None),
    ]


def test_preludes_go_before_their_case_and_are_not_judged() -> None:
    send = Recorder({})
    prelude = Prelude("r", "a/2", "why", "POST", "/options", {"x": 1})

    outcomes = list(replay([case("a/1", {}), case("a/2", {})], send, {"a/2": [prelude]}))

    assert [seen[1] for seen in send.seen] == ["/x", "/options", "/x"]
    assert [outcome.differences for outcome in outcomes] == [[], []]


def test_a_broken_connection_is_a_status_of_its_own() -> None:
    outcome = next(replay([case("a/1", {})], Recorder({}, status=None)))

    assert not outcome.alike(Depth.STATUS)


def test_the_table_counts_by_depth_and_group() -> None:
    cases = [case("a/1", {"n": 1}), case("a/2", {"n": 2}), case("b/1", {"n": "x"})]
    rows = tally(replay(cases, Recorder({"n": 1})))

    assert [(row.group, row.cases, row.status, row.shape, row.value) for row in rows] == [
        ("a", 2, 2, 2, 1),
        ("b", 1, 1, 0, 0),
        ("all", 3, 3, 2, 1),
    ]
    assert render(rows).splitlines()[1].split() == ["a", "2", "100.0%", "100.0%", "50.0%"]
