"""What checks assert with; each raises ``Failed`` in a reader's words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conformance.client.options import same_value
from conformance.client.picture_digest import shorten_json
from conformance.client.words import read_words
from conformance.signals import Failed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.client.exchange import Exchange

_LONGEST = 200


def that(holds: bool, expected: str, actual: str, exchange: Exchange | None = None) -> None:
    """The condition holds."""
    __tracebackhide__ = True
    if not holds:
        raise Failed(expected, actual, exchange)


def equal(actual: Any, expected: Any, what: str, exchange: Exchange | None = None) -> None:
    """Two JSON values are equal: numbers by value, a boolean only to a boolean."""
    __tracebackhide__ = True
    if not same(actual, expected):
        raise Failed(f"{what} to be {shown(expected)}", f"{what} is {shown(actual)}", exchange)


def status(exchange: Exchange, *wanted: int) -> Exchange:
    """The answer has one of the statuses."""
    __tracebackhide__ = True
    if exchange.status not in wanted:
        raise Failed(f"status {_or(wanted)}", answered(exchange), exchange)
    return exchange


def ok(exchange: Exchange) -> Exchange:
    """The answer is a success."""
    __tracebackhide__ = True
    return status(exchange, 200)


def json_of(exchange: Exchange) -> Any:
    """The answer is JSON; its value."""
    __tracebackhide__ = True
    try:
        return exchange.json
    except ValueError as error:
        raise Failed("a body in JSON", f"{_body(exchange)} ({error})", exchange) from error


def json_object(exchange: Exchange) -> dict[str, Any]:
    """The answer is a JSON object; its value."""
    __tracebackhide__ = True
    value = json_of(exchange)
    if not isinstance(value, dict):
        raise Failed("a JSON object", f"{kind(value)}: {shown(value)}", exchange)
    return value


def json_array(exchange: Exchange) -> list[Any]:
    """The answer is a JSON array; its value."""
    __tracebackhide__ = True
    value = json_of(exchange)
    if not isinstance(value, list):
        raise Failed("a JSON array", f"{kind(value)}: {shown(value)}", exchange)
    return value


def keys(
    value: Mapping[str, Any],
    wanted: Iterable[str],
    what: str,
    exchange: Exchange | None = None,
) -> None:
    """An object has at least these keys."""
    __tracebackhide__ = True
    missing = [name for name in wanted if name not in value]
    if missing:
        has = ", ".join(value) or "no key"
        raise Failed(f"{what} to have {', '.join(missing)}", f"it has {has}", exchange)


def problems(exchange: Exchange) -> list[dict[str, Any]]:
    """The answer is a 422 with a list of problems in ``detail``; the problems."""
    __tracebackhide__ = True
    status(exchange, 422)
    detail = json_object(exchange).get("detail")
    if not isinstance(detail, list) or not all(isinstance(item, dict) for item in detail):
        raise Failed("detail to be a list of problems", f"detail is {shown(detail)}", exchange)
    if not detail:
        raise Failed("detail to tell at least one problem", "detail is empty", exchange)
    return detail


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: numbers by value, a boolean only to a boolean."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return same_value(one, other)


def shown(value: Any) -> str:
    """A JSON value on one short line, with digests in place of pictures."""
    text = json.dumps(shorten_json(value), ensure_ascii=False, default=repr)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def kind(value: Any) -> str:
    """The kind of a JSON value in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "an array" if isinstance(value, list) else "an object"


def answered(exchange: Exchange) -> str:
    """Status and words of an answer, as in ``404 Not Found``."""
    if exchange.status is None:
        return exchange.error or "no answer"
    if exchange.ok:
        return f"{exchange.status} with {_body(exchange)}"
    words = read_words(exchange.status, exchange.response_headers, exchange.body)
    return f"{exchange.status} {words.text[:_LONGEST]}".strip()


def _body(exchange: Exchange) -> str:
    if not exchange.body:
        return "an empty body"
    media = exchange.media_type or "no media type"
    return f"{len(exchange.body)} bytes of {media}"


def _or(wanted: tuple[int, ...]) -> str:
    return " or ".join(map(str, wanted))
