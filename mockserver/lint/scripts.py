"""Scripts: names, where each belongs, and the form of its arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.extensions.base import Sent
from mockserver.lint.finding import IGNORED, NOTE, REFUSED, Finding, meant

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
        words = f"{_ALWAYSON} is a list: the server refuses it"
        yield Finding("alwayson-list", REFUSED, _ALWAYSON, words, "send an object of scripts")
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
            words = f"{given!r} takes {count} arguments, {len(args)} came: the others shift"
            advice = "see /sdapi/v1/script-info"
            yield Finding("script-arguments", NOTE, "script_args", words, advice)
        return
    words = f"no script is called {given!r}: the server refuses it, Script not found"
    if given.lower() in alwayson:
        words = f"{given!r} runs always and cannot be selected: the server refuses it"
        advice = f"write {_ALWAYSON}: {{{given!r}: {{'args': [...]}}}}"
    else:
        advice = meant(given, selectable, 0.6) or _install(given)
    yield Finding("unknown-script", REFUSED, "script_name", words, advice)


def _alwayson(facts: Facts, name: str, key: str, value: Any) -> Iterator[Finding]:
    place = f"{_ALWAYSON}.{key}"
    selectable, alwayson = facts.scripts(name)[False], facts.scripts(name)[True]
    if key.lower() in selectable:
        words = f"{key!r} is selected by script_name: the server refuses it here"
        yield Finding("selectable-script", REFUSED, place, words, f"write script_name {key!r}")
        return
    if key.lower() not in alwayson:
        words = f"no script is called {key!r}: the server refuses it, Script not found"
        advice = meant(key, alwayson, 0.6) or _install(key)
        yield Finding("unknown-script", REFUSED, place, words, advice)
        return
    if value is None:
        yield Finding("script-null", REFUSED, place, f"{place} null makes the server answer 500")
    elif not isinstance(value, dict):
        words = f"{place} is no object with 'args': its arguments are ignored"
        yield Finding("script-form", IGNORED, place, words, "write {'args': [...]}")
    elif "args" not in value:
        words = f"{place} has no 'args': the script runs as if nothing was sent"
        yield Finding("script-form", IGNORED, place, words, "write {'args': [...]}")
    elif isinstance(value["args"], list) and len(value["args"]) > alwayson[key.lower()] > 0:
        words = f"{key!r} takes {alwayson[key.lower()]} arguments: the others are cut off"
        yield Finding("script-arguments", IGNORED, place, words, "see /sdapi/v1/script-info")


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
