"""Whether every route asks for credentials.

Only requests that change nothing are sent: GET, and POST with a JSON array to routes whose own
document says that they need an object, so that an open one answers 422 before it does anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from conformance.client.gateway import is_gateway_answer
from conformance.client.timeouts import Timeouts
from conformance.deployment.expectations import EVERY_ROUTE
from conformance.errors import ConnectionFailed
from conformance.signals import Failed
from conformance.target import absent, claims, known_routes
from conformance.target.probe import OPENAPI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

_API = "/sdapi/"
# A route of such a name may do something even where it is asked with GET.
_DOES = re.compile(
    r"(?:^|[/_-])(?:kill|stop|restart|shutdown|interrupt|skip|(?:un|re)load|refresh|reset|delete"
    r"|remove|clear|log-?out|startup|train|create|install|update|generate|run|predict)",
    re.IGNORECASE,
)
_ASKS = {401, 403}
_EXPECTED = "401 or 403 for every route without credentials"
_REDIRECTS = range(300, 400)
# Streams of events never end; what has not answered by then is passed over.
_SOON = Timeouts(connect=10.0, read=10.0, total=10.0)
# Whoever has to close them needs to know them.
_SHOWN = 40


@dataclass(frozen=True)
class Guard:
    """What must ask, and what a request shows otherwise.

    Args:
        scope: ``every`` route, or those of the ``api``.
        open: patterns of the paths that need not ask.
        headers: names of the headers that let a request in, beside Authorization.
    """

    scope: str
    open: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        """Whether a route must ask."""
        if self.scope != EVERY_ROUTE and not path.startswith(_API):
            return False
        return not any(fnmatchcase(path, pattern) for pattern in self.open)


def guarded(guard: Guard) -> Callable[[Lab], None]:
    """The check that every route a guard covers asks for credentials."""

    def look(lab: Lab) -> None:
        routes = [route for route in _routes(lab) if guard.covers(route[1])]
        answers = [_ask(lab, guard, method, path) for method, path in routes]
        open_ones = [answer for answer in answers if answer is not None and _is_open(answer)]
        if open_ones:
            raise _failed(open_ones, len(routes))
        if not any(answer is not None and answer.status in _ASKS for answer in answers):
            actual = f"none of {len(routes)} routes asks for any, and none answers"
            raise Failed(_EXPECTED, actual, next((a for a in answers if a is not None), None))

    return look


def _routes(lab: Lab) -> Iterator[tuple[str, str]]:
    """Method and path of every route that can be asked without doing anything, each once."""
    document = lab.target.probe.json(OPENAPI)
    listed = list(_listed(document if isinstance(document, dict) else {}))
    for route in known_routes():
        method, _, path = route.partition(" ")
        if method == "GET" and claims(lab.profile, method, path):
            listed.append((method, path))
    yield from dict.fromkeys((m, p.rstrip("/") or "/") for m, p in listed if _harmless(m, p))


def _listed(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, methods in _object(document.get("paths")).items():
        for method, operation in _object(methods).items():
            if method == "get":
                yield "GET", path
            elif method == "post" and _needs_an_object(document, _object(operation)):
                yield "POST", path


def _needs_an_object(document: dict[str, Any], operation: dict[str, Any]) -> bool:
    """Whether a route cannot do anything with a JSON array."""
    body = _object(operation.get("requestBody"))
    content = _object(body.get("content"))
    schema = _object(_object(content.get("application/json")).get("schema"))
    reference = str(schema.get("$ref", "")).rpartition("/")[2]
    if reference:
        models = _object(_object(document.get("components")).get("schemas"))
        schema = _object(models.get(reference))
    return body.get("required") is True and schema.get("type") == "object"


def _harmless(method: str, path: str) -> bool:
    # A path with a placeholder has no address of its own.
    return "{" not in path and not (method == "GET" and _DOES.search(path))


def _ask(lab: Lab, guard: Guard, method: str, path: str) -> Exchange | None:
    """The answer to a request without credentials; None where none came in time."""
    nobody: dict[str, None] = dict.fromkeys(("Authorization", *guard.headers))
    body: dict[str, Any] = {"json": [1]} if method == "POST" else {}
    try:
        return lab.send(method, path, headers=nobody, timeout=_SOON, **body)
    except ConnectionFailed:
        return None


def _is_open(exchange: Exchange) -> bool:
    """Whether a route let a stranger in, be it to tell that the request is wrong."""
    status = exchange.status or 0
    if status in _ASKS or status in _REDIRECTS or absent(exchange):
        return False
    return not is_gateway_answer(status, exchange.text)


def _failed(open_ones: list[Exchange], count: int) -> Failed:
    named = [f"{e.method} {e.path} ({e.status})" for e in open_ones]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    actual = f"{len(named)} of {count} answer without: {', '.join(named[:_SHOWN])}{more}"
    return Failed(_EXPECTED, actual, open_ones[0])


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
