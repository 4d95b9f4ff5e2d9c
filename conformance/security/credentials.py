"""Who is let in: strangers, whoever shows wrong credentials, and what they could end."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.detection.probe import API
from conformance.security.asker import is_asking, lets_in
from conformance.security.finding import Level, finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.detection.routes import OfferedRoute
    from conformance.security.asker import Asker
    from conformance.security.finding import Finding


# Documents, signs of life and what a page is made of: open on purpose nearly everywhere.
_PUBLIC = re.compile(
    r"/(?:docs|redoc|openapi\.json|internal/ping|favicon\.ico|robots\.txt|theme\.css"
    r"|login_check|token|user|app_id|queue/status)?|/(?:docs|static|assets)/.*"
)
_API = "/sdapi/"
# Wrong credentials in great numbers lock operators out of what counts them.
_FEW = 3


def credentials(asker: Asker) -> Iterator[Finding]:
    """Which routes let strangers in.

    Args:
        asker: asks the server.
    """
    asked = [route for route in asker.routes if not route.unasked]
    left = [f"not asked: {route} ({route.unasked})" for route in asker.routes if route.unasked]
    answers = [(route, asker.stranger(route.method, route.path, **route.body)) for route in asked]
    opened = [route for route, answer in answers if answer is not None and lets_in(answer)]
    asking = [route for route, answer in answers if answer is not None and is_asking(answer)]
    yield _credentials(asker, opened, asking, left)


def _credentials(
    asker: Asker, opened: list[OfferedRoute], asking: list[OfferedRoute], left: list[str]
) -> Finding:
    name, count = "SEC-CREDENTIALS", len(opened) + len(asking)
    private = [route for route in opened if not _PUBLIC.fullmatch(route.path)]
    details = [*map(str, private), *left]
    if not count:
        return finding(name, Level.UNKNOWN, "no route answered in time", left)
    rest = f"; {len(left)} more were not asked, as that could do something" if left else ""
    if not asking:
        level = Level.HIGH if asker.is_exposed else Level.LOW
        sentence = f"it asks nobody for credentials; {len(opened)} routes answer strangers"
        where = "" if asker.is_exposed else ", who have to be on its own machine"
        return finding(name, level, f"{sentence}{where}{rest}.", details)
    if not private:
        sentence = f"{len(asking)} of {count} routes ask for credentials, and the others are public"
        return finding(name, Level.FINE, f"{sentence}{rest}.", left)
    sentence = f"{len(private)} of {count} routes answer without credentials, while others ask"
    return finding(name, _of_parts(private), f"{sentence}{rest}.", details)


def _of_parts(private: Iterable[OfferedRoute]) -> Level:
    """How bad it is that some routes are open while others are not."""
    writes = any(r.method == "POST" and r.path.startswith(_API) for r in private)
    return Level.HIGH if writes else Level.MEDIUM


def wrong_credentials(asker: Asker, *, every: bool) -> Iterator[Finding]:
    """Whether wrong credentials let anybody in where none do not.

    Args:
        asker: asks the server.
        every: whether every route is tried, not a few.
    """
    name = "SEC-WRONG-CREDENTIALS"
    locked = [route for route in asker.routes if not route.unasked and _is_locked(asker, route)]
    if not locked:
        yield finding(name, Level.UNKNOWN, "no route asks for credentials.")
        return
    tried = locked if every else _few(locked)
    opened, count = _opened_by_wrong_ones(asker, tried)
    if opened:
        sentence = f"{len(opened)} of {count} routes let wrong credentials in"
        yield finding(name, Level.HIGH, f"{sentence}.", map(str, opened))
    else:
        sentence = f"wrong credentials are refused by all of {count} routes that were tried"
        yield finding(name, Level.FINE, f"{sentence}.")


def _opened_by_wrong_ones(
    asker: Asker, tried: list[OfferedRoute]
) -> tuple[list[OfferedRoute], int]:
    """The routes that let wrong credentials in, and how many were tried.

    Whoever counts wrong ones is left alone once it says so.
    """
    opened: list[OfferedRoute] = []
    for number, route in enumerate(tried, start=1):
        answer = asker.impostor(route)
        if answer is not None and answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            return opened, number
        opened += [route] if answer is not None and lets_in(answer) else []
    return opened, len(tried)


def _is_locked(asker: Asker, route: OfferedRoute) -> bool:
    answer = asker.stranger(route.method, route.path, **route.body)
    return answer is not None and is_asking(answer)


def _few(locked: list[OfferedRoute]) -> list[OfferedRoute]:
    """A read and a write of the API, and a route outside it, as far as they ask."""
    kinds = {(r.method, r.path.startswith(_API)): r for r in reversed(locked)}
    return list(kinds.values())[:_FEW]


_ENDS = re.compile(r"/(?:server-kill|server-stop|server-restart|shutdown|restart|_stop)$")
_FLAGS = ("api_server_stop", "add_stop_route")


def stop_routes(asker: Asker) -> Iterator[Finding]:
    """Whether there are routes that end the server; none of them is ever asked.

    Args:
        asker: asks the server.
    """
    name = "SEC-STOP"
    documented = asker.context.target.openapi
    ending = [route for route in asker.routes if _ENDS.search(route.path)]
    listed = [str(route) for route in ending if documented.lists(route.method, route.path)]
    flags = asker.json(f"{API}/cmd-flags")
    known = isinstance(flags, dict)
    switched = [f"flag {n}" for n in _FLAGS if known and flags.get(n)]
    if listed or switched:
        exposed = Level.HIGH if asker.is_exposed else Level.MEDIUM
        level = Level.LOW if asker.asks else exposed
        whom = "whom the API lets in" if asker.asks else "anybody"
        sentence = f"{whom} can end or restart the server; no such route was asked"
        yield finding(name, level, f"{sentence}.", [*listed, *switched])
    elif not documented.paths and not known:
        yield finding(name, Level.UNKNOWN, "neither openapi.json nor cmd-flags shows its routes.")
    else:
        yield finding(name, Level.FINE, "no route is listed that ends or restarts it.")
