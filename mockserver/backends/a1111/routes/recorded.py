"""Routes that only a recording knows, as those of extensions that a recording proxy saw.

No rules are known for them: a path answers what it last answered while it was recorded, with the
same query where that was asked too, and whatever the body is.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.fixtures.fixture_set import kept_exchanges
from mockserver.http.routing import Call, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mockserver.fixtures.fixture_set import FixtureSet


def routes(fixtures: FixtureSet, known: Iterable[Route]) -> list[Route]:
    """Routes of a recorded set that no rule answers.

    Args:
        fixtures: the set; a packaged one has none.
        known: routes that rules answer, in werkzeug's notation.

    Returns:
        One for each method and path that was answered with 2xx.
    """
    if not fixtures.is_recorded:
        return []
    ruled = {(method, route.path) for route in known for method in route.method.split(", ")}
    seen: dict[tuple[str, str], dict[str, Response]] = {}
    for asked, answer in _succeeded(fixtures.folder):
        path, _, query = asked["path"].partition("?")
        place = (asked["method"], path)
        if place not in ruled and "<" not in path:
            seen.setdefault(place, {})[query] = answer
    return [
        Route(method, path, _last_answer(answers), guarded=False)
        for (method, path), answers in seen.items()
    ]


def _succeeded(folder: Path) -> Iterator[tuple[dict[str, Any], Response]]:
    """Requests that were answered with 2xx."""
    for asked, answered in kept_exchanges(folder):
        if HTTPStatus.OK <= answered["status"] < HTTPStatus.MULTIPLE_CHOICES:
            kind = answered["headers"].get("content-type", "application/json")
            text = answered.get("text", "")
            yield asked, Response(text, answered["status"], content_type=kind)


def _last_answer(answers: dict[str, Response]) -> Any:
    """Gives the answer to the same query, else the last one."""

    def answer(call: Call[Any]) -> Response:
        found = answers.get(call.request.query_string.decode(), [*answers.values()][-1])
        return Response(found.get_data(), found.status, content_type=found.content_type)

    return answer
