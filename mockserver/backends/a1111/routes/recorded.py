"""Routes that only a recording knows, as those of extensions that a recording proxy saw.

No rules are known for them: a path answers what it last answered while it was recorded, with the
same query where that was asked too, and whatever the body is.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.http.routing import Call, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mockserver.fixtures.fixture_set import FixtureSet


_EXCHANGES = "exchanges"


def routes(fixtures: FixtureSet, known: Iterable[Route]) -> list[Route]:
    """Routes of a recorded set that no rule answers.

    Args:
        fixtures: the set; a packaged one has none.
        known: routes that rules answer, in werkzeug's notation.

    Returns:
        One for each method and path that was answered with 2xx.
    """
    folder = fixtures.folder
    if not fixtures.manifest.get("recorder") or not (folder / _EXCHANGES).is_dir():
        return []
    ruled = {(method, route.path) for route in known for method in route.method.split(", ")}
    seen: dict[tuple[str, str], dict[str, Response]] = {}
    for asked, answer in _exchanges(folder):
        path, _, query = asked["path"].partition("?")
        place = (asked["method"], path)
        if place not in ruled and "<" not in path:
            seen.setdefault(place, {})[query] = answer
    return [
        Route(method, path, _last_answer(answers), guarded=False)
        for (method, path), answers in seen.items()
    ]


def _exchanges(folder: Path) -> Iterator[tuple[dict[str, Any], Response]]:
    """Requests that succeeded with their answers, in the order of their files."""
    from mockserver.recording.exchange import restored  # noqa: PLC0415 - start-up time

    for file in sorted((folder / _EXCHANGES).glob("*.json")):
        kept = json.loads(file.read_text(encoding="utf-8"))
        answered = kept["response"]
        if not HTTPStatus.OK <= answered["status"] < HTTPStatus.MULTIPLE_CHOICES:
            continue
        body = answered.get("text", "")
        if "json" in answered:
            body = json.dumps(restored(answered["json"], _reader(folder)), separators=(",", ":"))
        kind = answered["headers"].get("content-type", "application/json")
        yield kept["request"], Response(body, answered["status"], content_type=kind)


def _reader(folder: Path) -> Any:
    return lambda name: (folder / name).read_bytes()


def _last_answer(answers: dict[str, Response]) -> Any:
    """Gives the answer to the same query, else the last one."""

    def answer(call: Call[Any]) -> Response:
        found = answers.get(call.request.query_string.decode(), [*answers.values()][-1])
        return Response(found.get_data(), found.status, content_type=found.content_type)

    return answer
