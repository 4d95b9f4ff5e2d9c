"""What an answer says of itself: info and infotexts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from conformance.errors import InfoError
from conformance.exchange import parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


N = TypeVar("N", int, float)

NEGATIVE = "Negative prompt:"

# A line with fewer pairs belongs to the prompt (modules/infotext_utils.py,
# parse_generation_parameters, v1.10.1; recorded as png-info/text-two-params).
FEWEST_PAIRS = 3

_KEY = re.compile(r"(\w[\w \-/]+):[ \t]*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SIZE = re.compile(r"(-?\d+)x(-?\d+)")
_KOBOLD_KEY = re.compile(r"(\w[\w ]*): ")


@dataclass(frozen=True)
class Infotext:
    """What an infotext says.

    Args:
        prompt: the prompt, line ends kept, outer white space dropped.
        negative_prompt: empty where none is given.
        parameters: key -> value in the order of the text; values are text, without quotes.
    """

    prompt: str = ""
    negative_prompt: str = ""
    parameters: dict[str, str] = field(default_factory=dict)

    def value(self, *keys: str) -> str | None:
        """The value of the first of ``keys`` that is there; None if none is.

        Args:
            keys: as written in infotexts, such as ``CFG scale``; the first that is there counts.
        """
        return next((self.parameters[key] for key in keys if key in self.parameters), None)

    @property
    def steps(self) -> int | None:
        """Steps; None if absent or no integer."""
        return _number(int, self.value("Steps"))

    @property
    def seed(self) -> int | None:
        """Seed; None if absent or no integer."""
        return _number(int, self.value("Seed"))

    @property
    def sampler(self) -> str | None:
        """Name of the sampler."""
        return self.value("Sampler")

    @property
    def cfg_scale(self) -> float | None:
        """CFG scale, which KoboldCpp writes as one word; None if absent or no number."""
        return _number(float, self.value("CFG scale", "CFGScale"))

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height as asked for, in pixels; None if absent."""
        match = _SIZE.fullmatch(self.value("Size") or "")
        return (int(match[1]), int(match[2])) if match else None

    @property
    def version(self) -> str | None:
        """Version of the program, from v1.3.0 on, such as ``v1.10.1``."""
        return self.value("Version")


def parse_infotext(text: str) -> Infotext:
    """Read an infotext of any version or implementer; text that is none is all prompt.

    The last line holds the parameters if it has at least three ``key: value`` pairs. KoboldCpp
    writes one line with bars instead; stable-diffusion.cpp puts a JSON object, unquoted, at the
    end, and Civitai a list of objects; all are read, where the webui itself stops at their first
    comma.

    Args:
        text: of any program.

    Returns:
        The prompts and the parameters, in order.
    """
    kobold = _parse_kobold(text)
    if kobold is not None:
        return kobold
    head, _, last = text.strip().rpartition("\n")
    pairs = list(_pairs(last))
    if len(pairs) < FEWEST_PAIRS:
        head, pairs = text.strip(), []
    prompt, negative = _split_prompts(head)
    return Infotext(prompt, negative, {key: value for key, value in pairs if value})


def write_infotext(infotext: Infotext) -> str:
    """Write an infotext as the webui does (modules/processing.py, create_infotext, v1.10.1).

    Args:
        infotext: the prompts and the parameters, in order.
    """
    lines = [infotext.prompt]
    if infotext.negative_prompt:
        lines.append(f"{NEGATIVE} {infotext.negative_prompt}")
    pairs = (f"{key}: {quote_value(value)}" for key, value in infotext.parameters.items())
    return "\n".join([*lines, ", ".join(pairs)]).strip()


def quote_value(value: str) -> str:
    """Write a value: as JSON text where it holds a comma, a colon or a line end.

    Args:
        value: of a parameter.

    Source: modules/infotext_utils.py: quote, at v1.10.1.
    """
    return json.dumps(value, ensure_ascii=False) if re.search(r"[,:\n]", value) else value


def _split_prompts(text: str) -> tuple[str, str]:
    """Part the prompt from the negative one, which begins with the first line that says so."""
    prompt: list[str] = []
    negative: list[str] = []
    lines = prompt
    for line in text.split("\n"):
        rest = line.lstrip()
        if rest.startswith(NEGATIVE):
            lines = negative
            lines.append(rest.removeprefix(NEGATIVE).removeprefix(" "))
        else:
            lines.append(line)
    return "\n".join(prompt).strip(), "\n".join(negative).strip()


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    """The ``key: value`` pairs of a line; what is between them is skipped."""
    position = 0
    while (key := _KEY.search(line, position)) is not None:
        value, position = _value(line, key.end())
        yield key[1], value


