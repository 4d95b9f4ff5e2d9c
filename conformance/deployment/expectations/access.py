"""Checks that routes ask for credentials, secrets stay hidden, and only some origins get in."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.client.connection import Timeouts
from conformance.client.redaction import shown_secrets
from conformance.deployment.expectations.expectations import EVERY_ROUTE
from conformance.detection.probe import API, absent
from conformance.detection.routes import offered_routes
from conformance.errors import ConnectionFailed
from conformance.gateway import is_gateway_answer
from conformance.verdict import Failed, Hidden, NotSupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.detection.routes import OfferedRoute
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


_API = "/sdapi/"
_ASKS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_EXPECTED = "401 or 403 for every route without credentials"
_REDIRECTS = range(HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST)
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
        headers: names of the headers that let a request in, besides Authorization.
    """

    scope: str
    open: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        """Whether a route must ask.

        Args:
            path: of the route.
        """
        if self.scope != EVERY_ROUTE and not path.startswith(_API):
            return False
        return not any(fnmatchcase(path, pattern) for pattern in self.open)


def guarded(guard: Guard) -> Callable[[CheckContext], None]:
    """The check that every route a guard covers asks for credentials.

    Args:
        guard: which routes have to ask, and which need not.
    """

    def look(context: CheckContext) -> None:
        """Every route that can be asked without doing anything, without credentials."""
        offered = offered_routes(context.target.probe, context.profile)
        routes = [route for route in offered if not route.unasked and guard.covers(route.path)]
        answers = [_ask(context, guard, route) for route in routes]
        open_ones = [answer for answer in answers if answer is not None and _is_open(answer)]
        if open_ones:
            raise _failed(open_ones, len(routes))
        if not any(answer is not None and answer.status in _ASKS for answer in answers):
            actual = f"none of {len(routes)} routes asks for any, and none answers"
            raise Failed(_EXPECTED, actual, next((a for a in answers if a is not None), None))

    return look


def _ask(context: CheckContext, guard: Guard, route: OfferedRoute) -> Exchange | None:
    """The answer to a request without credentials; None where none came in time."""
    nobody: dict[str, None] = dict.fromkeys(("Authorization", *guard.headers))
    try:
        return context.exchange(
            route.method, route.path, headers=nobody, timeout=_SOON, **route.body
        )
    except ConnectionFailed:
        return None


def _is_open(exchange: Exchange) -> bool:
    """Whether a route let a stranger in, even if only to reject the request."""
    status = exchange.status or 0
    if status in _ASKS or status in _REDIRECTS or absent(exchange):
        return False
    return not is_gateway_answer(status, exchange.text)


def _failed(open_ones: list[Exchange], count: int) -> Failed:
    named = [f"{e.method} {e.path} ({e.status})" for e in open_ones]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    actual = f"{len(named)} of {count} answer without: {', '.join(named[:_SHOWN])}{more}"
    return Failed(_EXPECTED, actual, open_ones[0])


_ROUTES = ("cmd-flags", "options")
_ABSENT = {*_ASKS, HTTPStatus.NOT_FOUND}
_FAILED = HTTPStatus.INTERNAL_SERVER_ERROR
# Shorter ones occur in ordinary words by chance.
_LEAST = 4


def hidden(context: CheckContext) -> None:
    """No secret in cmd-flags or options: by its name, or one that let this run in.

    A route that is absent, or closed even to those who are let in, proves nothing; one that
    fails, as Forge's cmd-flags with ``--port``, is read like any other.

    Args:
        context: of the check.
    """
    reported: list[str] = []
    shows: list[Exchange] = []
    for route in _ROUTES:
        try:
            exchange = context.read(route)
        except (Hidden, NotSupported):
            continue
        if exchange.status in _ABSENT:
            continue
        found = [f"{route} shows {name}" for name in _secrets(exchange)]
        shows += [exchange] if found else []
        reported += found
    if reported:
        raise Failed("no password or token in flags and options", "; ".join(reported), shows[0])


