"""Parameters read out of an infotext, with numbers and truth values as such.

Both readers take each prompt out of the text wherever it stands again: ``cat`` makes ``PonyXL``
of ``Model: catPonyXL``. Source: modules/infotext.py, parse; recorded: png-info/text-* of both
versions.
"""

from __future__ import annotations

import re
from typing import Any

from mockserver.webui.infotext.grammar import unquote

_PAIR = re.compile(r'\s*([\w ]+):\s*("(?:\\"[^,]|\\"|\\|[^"])+"|[^,]*)(?:,|$)')
_SIZE = re.compile(r"(\d+)x(\d+)")
#: Words with which the parameters begin, in any case.
_NAMES = ("steps", "seed", "width", "height", "sampler", "size", "cfg scale", "pipeline")
_FIRST = tuple(f"{name}: " for name in _NAMES)
_FIRST_BEHIND = tuple(f" {name}: " for name in _NAMES)
_NEGATIVE = "negative prompt:"
#: Words with which a newer version's further prompts begin.
_PROMPTS = ("negative prompt: ", "template: ", "negative template: ")
_EDGES = " ,\n"


def parse(text: Any) -> dict[str, Any]:
    """The parameters in the order of the text, then both prompts, then sizes as two numbers.

    A text without any parameter is a prompt; what is no text has no parameters.
    """
    if not isinstance(text, str):
        return {}
    rest = text.replace("\nSteps:", " Steps:")
    prompt, rest = _cut(rest, _first(rest, (*_FIRST_BEHIND, _NEGATIVE)))
    negative, rest = _cut(rest, _first(rest, _FIRST_BEHIND))
    pairs = dict(_PAIR.findall(rest))
    if not pairs:
        return {"Prompt": text}
    prompts = {"Prompt": prompt, "Negative prompt": _bare(negative)}
    return _typed({**pairs, **prompts})


def parse_newer(text: Any) -> dict[str, Any]:
    """Likewise as newer versions read it: templates too, null for a prompt that is not there.

    A number is its text, and an empty text has no parameters.
    """
    if not isinstance(text, str) or not text.strip():
        return {}
    rest = text.replace("\nSteps:", " Steps:")
    prompt, rest = _extracted("", rest)
    negative, rest = _extracted("negative prompt", rest)
    template, rest = _extracted("template", rest)
    negative_template, rest = _extracted("negative template", rest)
    pairs = dict(_PAIR.findall(rest))
    if not pairs:
        return {"Prompt": text}
    found = {**pairs, "Prompt": prompt or None, "Negative prompt": negative or None}
    if template and template != prompt:
        found["Template"] = template
    if negative_template and negative_template != negative:
        found["Negative template"] = negative_template
    return _typed(found)


def _first(text: str, words: tuple[str, ...]) -> int:
    """Where the first of several words stands; 0 for none."""
    places = [text.lower().find(word) for word in words]
    return min((place for place in places if place >= 0), default=0)


def _cut(text: str, end: int) -> tuple[str, str]:
    """What stands before a place, and the text without it wherever it stands again."""
    part = text[:end]
    return part, text.replace(part, "") if part else text


def _bare(negative: str) -> str:
    """A negative prompt without the words before it."""
    return negative[len(_NEGATIVE) :] if negative.lower().startswith(_NEGATIVE) else negative


def _extracted(keyword: str, text: str) -> tuple[str, str]:
    """The prompt behind a keyword, and the text without it."""
    if keyword not in text.lower():
        return "", text
    if text.lower().startswith(f"{keyword}:"):
        text = text[len(keyword) + 1 :]
    text = text.strip()
    part, rest = _cut(text, _first(text, (*_FIRST, *_PROMPTS)))
    return part.strip(), rest


def _typed(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = dict(raw)
    for key, text in raw.items():
        value = str(unquote(text or "")).strip(_EDGES).replace("\\\n", "")
        size = _SIZE.fullmatch(value)
        if isinstance(text, str):
            found[key] = _value(value)
        if size:
            found[f"{key}-1"], found[f"{key}-2"] = int(size[1]), int(size[2])
    return found


def _value(text: str) -> Any:
    if text.replace(".", "", 1).isdigit():
        return float(text) if "." in text else int(text)
    return {"True": True, "False": False}.get(text, text)
