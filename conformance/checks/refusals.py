"""What checks say of requests that a server has to refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks.expect import answered, problems, shown, status, that
from conformance.client.words import read_words
from conformance.signals import Failed

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange

NO_PICTURE = "Invalid encoded image"
_ERROR = 400


def refused(exchange: Exchange, wanted: int, words: str = "") -> None:
    """The answer has this status, and its words, in whichever shape, hold these."""
    __tracebackhide__ = True
    status(exchange, wanted)
    said = read_words(wanted, exchange.response_headers, exchange.body).text
    if words not in said:
        raise Failed(f"{wanted} with the words {words!r}", f"{wanted} {said}", exchange)


def any_error(exchange: Exchange) -> None:
    """The answer is an error of any kind."""
    __tracebackhide__ = True
    if (exchange.status or 0) < _ERROR:
        raise Failed("an error", answered(exchange), exchange)


def complains_of(exchange: Exchange, *path: str | int) -> None:
    """The answer is a 422 with a problem whose place ends with this path."""
    __tracebackhide__ = True
    places = [problem.get("loc") for problem in problems(exchange)]
    ends = [place[-len(path) :] for place in places if isinstance(place, list)]
    wanted = ".".join(map(str, path))
    actual = f"the problems are at {shown(places)}"
    that(list(path) in ends, f"a problem at {wanted}", actual, exchange)
