"""Whether pages of other origins are let in by CORS, as browsers decide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.signals import Failed
from conformance.target import API

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

_READ = f"{API}/samplers"
_WRITE = f"{API}/txt2img"
_ALLOW_ORIGIN = "access-control-allow-origin"


def origins(allow: tuple[str, ...], refuse: tuple[str, ...]) -> Callable[[Lab], None]:
    """The check that pages of some origins are let in, and those of others are not.

    A page reads with GET; before it posts JSON its browser asks with OPTIONS, without
    credentials, whether it may.
    """

    def look(lab: Lab) -> None:
        for origin in allow:
            _allowed(_read(lab, origin), origin)
            _preflight_allowed(_preflight(lab, origin), origin, lab)
        for origin in refuse:
            _refused(_read(lab, origin), origin)
            _refused(_preflight(lab, origin), origin)

    return look


def _read(lab: Lab, origin: str) -> Exchange:
    return lab.send("GET", _READ, headers={"Origin": origin})


def _preflight(lab: Lab, origin: str) -> Exchange:
    headers = {
        "Authorization": None,
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join(sorted(_sent(lab))),
    }
    return lab.send("OPTIONS", _WRITE, headers=headers)


def _sent(lab: Lab) -> set[str]:
    """The headers for which a browser asks before it sends them."""
    return {"content-type"} | ({"authorization"} if lab.settings.auth is not None else set())


def _allowed(exchange: Exchange, origin: str) -> None:
    if not _lets_in(exchange, origin):
        told = exchange.header(_ALLOW_ORIGIN)
        actual = f"it is {told!r}" if told else f"there is none ({expect.answered(exchange)})"
        asked = f"{exchange.method} {exchange.path}"
        raise Failed(f"Access-Control-Allow-Origin for {origin} on {asked}", actual, exchange)


def _preflight_allowed(exchange: Exchange, origin: str, lab: Lab) -> None:
    what = f"a page of {origin} to be allowed to POST JSON"
    expect.that(exchange.ok, what, f"OPTIONS answers {expect.answered(exchange)}", exchange)
    _allowed(exchange, origin)
    methods = _words(exchange, "access-control-allow-methods")
    # POST is allowed without a word about it.
    good = not methods or bool({"post", "*"} & methods)
    expect.that(good, what, f"its methods are {', '.join(sorted(methods))}", exchange)
    headers = _words(exchange, "access-control-allow-headers")
    # The star stands for all headers but Authorization.
    lacking = {h for h in _sent(lab) - headers if "*" not in headers or h == "authorization"}
    expect.that(not lacking, what, f"not with {', '.join(sorted(lacking))}", exchange)


def _refused(exchange: Exchange, origin: str) -> None:
    if _lets_in(exchange, origin):
        actual = f"{exchange.method} answers {exchange.header(_ALLOW_ORIGIN)!r}"
        raise Failed(f"no Access-Control-Allow-Origin for {origin}", actual, exchange)


def _lets_in(exchange: Exchange, origin: str) -> bool:
    return exchange.header(_ALLOW_ORIGIN) in {origin, "*"}


def _words(exchange: Exchange, name: str) -> set[str]:
    text = exchange.header(name) or ""
    return {word.strip().lower() for word in text.split(",") if word.strip()}
