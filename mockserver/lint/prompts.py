"""Lint of prompts and of overrides: networks, styles and options that do not exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.lint.finding import CHANGED, IGNORED, NOTE, REFUSED, Finding, meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.lint.facts import Facts


_TAG = re.compile(r"<(\w+):([^:>]*)((?::[^>]*)?)>")
_KINDS = {"lora": "lora", "lyco": "lora", "hypernet": "hypernet"}
_NUMBER = re.compile(r"\s*-?\d*\.?\d+\s*$")
#: Tags that mean something to this API's kin and nothing to the webui.
_LONGEST = 2_000_000


def prompts(facts: Facts, _: str, body: dict[str, Any]) -> Iterator[Finding]:
    """LoRAs and styles that a request names.

    Args:
        facts: what the server knows.
        _: the route's name.
        body: the request's JSON object.
    """
    if not facts.has_networks:
        return
    text = body.get("prompt")
    if isinstance(text, str) and len(text) < _LONGEST and not body.get("disable_extra_networks"):
        for kind, name, rest in _TAG.findall(text):
            yield from _tag(facts, kind, name, rest)
    negative = body.get("negative_prompt")
    if isinstance(negative, str) and "<lora:" in negative[:_LONGEST]:
        message = "a LoRA in negative_prompt is plain text to the server"
        yield Finding("negative-lora", IGNORED, "negative_prompt", message, "put it into prompt")
    given = body.get("styles")
    for style in given if isinstance(given, list) else ():
        if isinstance(style, str) and style not in facts.styles:
            message = f"no style is called {style!r}: it is left out without a word"
            yield Finding(
                "unknown-style", IGNORED, "styles", message, meant(style, facts.styles, 0.6)
            )


def _tag(facts: Facts, kind: str, name: str, rest: str) -> Iterator[Finding]:
    plain = _KINDS.get(kind.lower())
    if plain is None or kind != kind.lower():
        if kind.lower() in _KINDS or kind in {"loras", "lycoris", "locon", "ti", "embedding"}:
            text = f"<{kind}:{name}> is no tag that the server knows: it is left out"
            yield Finding("unknown-tag", IGNORED, "prompt", text, "write <lora:NAME:1>")
        return
    known = facts.loras if plain == "lora" else facts.hypernetworks
    place = f"prompt <{kind}:{name}>"
    bare = name.strip()
    if bare not in known:
        suffix = next((s for s in (".safetensors", ".pt", ".ckpt") if bare.endswith(s)), "")
        what = "LoRA" if plain == "lora" else "hypernetwork"
        text = f"no {what} is called {bare!r}: it is left out without a word"
        advice = meant(bare.removesuffix(suffix), known, 0.5)
        yield Finding("unknown-network", IGNORED, place, text, advice)
    first = rest.lstrip(":").split(":")[0]
    if rest and "=" not in first and not _NUMBER.match(first):
        text = f"the weight {first!r} is no number: no LoRA of the prompt is used"
        yield Finding("network-weight", IGNORED, place, text, "write a number, as 0.8")


def infotext(_: Facts, __: str, body: dict[str, Any]) -> Iterator[Finding]:
    """The infotext field, which fails where it turns hires fix on.

    Args:
        _: what the server knows.
        __: the route's name.
        body: the request's JSON object.
    """
    text = body.get("infotext")
    if isinstance(text, str) and "Hires upscale" in text and "hr_sampler_name" not in body:
        message = "an infotext with hires fix makes the server answer 500, bad sampler name"
        advice = "send hr_sampler_name null and the fields themselves"
        yield Finding("infotext-hires", REFUSED, "infotext", message, advice)


_MODEL, _CLIP = "sd_model_checkpoint", "CLIP_stop_at_last_layers"
_PLACE = "override_settings"
#: Names that people write for options.
_NAMES = {
    "clip_skip": _CLIP,
    "clipskip": _CLIP,
    "clip_stop_at_last_layers": _CLIP,
    "model": _MODEL,
    "checkpoint": _MODEL,
    "sd_model": _MODEL,
    "sd_checkpoint": _MODEL,
    "vae": "sd_vae",
    "ensd": "eta_noise_seed_delta",
    "sampler": "sampler_name",
    "output_format": "samples_format",
    "image_format": "samples_format",
}


def overrides(facts: Facts, _: str, body: dict[str, Any]) -> Iterator[Finding]:
    """What becomes of override_settings.

    Args:
        facts: what the server knows.
        _: the route's name.
        body: the request's JSON object.
    """
    given = body.get(_PLACE)
    if not isinstance(given, dict) or not facts.options:
        return
    for name, value in given.items():
        yield from _override(facts, str(name), value)
    if body.get("override_settings_restore_afterwards") is False and given:
        text = "the overrides stay on the server, as override_settings_restore_afterwards is false"
        yield Finding("overrides-stay", NOTE, "override_settings_restore_afterwards", text)


def _override(facts: Facts, name: str, value: Any) -> Iterator[Finding]:
    place = f"{_PLACE}.{name}"
    if name not in facts.options:
        yield from _no_option(facts, name, value, place)
        return
    if name in facts.fixed_options:
        yield Finding("fixed-option", IGNORED, place, f"the API may not set {name}: it is ignored")
    elif name == _MODEL and value is not None and not facts.knows_model(value):
        text = f"no checkpoint is called {value!r}: the server takes the loaded one without a word"
        yield Finding("unknown-model", CHANGED, place, text, meant(value, facts.models, 0.5))
    elif name == "sd_vae":
        yield from _vae(facts, value, place)
    elif name == "samples_format" and facts.format_late:
        text = "samples_format does not change what is answered: it is put back before"
        yield Finding("format-late", IGNORED, place, text, "POST it to /sdapi/v1/options")
    elif name == _CLIP and (not isinstance(value, int) or isinstance(value, bool)):
        text = f"{_CLIP} {value!r} is no whole number: the server answers 500"
        yield Finding("option-type", REFUSED, place, text, "write a whole number")
    if name in facts.leaking_options:
        text = f"{name} was never saved on this server: its override stays after the request"
        advice = "POST /sdapi/v1/options once, which saves all"
        yield Finding("override-leaks", NOTE, place, text, advice)


def _no_option(facts: Facts, name: str, value: Any, place: str) -> Iterator[Finding]:
    named = _NAMES.get(name.lower().replace("-", "_"), "")
    advice = meant(name, facts.options, 0.7)
    if named in facts.options:
        advice = f"did you mean {named!r}?"
    elif name in facts.fields("txt2img") or named == "sampler_name":
        advice = f"{named or name!r} is a field of the request itself"
    if value is None:
        text = f"{name!r} is no option, and null: it is ignored"
        yield Finding("unknown-option", IGNORED, place, text, advice)
        return
    text = f"{name!r} is no option: {facts.unknown_option}"
    kind = REFUSED if "answers" in facts.unknown_option else IGNORED
    yield Finding("unknown-option", kind, place, text, advice)


def _vae(facts: Facts, value: Any, place: str) -> Iterator[Finding]:
    if isinstance(value, str) and facts.vaes and value not in {*facts.vaes, "Automatic", "None"}:
        text = f"no VAE is called {value!r}: the server keeps the one it has"
        yield Finding("unknown-vae", CHANGED, place, text, meant(value, facts.vaes, 0.5))


def options(facts: Facts, name: str, body: dict[str, Any]) -> Iterator[Finding]:
    """What becomes of a POST to /sdapi/v1/options.

    Args:
        facts: what the server knows.
        name: the route's name.
        body: the request's JSON object.
    """
    if name != "options" or not facts.options:
        return
    for key, value in body.items():
        if key not in facts.options:
            yield from _no_option(facts, str(key), value, str(key))
        elif key in facts.fixed_options:
            text = f"the API may not set {key}: it is ignored"
            yield Finding("fixed-option", IGNORED, key, text)
        elif key == _MODEL and value is not None and not facts.knows_model(value):
            text = f"no checkpoint is called {value!r}: {facts.unknown_model}"
            kind = REFUSED if "answers" in facts.unknown_model else CHANGED
            yield Finding("unknown-model", kind, key, text, meant(value, facts.models, 0.5))
        elif key == _CLIP and not (isinstance(value, int) and not isinstance(value, bool)):
            text = f"{_CLIP} {value!r} makes every later generation answer 500"
            yield Finding("option-type", CHANGED, key, text, "write a whole number")
        else:
            yield from _number(facts, str(key), value)
    if len(body) > 100:  # noqa: PLR2004 - nobody means so many
        text = "all options are sent back: whole numbers come back as floats, which can break"
        yield Finding("all-options", NOTE, "", text, "send what changed alone")


def _number(facts: Facts, key: str, value: Any) -> Iterator[Finding]:
    default = facts.option_default(key)
    if (
        isinstance(value, str)
        and isinstance(default, int | float)
        and not isinstance(default, bool)
    ):
        text = f"{key} is stored as the text {value!r}, as nothing is converted"
        yield Finding("option-type", CHANGED, key, text, "send a number")