def _value(line: str, start: int) -> tuple[str, int]:
    """The value at ``start``, and the place after the comma that ends it."""
    for read in (_quoted, _json_object):
        found = read(line, start)
        if found is not None and line[found[1] : found[1] + 1] in ("", ","):
            return found[0], found[1] + 1
    end = line.find(",", start)
    end = len(line) if end < 0 else end
    return line[start:end].strip(), end + 1


def _quoted(line: str, start: int) -> tuple[str, int] | None:
    match = _QUOTED.match(line, start)
    if match is None:
        return None
    try:
        value = json.loads(match[0])
    except ValueError:
        value = match[0]
    return value, match.end()


def _json_object(line: str, start: int) -> tuple[str, int] | None:
    """An unquoted JSON object, as stable-diffusion.cpp and Civitai write it, or a list of them."""
    if not line.startswith(("{", "[{"), start):
        return None
    try:
        _, end = json.JSONDecoder().raw_decode(line, start)
    except ValueError:
        return None
    return line[start:end], end


def _parse_kobold(text: str) -> Infotext | None:
    """Read ``Prompt: ... | NegativePrompt: ... | Steps: 1 | ...`` (recorded on KoboldCpp 1.111)."""
    head, bar, tail = text.rpartition(" | Steps: ")
    prompt, negative_bar, negative = head.rpartition(" | NegativePrompt: ")
    if not (bar and negative_bar and prompt.startswith("Prompt: ")):
        return None
    parameters: dict[str, str] = {}
    for part in f"Steps: {tail}".split(" | "):
        key = _KOBOLD_KEY.match(part)
        if key is not None:
            parameters[key[1]] = part[key.end() :].strip()
    return Infotext(prompt.removeprefix("Prompt: "), negative, parameters)


def _number(kind: Callable[[str], N], text: str | None) -> N | None:
    try:
        return None if text is None else kind(text)
    except ValueError:
        return None


class InfoForm(StrEnum):
    """The forms in which servers send ``info``."""

    OBJECT = "an object"  # the webui until 27 October 2022, Xinference
    JSON_STRING = "JSON in a string"  # the webui since
    TEXT = "plain text"
    EMPTY = "an empty string"  # KoboldCpp until 1.76, SD.Next when nothing was produced
    ABSENT = "absent"  # one-file shims


@dataclass(frozen=True)
class Info:
    """What an ``info`` says; what it does not say is None or empty.

    Args:
        form: how it was sent.
        data: the object, empty where there is none.
        text: the string as sent; of an object, empty.
    """

    form: InfoForm
    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    @property
    def infotexts(self) -> list[str]:
        """One infotext for each picture; of plain text, that text."""
        if self.form is InfoForm.TEXT:
            return [self.text]
        return _texts(self.data.get("infotexts"))

    @property
    def parsed(self) -> list[Infotext]:
        """The infotexts, read."""
        return [parse_infotext(text) for text in self.infotexts]

    @property
    def seed(self) -> int | None:
        """Seed of the first picture."""
        seed = self.data.get("seed")
        if _is_int(seed):
            return seed
        seeds = self.all_seeds
        return seeds[0] if seeds else next((text.seed for text in self.parsed), None)

    @property
    def all_seeds(self) -> list[int]:
        """Seeds planned, in order; an interrupted run has fewer pictures."""
        seeds = self.data.get("all_seeds")
        return [seed for seed in seeds if _is_int(seed)] if isinstance(seeds, list) else []

    @property
    def all_prompts(self) -> list[str]:
        """Prompts, one for each picture, after styles."""
        return _texts(self.data.get("all_prompts"))

    @property
    def sampler_name(self) -> str | None:
        """The sampler that really ran."""
        return _text(self.data.get("sampler_name"))

    @property
    def version(self) -> str | None:
        """Version of the program: of the object from v1.7, else of the first infotext."""
        said = _text(self.data.get("version"))
        return said or next((text.version for text in self.parsed), None)


def read_info(value: Any) -> Info:
    """Read an ``info`` in any of its forms; None means an absent one.

    A string whose JSON is no object is taken as text, for a prompt may be ``5`` or ``null``.

    Args:
        value: of the key ``info``: text that holds JSON, an object, or plain text.

    Raises:
        InfoError: a list, a number or a truth value.
    """
    if value is None:
        return Info(InfoForm.ABSENT)
    if isinstance(value, dict):
        return Info(InfoForm.OBJECT, value)
    if not isinstance(value, str):
        raise InfoError(f"info is neither object nor text, but {type(value).__name__}")
    if not value.strip():
        return Info(InfoForm.EMPTY, text=value)
    data = _object(value)
    if data is None:
        return Info(InfoForm.TEXT, text=value)
    return Info(InfoForm.JSON_STRING, data, value)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = parse_json(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _is_int(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