def _secrets(exchange: Exchange) -> Iterator[str]:
    """The names under which secrets are shown, never their values."""
    failed = (exchange.status or 0) >= _FAILED
    answer = _failure(exchange) if failed else expect.json_object(expect.ok(exchange))
    named = list(shown_secrets(answer))
    yield from named
    known = [s for s in exchange.secrets if len(s) >= _LEAST]
    if not named and any(secret in exchange.text for secret in known):
        yield "the credentials of this run"


def _failure(exchange: Exchange) -> Any:
    try:
        return exchange.json
    except ValueError:
        return None


_READ = f"{API}/samplers"
_WRITE = f"{API}/txt2img"
_ALLOW_ORIGIN = "access-control-allow-origin"


def origins(allow: tuple[str, ...], refuse: tuple[str, ...]) -> Callable[[CheckContext], None]:
    """The check that pages of some origins are let in, and those of others are not.

    A page reads with GET; before it posts JSON its browser asks with OPTIONS, without
    credentials, whether it may.

    Args:
        allow: origins that are let in.
        refuse: origins that are not let in.
    """

    def look(context: CheckContext) -> None:
        """A read and a preflight of every origin that is named."""
        for origin in allow:
            _allowed(_read(context, origin), origin)
            _preflight_allowed(_preflight(context, origin), origin, context)
        for origin in refuse:
            _refused(_read(context, origin), origin)
            _refused(_preflight(context, origin), origin)

    return look


def _read(context: CheckContext, origin: str) -> Exchange:
    return context.exchange("GET", _READ, headers={"Origin": origin})


def _preflight(context: CheckContext, origin: str) -> Exchange:
    headers = {
        "Authorization": None,
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join(sorted(_sent(context))),
    }
    return context.exchange("OPTIONS", _WRITE, headers=headers)


def _sent(context: CheckContext) -> set[str]:
    """The headers for which a browser asks before it sends them."""
    return {"content-type"} | ({"authorization"} if context.settings.auth is not None else set())


def _allowed(exchange: Exchange, origin: str) -> None:
    if not _lets_in(exchange, origin):
        reported = exchange.header(_ALLOW_ORIGIN)
        actual = (
            f"it is {reported!r}" if reported else f"there is none ({expect.answered(exchange)})"
        )
        asked = f"{exchange.method} {exchange.path}"
        raise Failed(f"Access-Control-Allow-Origin for {origin} on {asked}", actual, exchange)


def _preflight_allowed(exchange: Exchange, origin: str, context: CheckContext) -> None:
    what = f"a page of {origin} to be allowed to POST JSON"
    expect.that(exchange.ok, what, f"OPTIONS answers {expect.answered(exchange)}", exchange)
    _allowed(exchange, origin)
    methods = _listed(exchange, "access-control-allow-methods")
    # POST is allowed without a word about it.
    good = not methods or bool({"post", "*"} & methods)
    expect.that(good, what, f"its methods are {', '.join(sorted(methods))}", exchange)
    headers = _listed(exchange, "access-control-allow-headers")
    # The star means all headers but Authorization.
    lacking = {h for h in _sent(context) - headers if "*" not in headers or h == "authorization"}
    expect.that(not lacking, what, f"not with {', '.join(sorted(lacking))}", exchange)


def _refused(exchange: Exchange, origin: str) -> None:
    if _lets_in(exchange, origin):
        actual = f"{exchange.method} answers {exchange.header(_ALLOW_ORIGIN)!r}"
        raise Failed(f"no Access-Control-Allow-Origin for {origin}", actual, exchange)


def _lets_in(exchange: Exchange, origin: str) -> bool:
    return exchange.header(_ALLOW_ORIGIN) in {origin, "*"}


def _listed(exchange: Exchange, name: str) -> set[str]:
    text = exchange.header(name) or ""
    return {word.strip().lower() for word in text.split(",") if word.strip()}
