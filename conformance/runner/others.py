"""Jobs that somebody else ran meanwhile, which no check holds against the server.

A job's ``info`` and the state in progress name the moment when the job began, so that a look at
progress shows whose job it met. Source: modules/shared_state.py, ``State.begin``, and
modules/progress.py at v1.10.1.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API
from conformance.errors import ConnectionFailed
from conformance.runner.generation import Generation
from conformance.runner.watch import INTERNAL, PROGRESS_BARE, is_idle, object_of
from conformance.verdict import Failed, Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext
    from conformance.runner.watch import Observation, WatchedJob


_STAMP = "job_timestamp"
_DIGITS = 14
# Seconds between two looks at a server that says that it works, and answers that are read again.
_GAP, _LATEST = 0.25, 40
# How often a check is tried again that somebody else's jobs may have disturbed.
_TRIES = 2
_HOLDS = "it holds when tried again; somebody else's jobs ran meanwhile"
_NEVER = "somebody else's jobs ran at each try, and each showed something else: try again later"
_GENERATIONS = (f"{API}/txt2img", f"{API}/img2img")


def own_looks(job: WatchedJob, looks: Sequence[Observation]) -> list[Observation]:
    """The looks at progress that met a job, and not somebody else's before or after it.

    Args:
        job: what was watched.
        looks: at progress, in order.

    Returns:
        All of them where the server does not report when a job began, or never the moment that
        the job's own answer names.
    """
    own = _stamp_of(job)
    stamps = [_stamp(look.state) for look in looks]
    if not own or own not in stamps:
        return list(looks)
    found = [look for look, stamp in zip(looks, stamps, strict=True) if stamp in {own, ""}]
    first, last = _waited(job)
    if first is None and len(found) == len(looks):
        return found
    return [look for look in found if (first or 0.0) <= look.after <= last]


def is_of_another(job: WatchedJob, exchange: Exchange) -> bool:
    """Whether progress shows a job that began at another moment than this one.

    Args:
        job: what was watched.
        exchange: an answer of progress, once it had ended.
    """
    own, seen = _stamp_of(job), {_stamp(look.state) for look in job.looks}
    state = object_of(exchange).get("state")
    stamp = _stamp(state) if isinstance(state, dict) else ""
    return bool(own and own in seen and stamp) and stamp != own


def at_work(context: CheckContext) -> bool:
    """Whether the server works for somebody else, while the run waits for nothing.

    A state that a failed job left behind names a moment of the run's own and does not move.

    Args:
        context: of the check that has ended.
    """
    first = _progress(context)
    if first is None or is_idle(first) or not _is_busy(first):
        return False
    if _stamp_in(first) not in _own_stamps(context) | {""}:
        return True
    context.settings.clock.sleep(_GAP)
    second = _progress(context)
    return second is not None and _moved(first, second)


def undisturbed(context: CheckContext, result: Result, look: Callable[[], Result]) -> Result:
    """A result that somebody else's jobs did not bring about.

    Args:
        context: of the check.
        result: of the check.
        look: runs the check again.

    Returns:
        The same result where it is met, where nobody else is at work, or where each try shows the
        same; what a later try found otherwise.
    """
    seen = {result.actual}
    for _ in range(_TRIES):
        if not result.verdict.unmet or not _may_be_disturbed(context, result):
            break
        context.forget(result.exchanges)
        again = look()
        if again.verdict.met:
            return replace(again, verdict=Verdict.PASS_LOOSE, reason=_HOLDS)
        seen.add(again.actual)
        result = again
    if result.verdict.unmet and len(seen) > _TRIES:
        return Result(requirement=result.requirement, verdict=Verdict.SKIPPED, reason=_NEVER)
    return result


def _may_be_disturbed(context: CheckContext, result: Result) -> bool:
    if not any(exchange.path in _GENERATIONS for exchange in result.exchanges):
        return False
    context.shared = context.shared or at_work(context)
    return context.shared


def _waited(job: WatchedJob) -> tuple[float | None, float]:
    """When the job surely ran, by what was said of its task: from, if it waited, and until."""
    looks = [(look, object_of(look.exchange)) for look in job.of(INTERNAL)]
    queued = [look.after for look, found in looks if found.get("queued") is True]
    active = [look.after for look, found in looks if found.get("active") is True]
    if not active:
        return None, job.seconds
    return (min(active) if queued else None), max(active)


def _stamp_of(job: WatchedJob) -> str:
    try:
        return _stamp(job.generation.any_info.data)
    except Failed:
        return ""


def _stamp(values: dict[str, Any]) -> str:
    value = values.get(_STAMP)
    whole = isinstance(value, str) and len(value) == _DIGITS and value.isdigit()
    return value if isinstance(value, str) and whole else ""


def _stamp_in(exchange: Exchange) -> str:
    state = object_of(exchange).get("state")
    return _stamp(state) if isinstance(state, dict) else ""


def _own_stamps(context: CheckContext) -> set[str]:
    """When the latest generations of the run began."""
    stamps = set[str]()
    log = context.client.log
    made = [e for e in log.since(log.position - _LATEST) if e.path in _GENERATIONS]
    for exchange in made:
        try:
            stamps.add(_stamp(Generation({}, exchange).any_info.data))
        except Failed:
            continue
    return stamps


def _progress(context: CheckContext) -> Exchange | None:
    try:
        return context.client.exchange("GET", PROGRESS_BARE)
    except ConnectionFailed:
        return None


def _is_busy(exchange: Exchange) -> bool:
    state = object_of(exchange).get("state")
    return isinstance(state, dict) and state.get("job_count") not in {0, None}


def _moved(first: Exchange, second: Exchange) -> bool:
    before, after = object_of(first), object_of(second)
    return before.get("progress") != after.get("progress")
