"""The ``info`` of an answer: an object, JSON in a string, plain text, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeGuard

from conformance.client.infotext import Infotext, parse_infotext
from conformance.errors import InfoError
from conformance.exchange import parse_json


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
    """Read an ``info`` in any of its forms; None stands for an absent one.

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
