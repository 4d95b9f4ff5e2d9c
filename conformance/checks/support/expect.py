"""The assertions of checks; each raises Failed with what was expected and what came."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.client.options import same_value
from conformance.client.rendering import shorten_json
from conformance.error_body import parse_error_body
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.exchange import Exchange
    from conformance.runner.watch import Observation, WatchedJob


_LONGEST = 200


def that(holds: bool, expected: str, actual: str, exchange: Exchange | None = None) -> None:
    """The condition holds.

    Args:
        holds: the condition.
        expected: what would meet it, for the report.
        actual: what was found, for the report.
        exchange: that shows it; None where several do.
    """
    __tracebackhide__ = True
    if not holds:
        raise Failed(expected, actual, exchange)


def equal(actual: Any, expected: Any, what: str, exchange: Exchange | None = None) -> None:
    """Two JSON values are equal: numbers by value, a boolean only to a boolean.

    Args:
        actual: the JSON value that was found.
        expected: the JSON value that would meet the requirement.
        what: names the value, such as ``info.seed``.
        exchange: that shows it; None where several do.
    """
    __tracebackhide__ = True
    if not same(actual, expected):
        raise Failed(f"{what} to be {shown(expected)}", f"{what} is {shown(actual)}", exchange)


def status(exchange: Exchange, *wanted: int) -> Exchange:
    """The answer has one of the statuses.

    Args:
        exchange: with an answer.
        wanted: statuses, each of which is good.

    Returns:
        The exchange.
    """
    __tracebackhide__ = True
    if exchange.status not in wanted:
        raise Failed(f"status {_or(wanted)}", answered(exchange), exchange)
    return exchange


def ok(exchange: Exchange) -> Exchange:
    """The answer is a success.

    Args:
        exchange: with an answer.

    Returns:
        The exchange.
    """
    __tracebackhide__ = True
    return status(exchange, 200)


def json_of(exchange: Exchange) -> Any:
    """The answer is JSON; its value.

    Args:
        exchange: with an answer.
    """
    __tracebackhide__ = True
    try:
        return exchange.json
    except ValueError as error:
        raise Failed("a body in JSON", f"{_body(exchange)} ({error})", exchange) from error


def json_object(exchange: Exchange) -> dict[str, Any]:
    """The answer is a JSON object; its value.

    Args:
        exchange: with an answer.
    """
    __tracebackhide__ = True
    value = json_of(exchange)
    if not isinstance(value, dict):
        raise Failed("a JSON object", f"{kind(value)}: {shown(value)}", exchange)
    return value


def json_array(exchange: Exchange) -> list[Any]:
    """The answer is a JSON array; its value.

    Args:
        exchange: with an answer.
    """
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
    """An object has at least these keys.

    Args:
        value: the object.
        wanted: keys that it has to have.
        what: names the object, for the report.
        exchange: that shows it; None where several do.
    """
    __tracebackhide__ = True
    missing = [name for name in wanted if name not in value]
    if missing:
        has = ", ".join(value) or "no key"
        raise Failed(f"{what} to have {', '.join(missing)}", f"it has {has}", exchange)


def problems(exchange: Exchange) -> list[dict[str, Any]]:
    """The answer is a 422 with a list of problems in ``detail``; the problems.

    Args:
        exchange: with an answer.
    """
    __tracebackhide__ = True
    status(exchange, 422)
    detail = json_object(exchange).get("detail")
    if not isinstance(detail, list) or not all(isinstance(item, dict) for item in detail):
        raise Failed("detail to be a list of problems", f"detail is {shown(detail)}", exchange)
    if not detail:
        raise Failed("detail to name at least one problem", "detail is empty", exchange)
    for number, item in enumerate(detail):
        place = item.get("loc")
        known = isinstance(place, list) and all(isinstance(part, str | int) for part in place)
        described = isinstance(item.get("msg"), str) and isinstance(item.get("type"), str)
        if not (known and described):
            expected = f"detail[{number}] with loc, a list, and the texts msg and type"
            raise Failed(expected, shown(item), exchange)
    return detail


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: numbers by value, a boolean only to a boolean.

    Args:
        one: a JSON value.
        other: a JSON value.
    """
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return same_value(one, other)


