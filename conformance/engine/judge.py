"""One check run, and its outcome turned into a verdict."""

from __future__ import annotations

import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.catalogue import Level
from conformance.engine.gateway import not_the_webui
from conformance.errors import (
    AnswerError,
    ConnectionFailed,
    JournalError,
    NotPutBack,
    StillBusy,
    UnreadableError,
)
from conformance.signals import (
    BudgetSpent,
    Failed,
    Loose,
    NotApplicable,
    NotSupported,
    Skip,
)
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.catalogue import Requirement
    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

_UNMET = {Level.MUST: Verdict.FAIL, Level.SHOULD: Verdict.WARN, Level.MAY: Verdict.INFO}


def judge(
    requirement: Requirement,
    function: Callable[[Lab], Loose | None],
    lab: Lab,
    limit: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Result:
    """Run one check; whatever it does ends in a verdict.

    Args:
        requirement: what is looked at.
        function: the check.
        lab: the bench.
        limit: seconds it may take; None for any number.
        clock: seconds, rising.
    """
    lab.wire.begin(limit)
    started, spent = clock(), lab.meter.spent
    try:
        result = _met(requirement, function(lab))
    except Exception as error:  # noqa: BLE001 - what a check raises is what it says
        result = _said(requirement, error)
    result = replace(
        result,
        exchanges=_in_order(result.exchanges, lab.wire.touched),
        seconds=clock() - started,
        cost=max(lab.meter.spent - spent, 0.0),
    )
    return not_the_webui(result)


def _met(requirement: Requirement, outcome: Loose | None) -> Result:
    if outcome is None:
        return Result(requirement=requirement, verdict=Verdict.PASS)
    return Result(requirement=requirement, verdict=Verdict.PASS_LOOSE, reason=outcome.reason)


def _said(requirement: Requirement, error: Exception) -> Result:
    """The verdict for what was raised."""
    plain = _plain(requirement, error)
    if plain is not None:
        return plain
    failed = _as_failed(error)
    if isinstance(error, JournalError):
        return Result(requirement=requirement, verdict=Verdict.ERROR, reason=str(error))
    if failed is None:
        return Result(requirement=requirement, verdict=Verdict.ERROR, reason=_place(error))
    return Result(
        requirement=requirement,
        verdict=_UNMET[requirement.level],
        expected=failed.expected,
        actual=failed.actual,
        exchanges=(failed.exchange,) if failed.exchange is not None else (),
    )


def _plain(requirement: Requirement, error: Exception) -> Result | None:
    """The verdict for what was raised, where nothing was found out."""
    match error:
        case NotSupported():
            verdict, exchanges = Verdict.UNSUPPORTED, _one(error.exchange)
        case NotApplicable():
            verdict, exchanges = Verdict.NOT_APPLICABLE, ()
        case Skip() | StillBusy():
            verdict, exchanges = Verdict.SKIPPED, ()
        case BudgetSpent():
            verdict, exchanges = Verdict.NOT_RUN, ()
        case _:
            return None
    return Result(
        requirement=requirement,
        verdict=verdict,
        reason=str(error),
        exchanges=exchanges,
    )


def _as_failed(error: Exception) -> Failed | None:
    """What was raised as something the server did; None where the suite itself is at fault."""
    match error:
        case Failed():
            return error
        case ConnectionFailed():
            exchange = error.exchange
            return Failed(f"an answer to {exchange.method} {exchange.path}", str(error), exchange)
        case AnswerError():
            exchange = error.exchange
            return Failed(f"a success of {exchange.method} {exchange.path}", str(error), exchange)
        case UnreadableError():
            return Failed("an answer that can be read", str(error))
        case NotPutBack():
            return Failed("options that can be put back", str(error))
        case _:
            return None


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    where = f" ({Path(last.filename).name}:{last.lineno})" if last is not None else ""
    return f"the suite failed: {type(error).__name__}: {error}{where}"


def _in_order(
    decisive: tuple[Exchange, ...],
    touched: tuple[Exchange, ...],
) -> tuple[Exchange, ...]:
    others = [e for e in touched if not any(e is known for known in decisive)]
    return (*decisive, *others)


def _one(exchange: Exchange | None) -> tuple[Exchange, ...]:
    return () if exchange is None else (exchange,)
