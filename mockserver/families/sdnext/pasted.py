"""Parameters read out of an infotext, with numbers and truth values as such.

Recorded: png-info/text-*.
"""

from __future__ import annotations

import re
from typing import Any

from mockserver.webui.infotext.grammar import unquote

_PAIR = re.compile(r'\s*([\w ]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_SIZE = re.compile(r"(\d+)x(\d+)")
#: The prompt ends before the first of these, in any case.
_FIRST = (
    " steps: ",
    " seed: ",
    " width: ",
    " height: ",
    " sampler: ",
    " size: ",
    " cfg scale: ",
    " pipeline: ",
)
_NEGATIVE = "negative prompt:"
_EDGES = " ,\n"


def parse(text: Any) -> dict[str, Any]:
    """The parameters in the order of the text, then both prompts, then sizes as two numbers.

    A text without any parameter is a prompt; what is no text has no parameters.
    """
    if not isinstance(text, str):
        return {}
    prompt, negative, rest = _split(text.replace("\nSteps:", " Steps:"))
    pairs = dict(_PAIR.findall(rest))
    if not pairs:
        return {"Prompt": text}
    return _typed(pairs | {"Prompt": prompt, "Negative prompt": negative})


def _split(text: str) -> tuple[str, str, str]:
    """Prompt, negative prompt and parameters; without a known one all are parameters."""
    start = _first(text, (*_FIRST, _NEGATIVE)) or 0
    prompt, rest = text[:start], text[start:]
    if not rest.lower().startswith(_NEGATIVE):
        return prompt, "", rest
    end = _first(rest, _FIRST) or len(rest)
    return prompt, rest[len(_NEGATIVE) : end], rest[end:]


def _first(text: str, words: tuple[str, ...]) -> int | None:
    places = [text.lower().find(word) for word in words]
    return min((place for place in places if place >= 0), default=None)


def _typed(raw: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = dict(raw)
    for key, text in raw.items():
        value = unquote(text).strip(_EDGES)
        size = _SIZE.fullmatch(value)
        found[key] = _value(value)
        if size:
            found[f"{key}-1"], found[f"{key}-2"] = int(size[1]), int(size[2])
    return found


def _value(text: str) -> Any:
    if text.replace(".", "", 1).isdigit():
        return float(text) if "." in text else int(text)
    return {"True": True, "False": False}.get(text, text)
