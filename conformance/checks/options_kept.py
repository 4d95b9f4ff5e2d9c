"""Checks of whether options stay as they were set: OPT-019 to OPT-021, OPT-023 to OPT-025.

All of them write options that only the web page looks at, and put them back.
Source: modules/api/api.py, set_config, and modules/options.py, Options.set, at v1.10.1; recorded:
options/many, options/list, options/unicode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.options_request import (
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
from conformance.checks.registry import check
from conformance.signals import Failed, Signal, Skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.lab import Lab

_READS = 4
_LETTERS = 'Füchse, 狐 🦊 "a" <b> C:\\n'
_FEWEST = 2


@check("OPT-019")
def value_stays(lab: Lab) -> None:
    """A boolean, turned over, read four times with other reads in between."""
    values = _turned(lab, booleans(lab)[:1])
    writable(lab)
    with lab.options.changed(**values) as exchange:
        expect.ok(exchange)
        for _ in range(_READS):
            reads_as(lab, values)
            lab.get("samplers")


@check("OPT-020")
def others_are_left_alone(lab: Lab) -> None:
    """All options beside a boolean that was turned over."""
    values = _turned(lab, booleans(lab)[:1])
    writable(lab)
    with lab.options.changed(**values) as exchange:
        expect.ok(exchange)
        others_stay(lab, values)


@check("OPT-021")
def all_keys_are_taken(lab: Lab) -> None:
    """Two booleans and a number in one request, in both orders."""
    values = _turned(lab, booleans(lab)[:2]) | {QUALITY: other_quality(lab)}
    writable(lab)
    for order in (list(values), list(reversed(values))):
        with lab.options.changed(**{name: values[name] for name in order}) as exchange:
            expect.ok(exchange)
            reads_as(lab, values)


@check("OPT-023")
def types_are_kept(lab: Lab) -> None:
    """A boolean, numbers, a text and a list, as far as the server has harmless ones."""
    values = dict(_samples(lab))
    writable(lab)
    with lab.options.changed(**values) as exchange:
        expect.ok(exchange)
        found = reads_as(lab, {})
        now = expect.json_object(found)
        for name, value in values.items():
            if expect.kind(now.get(name)) != expect.kind(value):
                actual = f"{name} reads as {expect.kind(now.get(name))}"
                raise Failed(f"{name} to read as {expect.kind(value)}", actual, found)
        reads_as(lab, values)


@check("OPT-024")
def later_writes_keep_earlier_ones(lab: Lab) -> None:
    """Options of several types in one request, another boolean in the next."""
    names = booleans(lab)[:2]
    if len(names) < _FEWEST:
        raise Skip("the server has but one harmless boolean")
    first, second = dict(_samples(lab)), _turned(lab, names[1:])
    writable(lab)
    with lab.options.changed(**first) as exchange:
        expect.ok(exchange)
        expect.ok(post(lab, second))
        reads_as(lab, first | second)


@check("OPT-025")
def letters_survive(lab: Lab) -> None:
    """Letters beyond ASCII, quotes and a backslash in an option of text."""
    values = {some_text(lab): _LETTERS}
    writable(lab)
    with lab.options.changed(**values) as exchange:
        expect.ok(exchange)
        reads_as(lab, values)


def _turned(lab: Lab, names: list[str]) -> dict[str, bool]:
    return {name: not lab.options.before[name] for name in names}


def _samples(lab: Lab) -> list[tuple[str, Any]]:
    """A harmless option of each type that the server has, with another value for it."""
    makers: tuple[Callable[[], tuple[str, Any]], ...] = (
        lambda: next(iter(_turned(lab, booleans(lab)[:1]).items())),
        lambda: (QUALITY, other_quality(lab)),
        lambda: _other_fraction(lab, some_fraction(lab)),
        lambda: (some_text(lab), "conformance"),
        lambda: _other_list(lab, some_list(lab)),
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


def _other_fraction(lab: Lab, name: str) -> tuple[str, float]:
    return name, 0.25 if lab.options.before[name] != 0.25 else 0.75  # noqa: PLR2004 - both fit


def _other_list(lab: Lab, name: str) -> tuple[str, list[str]]:
    current = lab.options.before[name]
    return name, [item for item in current if isinstance(item, str)][1:] or ["conformance"]
