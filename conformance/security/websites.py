"""What other websites can do through a visitor's browser: CORS, host names, frames, the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.detection.probe import API
from conformance.security.asker import CHEAP
from conformance.security.finding import Level, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange
    from conformance.security.asker import Asker
    from conformance.security.finding import Finding


_ELSEWHERE = "https://elsewhere.example.invalid"
# Frames without an origin, and files on a disk.
_NULL = "null"
_POSTED = f"{API}/txt2img"
_MAY_READ = "access-control-allow-origin"
_WITH_CREDENTIALS = "access-control-allow-credentials"


def cors(asker: Asker) -> Iterator[Finding]:
    """Whether pages of other origins may read answers, or post JSON.

    Args:
        asker: asks the server.
    """
    name = "SEC-CORS"
    reads = {origin: _read(asker, origin) for origin in (_ELSEWHERE, _NULL)}
    posts = {origin: _preflight(asker, origin) for origin in (_ELSEWHERE, _NULL)}
    if not any((*reads.values(), *posts.values())):
        yield finding(name, Level.UNKNOWN, "nothing answered requests with an Origin.")
        return
    details = [
        f"{exchange.method} {exchange.path} for {_called(origin)}: {_granted(exchange)}"
        for answers in (reads, posts)
        for origin, exchange in answers.items()
        if exchange is not None and _lets(exchange, origin)
    ]
    if not details:
        yield finding(name, Level.FINE, "pages of other origins may not read its answers.")
        return
    level = _level(asker, reads, posts)
    whose = "any website" if _any(reads, _ELSEWHERE) or _any(posts, _ELSEWHERE) else "origin null"
    does = "read its answers" if any(_any(reads, o) for o in reads) else "post JSON to it"
    yield finding(name, level, f"{whose} may {does} in a visitor's browser.", details)


def _level(
    asker: Asker, reads: dict[str, Exchange | None], posts: dict[str, Exchange | None]
) -> Level:
    """A page without credentials reads all of an open server; of another, what cookies open."""
    everywhere = _any(reads, _ELSEWHERE)
    if not asker.asks:
        return Level.HIGH if everywhere else Level.MEDIUM
    given = [*reads.items(), *posts.items()]
    carries = any(e is not None and _lets(e, o) and _with_credentials(e) for o, e in given)
    return Level.MEDIUM if carries else Level.LOW


def _any(answers: dict[str, Exchange | None], origin: str) -> bool:
    exchange = answers[origin]
    return exchange is not None and _lets(exchange, origin)


def _lets(exchange: Exchange, origin: str) -> bool:
    return exchange.header(_MAY_READ) in {origin, "*"}


def _with_credentials(exchange: Exchange) -> bool:
    # Browsers refuse credentials with a star.
    return exchange.header(_WITH_CREDENTIALS) == "true" and exchange.header(_MAY_READ) != "*"


def _granted(exchange: Exchange) -> str:
    more = ", with credentials" if _with_credentials(exchange) else ""
    star = exchange.header(_MAY_READ) == "*"
    return f"{'every origin' if star else 'the origin that asked'} is allowed{more}"


def _called(origin: str) -> str:
    return "another website" if origin == _ELSEWHERE else "origin null"


def _read(asker: Asker, origin: str) -> Exchange | None:
    return asker.stranger("GET", CHEAP, {"Origin": origin})


def _preflight(asker: Asker, origin: str) -> Exchange | None:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    return asker.stranger("OPTIONS", _POSTED, headers)


_FOREIGN_HOST = "rebinding.example.invalid"


def host_names(asker: Asker) -> Iterator[Finding]:
    """Whether a request for another host name is answered as one for the server's own.

    Args:
        asker: asks the server.
    """
    name = "SEC-HOST"
    known = asker.stranger("GET", CHEAP)
    other = asker.stranger("GET", CHEAP, {"Host": _FOREIGN_HOST})
    if known is None or known.status is None or other is None:
        yield finding(name, Level.UNKNOWN, "a request for another host name had no answer.")
        return
    alike = other.status == known.status and other.media_type == known.media_type
    if not alike:
        sentence = f"a request for another host name is answered otherwise ({other.status})"
        yield finding(name, Level.FINE, f"{sentence}.")
        return
    # A page that is taken for the server's own has no credentials to show.
    level = Level.LOW if asker.asks else Level.HIGH if asker.is_exposed else Level.MEDIUM
    yield finding(name, level, "it answers requests for any host name.", [f"Host: {_FOREIGN_HOST}"])


_NOSNIFF = "nosniff"


def page_headers(asker: Asker) -> Iterator[Finding]:
    """Whether the page says who may frame it, what it is, and what links give away.

    Args:
        asker: asks the server.
    """
    name = "SEC-HEADERS"
    page = asker.stranger("GET", "/")
    if page is None or not page.ok or page.media_type != "text/html":
        yield finding(name, Level.UNKNOWN, "it shows no page to strangers.")
        return
    missing = list(_missing(page))
    if missing:
        sentence = f"its page lacks {len(missing)} protective headers"
        yield finding(name, Level.LOW, f"{sentence}.", missing)
    else:
        yield finding(name, Level.FINE, "its page has the protective headers.")


def _missing(page: Exchange) -> Iterator[str]:
    policy = (page.header("content-security-policy") or "").lower()
    if "frame-ancestors" not in policy and not page.header("x-frame-options"):
        yield "X-Frame-Options or frame-ancestors of Content-Security-Policy"
    if (page.header("x-content-type-options") or "").strip().lower() != _NOSNIFF:
        yield "X-Content-Type-Options: nosniff"
    if not page.header("referrer-policy"):
        yield "Referrer-Policy"


_DESCRIBE = (
    "/internal/sysinfo",
    "/config",
    "/info",
    "/internal/pending-tasks",
    "/sdapi/v1/loras",
    "/openapi.json",
)
_OF_THE_MACHINE = "/internal/sysinfo"


def page_routes(asker: Asker) -> Iterator[Finding]:
    """Which routes of the page describe the server to strangers.

    Args:
        asker: asks the server.
    """
    answers = [(path, asker.stranger("GET", path)) for path in _DESCRIBE]
    shown = [path for path, answer in answers if answer is not None and _shows(answer)]
    if not any(answer for _, answer in answers):
        yield finding("SEC-PAGE", Level.UNKNOWN, "none of these routes answered in time.")
    elif shown:
        guarded = asker.asks or asker.is_exposed
        level = Level.MEDIUM if guarded and _OF_THE_MACHINE in shown else Level.LOW
        sentence = f"{len(shown)} routes outside the API describe it to strangers"
        yield finding("SEC-PAGE", level, f"{sentence}.", shown)
    else:
        yield finding("SEC-PAGE", Level.FINE, "no route outside the API describes it to strangers.")


def _shows(exchange: Exchange) -> bool:
    # A page that answers every path describes nothing.
    return exchange.ok and exchange.media_type != "text/html"
