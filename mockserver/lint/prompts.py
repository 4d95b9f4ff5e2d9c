"""Prompts and styles: names in them that the server has not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.lint.finding import IGNORED, REFUSED, Finding, meant

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
        words = "a LoRA in negative_prompt is plain text to the server"
        yield Finding("negative-lora", IGNORED, "negative_prompt", words, "put it into prompt")
    given = body.get("styles")
    for style in given if isinstance(given, list) else ():
        if isinstance(style, str) and style not in facts.styles:
            words = f"no style is called {style!r}: it is left out without a word"
            yield Finding(
                "unknown-style", IGNORED, "styles", words, meant(style, facts.styles, 0.6)
            )


def _tag(facts: Facts, kind: str, name: str, rest: str) -> Iterator[Finding]:
    plain = _KINDS.get(kind.lower())
    if plain is None or kind != kind.lower():
        if kind.lower() in _KINDS or kind in {"loras", "lycoris", "locon", "ti", "embedding"}:
            words = f"<{kind}:{name}> is no tag that the server knows: it is left out"
            yield Finding("unknown-tag", IGNORED, "prompt", words, "write <lora:NAME:1>")
        return
    known = facts.loras if plain == "lora" else facts.hypernetworks
    place = f"prompt <{kind}:{name}>"
    bare = name.strip()
    if bare not in known:
        suffix = next((s for s in (".safetensors", ".pt", ".ckpt") if bare.endswith(s)), "")
        what = "LoRA" if plain == "lora" else "hypernetwork"
        words = f"no {what} is called {bare!r}: it is left out without a word"
        advice = meant(bare.removesuffix(suffix), known, 0.5)
        yield Finding("unknown-network", IGNORED, place, words, advice)
    first = rest.lstrip(":").split(":")[0]
    if rest and "=" not in first and not _NUMBER.match(first):
        words = f"the weight {first!r} is no number: no LoRA of the prompt is used"
        yield Finding("network-weight", IGNORED, place, words, "write a number, as 0.8")


def infotext(_: Facts, __: str, body: dict[str, Any]) -> Iterator[Finding]:
    """The infotext field, which fails where it turns hires fix on.

    Args:
        _: what the server knows.
        __: the route's name.
        body: the request's JSON object.
    """
    text = body.get("infotext")
    if isinstance(text, str) and "Hires upscale" in text and "hr_sampler_name" not in body:
        words = "an infotext with hires fix makes the server answer 500, bad sampler name"
        advice = "send hr_sampler_name null and the fields themselves"
        yield Finding("infotext-hires", REFUSED, "infotext", words, advice)
