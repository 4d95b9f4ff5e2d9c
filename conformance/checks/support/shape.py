"""Shapes of JSON values, and how a value deviates from one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.verdict import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.exchange import Exchange


@dataclass(frozen=True)
class Shape:
    """What a value may be.

    Args:
        words: for people, as in ``text or null``.
        accepts: whether a value is one.
    """

    words: str
    accepts: Callable[[Any], bool]

    def __or__(self, other: Shape) -> Shape:
        return Shape(
            f"{self.words} or {other.words}",
            lambda value: self.accepts(value) or other.accepts(value),
        )


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return _number(value) and float(value).is_integer()


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


TEXT = Shape("text", lambda value: isinstance(value, str))
NULL = Shape("null", lambda value: value is None)
NUMBER = Shape("a number", _number)
WHOLE = Shape("a whole number", _whole)
BOOLEAN = Shape("a boolean", lambda value: isinstance(value, bool))
OBJECT = Shape("an object", lambda value: isinstance(value, dict))
ARRAY = Shape("an array", lambda value: isinstance(value, list))
TEXTS = Shape("an array of text", _texts)
ANY = Shape("anything", lambda _value: True)


def items(exchange: Exchange, fields: Mapping[str, Shape]) -> list[dict[str, Any]]:
    """The answer is 200 with an array of objects, each with these fields; the objects.

    Args:
        exchange: with an answer.
        fields: name -> what its value may be.
    """
    __tracebackhide__ = True
    found = expect.json_array(expect.ok(exchange))
    for number, item in enumerate(found):
        fit(item, fields, f"item {number}", exchange)
    return found


def fit(value: Any, fields: Mapping[str, Shape], what: str, exchange: Exchange) -> None:
    """A value is an object with these fields.

    Args:
        value: any JSON.
        fields: name -> what its value may be.
        what: names the object, for the report.
        exchange: that shows it.
    """
    __tracebackhide__ = True
    if not isinstance(value, dict):
        raise Failed(f"{what} to be an object", expect.shown(value), exchange)
    expect.keys(value, fields, what, exchange)
    for name, shape in fields.items():
        if not shape.accepts(value[name]):
            actual = f"{name} of {what} is {expect.shown(value[name])}"
            raise Failed(f"{name} of {what} to be {shape.words}", actual, exchange)
