"""Limits that an operator expects: how large, how long and how many requests may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.deployment.limits.facts import readable_size
from conformance.deployment.limits.long_request import answer_after
from conformance.deployment.limits.probing import (
    MIB,
    body_route,
    burst,
    longest,
    refused_anyway,
    unreadable_anyway,
    upload,
)
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.deployment.table import Table
    from conformance.runner.check_context import CheckContext


_BYTES = {"kib": 1 << 10, "kb": 1000, "mib": MIB, "mb": 1000**2, "gib": 1 << 30, "gb": 1000**3}
_SECONDS = {"s": 1, "sec": 1, "min": 60, "h": 3600}
_QUANTITY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.IGNORECASE)
# What is sent to find out: no more than any program sends, and than a server bears.
_LARGEST, _MOST = 256 * MIB, 64


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an operator expects to get through; 0 is not looked at.

    Args:
        body: bytes of a request's body.
        request: seconds that a request may take.
        at_once: requests at the same time.
    """

    body: int = 0
    request: float = 0.0
    at_once: int = 0


def read_limits(table: Table | None) -> Limits:
    """Read the table ``limits`` of what is expected.

    Args:
        table: as in ``body = "32 MiB"``, ``request = "10 min"``, ``at_once = 8``; None for none.

    Returns:
        What is expected.

    Raises:
        ConfigurationError: an unknown key, or a value that is none of those allowed.
    """
    if table is None:
        return Limits()
    table.only(("body", "request", "at_once"))
    body = round(_quantity(table, "body", _BYTES, "32 MiB"))
    if body > _LARGEST:
        table.refuse("body", f"at most {readable_size(_LARGEST)} are sent to find out")
    at_once = table.whole("at_once", "requests", 1) or 0
    if at_once > _MOST:
        table.refuse("at_once", f"at most {_MOST} requests are sent to find out")
    request = _quantity(table, "request", _SECONDS, "10 min")
    return Limits(body=body, request=request, at_once=at_once)


def _quantity(table: Table, key: str, units: dict[str, int], example: str) -> float:
    text = table.text(key)
    if text is None:
        return 0.0
    match = _QUANTITY.fullmatch(text)
    unit = units.get(match[2].lower()) if match else None
    if match is None or unit is None or not float(match[1]):
        known = ", ".join(sorted(units, key=lambda name: units[name]))
        table.refuse(key, f'a number and a unit are expected, as "{example}"; units are {known}')
    return float(match[1]) * unit


def limit_checks(limits: Limits) -> dict[str, Callable[[CheckContext], None]]:
    """The checks of what is expected, by the ends of their ids.

    Args:
        limits: what is expected.
    """
    made: dict[str, Callable[[CheckContext], None]] = {}
    if limits.body:
        made["BODY"] = body_taken(limits.body)
    if limits.at_once:
        made["AT-ONCE"] = served_at_once(limits.at_once)
    if limits.request:
        made["REQUEST"] = request_answered(limits.request)
    return made


def body_taken(size: int) -> Callable[[CheckContext], None]:
    """The check that a body of a size is taken; nothing is made of it.

    Args:
        size: in bytes.
    """

    def look(context: CheckContext) -> None:
        """A body of that size, to a route that makes nothing of it."""
        path = body_route(context)
        if path is None:
            raise Skip("no documented route takes a body and makes nothing of it")
        anyway = refused_anyway(context, path)
        if anyway:
            raise Skip(anyway)
        sent = upload(context, path, size)
        if sent.refusal:
            expected = f"a body of {readable_size(size)} to be taken"
            raise Failed(expected, f"{sent.refusal} ({path})", sent.exchange, whoever=True)

    return look


def served_at_once(count: int) -> Callable[[CheckContext], None]:
    """The check that so many requests at once are all served.

    Args:
        count: how many.
    """

    def look(context: CheckContext) -> None:
        """So many cheap reads at once."""
        anyway = unreadable_anyway(context)
        if anyway:
            raise Skip(anyway)
        seen = burst(context, count, context.settings.clock.sleep)
        if seen.refusals:
            actual = f"{seen.answered} are served, {seen.endings}"
            expected = f"{count} requests at once to be served"
            raise Failed(expected, actual, seen.exchange, whoever=True)

    return look


def request_answered(seconds: float) -> Callable[[CheckContext], None]:
    """The check that no gateway gives up on a request before its time.

    What the run has seen is enough where it has; otherwise a job of that length is made, if the
    budget allows it.

    Args:
        seconds: that a request may take.
    """

    def look(context: CheckContext) -> None:
        """The longest request of the run, or one that is made for it."""
        took = longest(context)
        cut = took.cut_off
        if cut is None or cut.elapsed >= seconds:
            if took.answered is not None and took.answered.elapsed >= seconds:
                return
            cut = answer_after(context, seconds)
        if cut is None:
            raise Skip(f"the server is too fast to be kept at work for {seconds:g} s")
        if not cut.ok:
            actual = f"it was given up after {cut.elapsed:.1f} s ({cut.status or cut.error})"
            raise Failed(f"a request of {seconds:g} s to be answered", actual, cut, whoever=True)

    return look