def shown(value: Any) -> str:
    """A JSON value on one short line, with digests in place of pictures.

    Args:
        value: any JSON.
    """
    text = json.dumps(shorten_json(value), ensure_ascii=False, default=repr)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def kind(value: Any) -> str:
    """The kind of a JSON value in words.

    Args:
        value: any JSON.
    """
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
    """Status and words of an answer, as in ``404 Not Found``.

    Args:
        exchange: with or without an answer.
    """
    if exchange.status is None:
        return exchange.error or "no answer"
    if exchange.ok:
        return f"{exchange.status} with {_body(exchange)}"
    said = parse_error_body(exchange.status, exchange.response_headers, exchange.body)
    return f"{exchange.status} {said.text[:_LONGEST]}".strip()


def _body(exchange: Exchange) -> str:
    if not exchange.body:
        return "an empty body"
    media = exchange.media_type or "no media type"
    return f"{len(exchange.body)} bytes of {media}"


def _or(wanted: tuple[int, ...]) -> str:
    return " or ".join(map(str, wanted))


NO_PICTURE = "Invalid encoded image"
_ERROR = HTTPStatus.BAD_REQUEST


def refused(exchange: Exchange, wanted: int, message: str = "") -> None:
    """The answer has this status, and its words, in whichever shape, hold these.

    Args:
        exchange: with an answer.
        wanted: its status.
        message: that the message has to hold; empty for any.
    """
    __tracebackhide__ = True
    status(exchange, wanted)
    said = parse_error_body(wanted, exchange.response_headers, exchange.body).text
    if message not in said:
        raise Failed(f"{wanted} with the words {message!r}", f"{wanted} {said}", exchange)


def fails_with(exchange: Exchange, message: str) -> None:
    """An uncaught error says this: as ``errors``, or as the ``message`` of Forge.

    Args:
        exchange: the request with its answer.
        message: part of the text that is expected.
    """
    __tracebackhide__ = True
    body = json_object(exchange)
    name = "message" if "message" in body and "errors" not in body else "errors"
    equal(body.get(name), message, name, exchange)


def any_error(exchange: Exchange) -> None:
    """The answer is an error of any kind.

    Args:
        exchange: with an answer.
    """
    __tracebackhide__ = True
    if (exchange.status or 0) < _ERROR:
        raise Failed("an error", answered(exchange), exchange)


def complains_of(exchange: Exchange, *path: str | int) -> None:
    """The answer is a 422 with a problem whose place ends with this path.

    Args:
        exchange: with an answer.
        path: the end of ``loc``, such as ``"body", "steps"``.
    """
    __tracebackhide__ = True
    places = [problem.get("loc") for problem in problems(exchange)]
    ends = [place[-len(path) :] for place in places if isinstance(place, list)]
    wanted = ".".join(map(str, path))
    actual = f"the problems are at {shown(places)}"
    that(list(path) in ends, f"a problem at {wanted}", actual, exchange)


def came_while_running(job: WatchedJob, looks: Sequence[Observation], usual: float) -> None:
    """Answers came while the job ran, and none waited for it to end.

    A look may overtake the job on its way and be answered before the server begins with it, so
    that one answer in time proves nothing where another had to wait.

    Args:
        job: what ran.
        looks: what was asked meanwhile.
        usual: seconds that such a request takes on the idle server.

    Raises:
        Failed: an answer waited for the job.
        Skip: the job was over too soon to see.
    """
    __tracebackhide__ = True
    for look in looks:
        if job.was_delayed(look, usual):
            actual = f"it came when the job had ended, {look.took:.1f} s later"
            raise Failed("an answer while the job runs", actual, look.exchange)
    if not any(look.outlived for look in looks):
        raise Skip(f"the job was over in {job.seconds:.2f} s, too soon to look meanwhile")
