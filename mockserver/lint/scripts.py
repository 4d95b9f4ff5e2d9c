"""Lint of scripts and samplers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.extensions.base import Sent
from mockserver.lint.finding import (
    CHANGED,
    IGNORED,
    NOTE,
    REFUSED,
    Finding,
    meant,
    nearest,
    plain_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.lint.facts import Facts


_ALWAYSON = "alwayson_scripts"
_EXTENSIONS = {
    "controlnet": "sd-webui-controlnet",
    "adetailer": "adetailer",
    "reactor": "sd-webui-reactor",
    "regional prompter": "sd-webui-regional-prompter",
    "roop": "sd-webui-roop",
    "animatediff": "sd-webui-animatediff",
    "dynamic prompts": "sd-dynamic-prompts",
    "tiled diffusion": "multidiffusion-upscaler-for-automatic1111",
}


def scripts(facts: Facts, name: str, body: dict[str, Any]) -> Iterator[Finding]:
    """What becomes of script_name and alwayson_scripts.

    Args:
        facts: what the server knows.
        name: the route's name: ``txt2img`` or ``img2img``.
        body: the request's JSON object.
    """
    if not facts.scripts(name):
        return
    yield from _selected(facts, name, body.get("script_name"), body.get("script_args"))
    given = body.get(_ALWAYSON)
    if isinstance(given, list) and given:
        text = f"{_ALWAYSON} is a list: the server refuses it"
        yield Finding("alwayson-list", REFUSED, _ALWAYSON, text, "send an object of scripts")
    if isinstance(given, dict):
        for key, value in given.items():
            yield from _alwayson(facts, name, str(key), value)
            yield from _by_extensions(facts, name, str(key), value, body)


def _selected(facts: Facts, name: str, given: Any, args: Any) -> Iterator[Finding]:
    if not isinstance(given, str) or not given:
        return
    selectable, alwayson = facts.scripts(name)[False], facts.scripts(name)[True]
    if given.lower() in selectable:
        count = selectable[given.lower()]
        if isinstance(args, list) and len(args) != count:
            text = f"{given!r} takes {count} arguments, {len(args)} came: the others shift"
            advice = "see /sdapi/v1/script-info"
            yield Finding("script-arguments", NOTE, "script_args", text, advice)
        return
    text = f"no script is called {given!r}: the server refuses it, Script not found"
    if given.lower() in alwayson:
        text = f"{given!r} runs always and cannot be selected: the server refuses it"
        advice = f"write {_ALWAYSON}: {{{given!r}: {{'args': [...]}}}}"
    else:
        advice = meant(given, selectable, 0.6) or _install(given)
    yield Finding("unknown-script", REFUSED, "script_name", text, advice)


def _alwayson(facts: Facts, name: str, key: str, value: Any) -> Iterator[Finding]:
    place = f"{_ALWAYSON}.{key}"
    selectable, alwayson = facts.scripts(name)[False], facts.scripts(name)[True]
    if key.lower() in selectable:
        text = f"{key!r} is selected by script_name: the server refuses it here"
        yield Finding("selectable-script", REFUSED, place, text, f"write script_name {key!r}")
        return
    if key.lower() not in alwayson:
        text = f"no script is called {key!r}: the server refuses it, Script not found"
        advice = meant(key, alwayson, 0.6) or _install(key)
        yield Finding("unknown-script", REFUSED, place, text, advice)
        return
    if value is None:
        yield Finding("script-null", REFUSED, place, f"{place} null makes the server answer 500")
    elif not isinstance(value, dict):
        text = f"{place} is no object with 'args': its arguments are ignored"
        yield Finding("script-form", IGNORED, place, text, "write {'args': [...]}")
    elif "args" not in value:
        text = f"{place} has no 'args': the script runs as if nothing was sent"
        yield Finding("script-form", IGNORED, place, text, "write {'args': [...]}")
    elif isinstance(value["args"], list) and len(value["args"]) > alwayson[key.lower()] > 0:
        text = f"{key!r} takes {alwayson[key.lower()]} arguments: the others are cut off"
        yield Finding("script-arguments", IGNORED, place, text, "see /sdapi/v1/script-info")


def _by_extensions(
    facts: Facts, name: str, key: str, value: Any, body: dict[str, Any]
) -> Iterator[Finding]:
    """What the installed extensions say of their scripts' arguments."""
    args = value.get("args") if isinstance(value, dict) else None
    if isinstance(args, list) and key.lower() in facts.scripts(name)[True]:
        sent = Sent(name, key.lower(), args, body, f"{_ALWAYSON}.{key}.args")
        for extension in facts.extensions:
            yield from extension.lint(sent)


