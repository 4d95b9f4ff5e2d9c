"""Runs one check and turns its outcome into a verdict."""

from __future__ import annotations

import re
import time
import traceback
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.errors import (
    AnswerError,
    ConnectionFailed,
    JournalError,
    RestoreError,
    StillBusy,
    UnreadableError,
)
from conformance.gateway import turned_away
from conformance.requirements.catalogue import EXPECT_AREA
from conformance.requirements.requirement import Level
from conformance.runner.no_model import unless_no_model, without_model
from conformance.runner.others import undisturbed
from conformance.verdict import (
    BudgetSpent,
    Failed,
    Hidden,
    Loose,
    NotApplicable,
    NotSupported,
    Result,
    Skip,
    Verdict,
    WritingStopped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.exchange import Exchange
    from conformance.requirements.requirement import Requirement
    from conformance.runner.check_context import CheckContext


_SERVER_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR
#: What a webui answers to a change of a frozen setting (modules/options.py, v1.10.1).
_FROZEN = re.compile(
    r"(?:changing|saving) settings is disabled"
    r"|frozen with --freeze-(?:settings-in-sections|specific-settings)"
)
_FREEZING = ("freeze_settings", "freeze_settings_in_sections", "freeze_specific_settings")


_UNMET = {Level.MUST: Verdict.FAIL, Level.SHOULD: Verdict.WARN, Level.MAY: Verdict.INFO}


def judge(
    requirement: Requirement,
    function: Callable[[CheckContext], Loose | None],
    context: CheckContext,
    limit: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Result:
    """Run one check; whatever it does ends in a verdict.

    Args:
        requirement: what is looked at.
        function: the check.
        context: of the check.
        limit: seconds it may take; None for any number.
        clock: seconds, rising.
    """

    def look() -> Result:
        return _judged(requirement, function, context, limit, clock)

    result = look()
    if not result.verdict.unmet:
        return result
    # Nothing else of this run may be what disturbed it.
    context.client.turn.keep()
    return undisturbed(context, result, look)


def _judged(
    requirement: Requirement,
    function: Callable[[CheckContext], Loose | None],
    context: CheckContext,
    limit: float | None,
    clock: Callable[[], float],
) -> Result:
    context.sender.begin(limit)
    hidden = without_model(requirement, context) if context.lists_no_model else None
    if hidden is not None:
        return hidden
    started, turn = clock(), context.client.turn
    waited = turn.waited
    try:
        result = _met(requirement, function(context))
    except Exception as error:  # noqa: BLE001 - what a check raises is what it says
        result = _said(requirement, error, context.sender.touched)
    result = replace(
        result,
        exchanges=_in_order(result.exchanges, context.sender.touched),
        seconds=max(clock() - started - (turn.waited - waited), 0.0),
        cost=context.sender.sampled,
    )
    result = _unless_frozen(result, context)
    return unless_no_model(result, context) if context.lists_no_model else result


def _unless_frozen(result: Result, context: CheckContext) -> Result:
    """A result that is not met, unless the operator froze what the check wanted to change.

    The answer says so in the webui's own words, and cmd-flags has the flag: a server that only
    says so is convicted.
    """
    if not result.verdict.unmet or not any(map(_is_frozen, result.exchanges)):
        return result
    flags = context.target.probe.ask("/sdapi/v1/cmd-flags")
    names = [flag for flag in _FREEZING if flags.ok and _flag_of(flags, flag)]
    if not names:
        return result
    options = ", ".join(f"--{name.replace('_', '-')}" for name in names)
    return replace(
        result,
        verdict=Verdict.NOT_APPLICABLE,
        expected="",
        actual="",
        reason=f"whoever started the server froze its settings ({options})",
    )


def _is_frozen(exchange: Exchange) -> bool:
    return exchange.status == _SERVER_ERROR and _FROZEN.search(exchange.text) is not None


def _flag_of(flags: Exchange, name: str) -> Any:
    try:
        value = flags.json
    except ValueError:
        return None
    return value.get(name) if isinstance(value, dict) else None


def _met(requirement: Requirement, outcome: Loose | None) -> Result:
    if outcome is None:
        return Result(requirement=requirement, verdict=Verdict.PASS)
    return Result(requirement=requirement, verdict=Verdict.PASS_LOOSE, reason=outcome.reason)


def _said(requirement: Requirement, error: Exception, touched: tuple[Exchange, ...]) -> Result:
    """The verdict for what was raised."""
    hidden = _as_hidden(error, touched)
    if hidden is not None and requirement.area != EXPECT_AREA:
        return _hidden(requirement, hidden)
    plain = _plain(requirement, error)
    if plain is not None:
        return plain
    failed = _as_failed(error) if hidden is None else _unmet_by_gateway(hidden)
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


_ABOUT_ANSWERS = (Failed, ConnectionFailed, AnswerError, UnreadableError, RestoreError)


def _as_hidden(error: Exception, touched: tuple[Exchange, ...]) -> Hidden | None:
    """What was raised, if an answer that was not the server's lies behind it.

    What names no request of its own may rest on any that the check made.
    """
    if isinstance(error, Hidden):
        return error
    if not isinstance(error, _ABOUT_ANSWERS) or getattr(error, "whoever", False):
        return None
    own = getattr(error, "exchange", None)
    for exchange in touched if own is None else (own,):
        away = turned_away(exchange)
        if away is not None:
            return Hidden(away, exchange)
    return None


def _unmet_by_gateway(hidden: Hidden) -> Failed:
    """What the operator expects of a deployment, its gateway has to let through."""
    return Failed("an answer of the server itself", str(hidden.away), hidden.exchange)


def _hidden(requirement: Requirement, hidden: Hidden) -> Result:
    return Result(
        requirement=requirement,
        verdict=Verdict.SKIPPED,
        reason=str(hidden),
        exchanges=(hidden.exchange,),
        hidden_by=hidden.away.cause,
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
        case BudgetSpent() | WritingStopped():
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
        case RestoreError():
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
