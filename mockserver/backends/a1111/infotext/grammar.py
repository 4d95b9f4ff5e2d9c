"""How an infotext is laid out: its parts, its key-value pairs, and how values are quoted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


#: Fewer pairs than this in the last line, and it belongs to the prompt.
_FEWEST_PAIRS = 3
_NEGATIVE = "Negative prompt:"
_PAIR = re.compile(
    r"""
    \s* (\w[\w\ \-/]+) :          # a key has two characters at least
    \s* ( "(?:\\.|[^\\"])+" | [^,]* )
    (?:,|$)
    """,
    re.VERBOSE,
)
_SIZE = re.compile(r"^(\d+)x(\d+)$")


@dataclass(frozen=True)
class Parts:
    """The three parts of an infotext.

    Attributes:
        prompt: its lines, stripped, joined by newlines; lines before its first text are dropped.
        negative_prompt: likewise; empty when there is none.
        pairs: (key, raw value) in order.
    """

    prompt: str
    negative_prompt: str
    pairs: list[tuple[str, str]]


def unquote(text: str) -> str:
    """The text of a JSON string; any other text, or broken JSON, as it is.

    Args:
        text: a raw value.
    """
    if len(text) == 0 or text[0] != '"' or text[-1] != '"':
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text


def _append(text: str, line: str) -> str:
    return line if text == "" else f"{text}\n{line}"


def split(text: str) -> Parts:
    """Split an infotext; any text can be split.

    The last line holds the pairs when it has three or more of them. From the first line that
    begins with ``Negative prompt:`` on, lines belong to the negative prompt.

    Args:
        text: the ``parameters`` of a picture.
    """
    *lines, last = text.strip().split("\n")
    pairs = _PAIR.findall(last)
    if len(pairs) < _FEWEST_PAIRS:
        lines.append(last)
        pairs = []
    prompt = negative = ""
    in_negative = False
    for raw in lines:
        line = raw.strip()
        if line.startswith(_NEGATIVE):
            in_negative = True
            line = line.removeprefix(_NEGATIVE).strip()
        if in_negative:
            negative = _append(negative, line)
        else:
            prompt = _append(prompt, line)
    return Parts(prompt, negative, pairs)


def values(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Values by key: unquoted, ``AxB`` split into ``key-1`` and ``key-2``, empty ones dropped.

    A key that comes again keeps its place and takes the later value.

    Args:
        pairs: as `split` gives them.
    """
    found: dict[str, str] = {}
    for key, raw in pairs:
        if not raw:
            continue
        value = unquote(raw)
        size = _SIZE.match(value)
        if size:
            found[f"{key}-1"], found[f"{key}-2"] = size.groups()
        else:
            found[key] = value
    return found


def parameter_line(parameters: Mapping[str, Any]) -> str:
    """``Key: value`` pairs joined by commas.

    Args:
        parameters: None is left out, a key equal to its value stands bare. A value that holds a
            comma, colon or line break is written as a JSON string.

    Source: modules/processing.py ``create_infotext``, modules/infotext_utils.py ``quote``.
    """
    pairs = []
    for key, value in parameters.items():
        if value is None:
            continue
        text = str(value)
        if "," in text or ":" in text or "\n" in text:
            text = json.dumps(value, ensure_ascii=False)
        pairs.append(key if key == value else f"{key}: {text}")
    return ", ".join(pairs)


HIRES = "Hires"


def spelled(params: dict[str, Any], word: str, wanted: str) -> dict[str, Any]:
    """Parameters, in whose keys `wanted` stands for `word` at the beginning.

    Args:
        params: values by key.
        word: as the keys have it.
        wanted: as the version writes it.
    """
    if word == wanted:
        return params
    before = f"{word} "
    return {
        f"{wanted} {key.removeprefix(before)}" if key.startswith(before) else key: value
        for key, value in params.items()
    }


@dataclass(frozen=True)
class PerPicture:
    """A parameter whose value differs from picture to picture; JSON shows it as null.

    Attributes:
        of: gives the value for a generation, the number of the picture in its batch and its
            prompt; None leaves the parameter out.
        negative: the negative prompt is given instead of the prompt.

    Source: modules/processing.py ``create_infotext``: a callable in extra_generation_params.
    """

    of: Callable[[Any, int, Any], Any]
    negative: bool = False
