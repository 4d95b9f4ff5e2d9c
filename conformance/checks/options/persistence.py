"""Checks of whether options stay as they were set: OPT-019 to OPT-021, OPT-023 to OPT-025.

All of them write options that only the web page looks at, and put them back.
Source: modules/api/api.py, set_config, and modules/options.py, Options.set, at v1.10.1; recorded:
options/many, options/list, options/unicode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.options.support import (
    QUALITY,
    booleans,
    other_quality,
    others_stay,
    post,
    reads_as,
    some_fraction,
    some_list,
    some_text,
    writable,
)
from conformance.checks.support import expect
from conformance.runner.registry import check
from conformance.verdict import Failed, Signal, Skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.runner.check_context import CheckContext


_READS = 4
_LETTERS = 'Füchse, 狐 🦊 "a" <b> C:\\n'
_FEWEST = 2


@check("OPT-019")
def value_stays(context: CheckContext) -> None:
    """A boolean, turned over, read four times with other reads in between."""
    values = _turned(context, booleans(context)[:1])
    writable(context)
    with context.options.changed(**values) as exchange:
        expect.ok(exchange)
        for _ in range(_READS):
            reads_as(context, values)
            context.get("samplers")


@check("OPT-020")
def others_are_left_alone(context: CheckContext) -> None:
    """All options but a boolean that was turned over."""
    values = _turned(context, booleans(context)[:1])
    writable(context)
    with context.options.changed(**values) as exchange:
        expect.ok(exchange)
        others_stay(context, values)


@check("OPT-021")
def all_keys_are_taken(context: CheckContext) -> None:
    """Two booleans and a number in one request, in both orders."""
    values = _turned(context, booleans(context)[:2]) | {QUALITY: other_quality(context)}
    writable(context)
    for order in (list(values), list(reversed(values))):
        with context.options.changed(**{name: values[name] for name in order}) as exchange:
            expect.ok(exchange)
            reads_as(context, values)


@check("OPT-023")
def types_are_kept(context: CheckContext) -> None:
    """A boolean, numbers, a text and a list, as far as the server has harmless ones."""
    values = dict(_samples(context))
    writable(context)
    with context.options.changed(**values) as exchange:
        expect.ok(exchange)
        found = reads_as(context, {})
        now = expect.json_object(found)
        for name, value in values.items():
            if expect.kind(now.get(name)) != expect.kind(value):
                actual = f"{name} reads as {expect.kind(now.get(name))}"
                raise Failed(f"{name} to read as {expect.kind(value)}", actual, found)
        reads_as(context, values)


@check("OPT-024")
def later_writes_keep_earlier_ones(context: CheckContext) -> None:
    """Options of several types in one request, another boolean in the next."""
    names = booleans(context)[:2]
    if len(names) < _FEWEST:
        raise Skip("the server has but one harmless boolean")
    first, second = dict(_samples(context)), _turned(context, names[1:])
    writable(context)
    with context.options.changed(**first) as exchange:
        expect.ok(exchange)
        expect.ok(post(context, second))
        reads_as(context, first | second)


@check("OPT-025")
def letters_survive(context: CheckContext) -> None:
    """Letters beyond ASCII, quotes and a backslash in an option of text."""
    values = {some_text(context): _LETTERS}
    writable(context)
    with context.options.changed(**values) as exchange:
        expect.ok(exchange)
        reads_as(context, values)


def _turned(context: CheckContext, names: list[str]) -> dict[str, bool]:
    return {name: not context.options.before[name] for name in names}


def _samples(context: CheckContext) -> list[tuple[str, Any]]:
    """A harmless option of each type that the server has, with another value for it."""
    makers: tuple[Callable[[], tuple[str, Any]], ...] = (
        lambda: next(iter(_turned(context, booleans(context)[:1]).items())),
        lambda: (QUALITY, other_quality(context)),
        lambda: _other_fraction(context, some_fraction(context)),
        lambda: (some_text(context), "conformance"),
        lambda: _other_list(context, some_list(context)),
    )
    found = []
    for make in makers:
        try:
            found.append(make())
        except Signal:
            continue
    if not found:
        raise Skip("the server has none of the options that only a page looks at")
    return found


def _other_fraction(context: CheckContext, name: str) -> tuple[str, float]:
    return name, 0.25 if context.options.before[name] != 0.25 else 0.75  # noqa: PLR2004 - both fit


def _other_list(context: CheckContext, name: str) -> tuple[str, list[str]]:
    current = context.options.before[name]
    return name, [item for item in current if isinstance(item, str)][1:] or ["conformance"]