def _install(name: str) -> str:
    extension = _EXTENSIONS.get(name.lower().strip())
    return f"is the extension {extension} installed?" if extension else ""


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
        text = f"sampler_index {body['sampler_index']!r} is ignored, as {field} wins"
        yield Finding("two-samplers", IGNORED, "sampler_index", text)
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
        text = f"{wanted!r} runs as sampler {sampler!r} with scheduler {label!r}"
        advice = f"since 1.9 write sampler_name {sampler!r} and scheduler {label!r}"
        yield Finding("combined-sampler", NOTE, field, text, advice)
        return
    guess = facts.guess_sampler(wanted)
    advice = _written(*guess) if guess else ""
    if facts.unknown_sampler == "first":
        runs, label = facts.resolve(wanted, scheduler)
        shown = f"{runs} {label}" if label != "Automatic" else runs
        text = f"no sampler is called {wanted!r}: the server runs {shown} without a word"
        yield Finding("unknown-sampler", CHANGED, field, text, advice)
        return
    text = f"no sampler is called {wanted!r}: the server refuses it, Sampler not found"
    yield Finding("unknown-sampler", REFUSED, field, text, advice)


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
        text = f"no scheduler is called {given!r}: the server takes Automatic without a word"
        yield Finding("unknown-scheduler", CHANGED, "scheduler", text, advice)
    elif sampler in _TIMESTEPS and given not in {"", "Automatic", "automatic"}:
        text = f"{sampler} goes its own steps: scheduler {given!r} is ignored"
        yield Finding("scheduler-unused", IGNORED, "scheduler", text)


def _steps(body: dict[str, Any], sampler: Any) -> Iterator[Finding]:
    """Samplers that do not take any number of steps."""
    steps = body.get("steps")
    if sampler in _ADAPTIVE and steps is not None:
        text = f"{sampler} chooses its steps itself: steps is ignored"
        yield Finding("steps-unused", IGNORED, "steps", text)
    if sampler == "UniPC" and isinstance(steps, int) and 0 < steps <= 3:  # noqa: PLR2004 - uni_pc_order
        text = "UniPC needs more than 3 steps: the server answers 500"
        yield Finding("unipc-steps", REFUSED, "steps", text, "take 4 steps or more")


def _second_pass(facts: Facts, body: dict[str, Any]) -> Iterator[Finding]:
    """Samplers and schedulers of hires fix, which the API looks up strictly."""
    if not body.get("enable_hr"):
        return
    given = body.get("hr_sampler_name")
    if isinstance(given, str) and given and not facts.is_sampler(given):
        text = f"hr_sampler_name {given!r} is no sampler: the server answers 500"
        guess = facts.guess_sampler(given)
        advice = "leave it out for the same sampler" if given.lower() in _SAME else ""
        if not advice and guess:
            advice = f"did you mean {guess[0]!r}?"
        yield Finding("unknown-hr-sampler", REFUSED, "hr_sampler_name", text, advice)
    scheduler = body.get("hr_scheduler")
    if isinstance(scheduler, str) and scheduler and not facts.is_scheduler(scheduler):
        text = f"no scheduler is called {scheduler!r}: hires fix takes Automatic"
        label = nearest(scheduler, facts.scheduler_labels)
        advice = f"did you mean {label!r}?" if label else ""
        if plain_name(scheduler) == plain_name("Use same scheduler"):
            advice = "leave it out for the same scheduler"
        yield Finding("unknown-hr-scheduler", CHANGED, "hr_scheduler", text, advice)
