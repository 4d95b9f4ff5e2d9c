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
    joined = text.replace("\nSteps:", " Steps:")
    start = _first(joined, _FIRST)
    if start is None:
        return {"Prompt": joined.strip(_EDGES)}
    prompts, rest = joined[:start], joined[start:]
    cut = _first(prompts, (_NEGATIVE,))
    prompt, negative = prompts, ""
    if cut is not None:
        prompt, negative = prompts[:cut], prompts[cut + len(_NEGATIVE) :]
    raw = dict(_PAIR.findall(rest)) | {"Prompt": prompt, "Negative prompt": negative}
    return _typed(raw)


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
