"""Samplers and schedulers: what a name really runs on this server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.lint.finding import CHANGED, IGNORED, NOTE, REFUSED, Finding, nearest, plain_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.lint.facts import Facts

_TIMESTEPS = {"DDIM", "DDIM CFG++", "PLMS", "UniPC"}
_ADAPTIVE = {"DPM adaptive"}
_SAME = {"use same sampler", "use same scheduler", "use same checkpoint"}


def samplers(facts: Facts, name: str, body: dict[str, Any]) -> Iterator[Finding]:
    """What becomes of the names of samplers and schedulers.

    Args:
        facts: what the server knows.
        name: the route's name.
        body: the request's JSON object.
    """
    if not facts.has_samplers:
        return
    field, wanted = _asked(facts, body)
    if field == "sampler_index" and "sampler_name" in facts.fields(name):
        yield Finding(
            "old-sampler-field",
            NOTE,
            field,
            "sampler_index is the old name of sampler_name",
            "write sampler_name",
        )
    elif "sampler_index" in body and body["sampler_index"] not in {wanted, None, ""}:
        words = f"sampler_index {body['sampler_index']!r} is ignored, as {field} wins"
        yield Finding("two-samplers", IGNORED, "sampler_index", words)
    if isinstance(wanted, str) and wanted:
        yield from _sampler(facts, field, wanted, body.get("scheduler"))
    yield from _scheduler(facts, name, body, wanted)
    yield from _steps(body, wanted)
    yield from _second_pass(facts, body)


def _asked(facts: Facts, body: dict[str, Any]) -> tuple[str, Any]:
    """Field and value that name the sampler."""
    first, second = "sampler_name", "sampler_index"
    if facts.named_by == second:
        first, second = second, first
    for field in (first, second):
        if body.get(field) not in {None, ""}:
            return field, body[field]
    return first, None


def _sampler(facts: Facts, field: str, wanted: str, scheduler: Any) -> Iterator[Finding]:
    if facts.is_sampler(wanted):
        return
    split = facts.split_suffix(wanted)
    if split is not None:
        sampler, label = split
        words = f"{wanted!r} runs as sampler {sampler!r} with scheduler {label!r}"
        advice = f"since 1.9 write sampler_name {sampler!r} and scheduler {label!r}"
        yield Finding("combined-sampler", NOTE, field, words, advice)
        return
    guess = facts.guess_sampler(wanted)
    advice = _written(*guess) if guess else ""
    if facts.unknown_sampler == "first":
        runs, label = facts.resolve(wanted, scheduler)
        shown = f"{runs} {label}" if label != "Automatic" else runs
        words = f"no sampler is called {wanted!r}: the server runs {shown} without a word"
        yield Finding("unknown-sampler", CHANGED, field, words, advice)
        return
    words = f"no sampler is called {wanted!r}: the server refuses it, Sampler not found"
    yield Finding("unknown-sampler", REFUSED, field, words, advice)


def _written(sampler: str, scheduler: str) -> str:
    if scheduler:
        return f"did you mean sampler_name {sampler!r} with scheduler {scheduler!r}?"
    return f"did you mean {sampler!r}?"


def _scheduler(facts: Facts, name: str, body: dict[str, Any], sampler: Any) -> Iterator[Finding]:
    given = body.get("scheduler")
    if not isinstance(given, str) or "scheduler" not in facts.fields(name):
        return
    if given and not facts.is_scheduler(given):
        found = facts.scheduler_of_alias(given) or nearest(given, facts.scheduler_labels)
        advice = f"did you mean {found!r}?" if found else ""
        words = f"no scheduler is called {given!r}: the server takes Automatic without a word"
        yield Finding("unknown-scheduler", CHANGED, "scheduler", words, advice)
    elif sampler in _TIMESTEPS and given not in {"", "Automatic", "automatic"}:
        words = f"{sampler} goes its own steps: scheduler {given!r} is ignored"
        yield Finding("scheduler-unused", IGNORED, "scheduler", words)


def _steps(body: dict[str, Any], sampler: Any) -> Iterator[Finding]:
    """Samplers that do not take any number of steps."""
    steps = body.get("steps")
    if sampler in _ADAPTIVE and steps is not None:
        words = f"{sampler} chooses its steps itself: steps is ignored"
        yield Finding("steps-unused", IGNORED, "steps", words)
    if sampler == "UniPC" and isinstance(steps, int) and 0 < steps <= 3:  # noqa: PLR2004 - uni_pc_order
        words = "UniPC needs more than 3 steps: the server answers 500"
        yield Finding("unipc-steps", REFUSED, "steps", words, "take 4 steps or more")


def _second_pass(facts: Facts, body: dict[str, Any]) -> Iterator[Finding]:
    """Samplers and schedulers of hires fix, which the API looks up strictly."""
    if not body.get("enable_hr"):
        return
    given = body.get("hr_sampler_name")
    if isinstance(given, str) and given and not facts.is_sampler(given):
        words = f"hr_sampler_name {given!r} is no sampler: the server answers 500"
        guess = facts.guess_sampler(given)
        advice = "leave it out for the same sampler" if given.lower() in _SAME else ""
        if not advice and guess:
            advice = f"did you mean {guess[0]!r}?"
        yield Finding("unknown-hr-sampler", REFUSED, "hr_sampler_name", words, advice)
    scheduler = body.get("hr_scheduler")
    if isinstance(scheduler, str) and scheduler and not facts.is_scheduler(scheduler):
        words = f"no scheduler is called {scheduler!r}: hires fix takes Automatic"
        label = nearest(scheduler, facts.scheduler_labels)
        advice = f"did you mean {label!r}?" if label else ""
        if plain_name(scheduler) == plain_name("Use same scheduler"):
            advice = "leave it out for the same scheduler"
        yield Finding("unknown-hr-scheduler", CHANGED, "hr_scheduler", words, advice)
