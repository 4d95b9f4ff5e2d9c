"""What tells the kinds of server apart."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from conformance.target.openapi import OpenApi
from conformance.target.probe import API, NOWHERE, OPENAPI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.target.probe import Probe

_FILE = files("conformance.target") / "data" / "clues.toml"


@dataclass(frozen=True)
class Clue:
    """One thing that tells kinds of server apart; ``data/clues.toml`` tells the kinds.

    Args:
        kind: what is looked at.
        value: what is looked for there.
        families: for whom it speaks.
        weight: how loud.
    """

    kind: str
    value: Any
    families: tuple[str, ...]
    weight: int

    @property
    def sentence(self) -> str:
        """For people: what was seen, and for whom it speaks."""
        return f"{self.kind} {self.value!r} speaks for {', '.join(self.families)}"


@cache
def all_clues() -> tuple[Clue, ...]:
    """The clues that ship with the package."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))["clue"]
    return tuple(Clue(**entry | {"families": tuple(entry["families"])}) for entry in table)


def seen_clues(probe: Probe, programs: Iterable[str] = ()) -> tuple[Clue, ...]:
    """The clues that a server shows.

    Args:
        probe: its answers to the cheap reads.
        programs: what its infotexts and infos call it, such as ``v1.10.1``.
    """
    programs = tuple(programs)
    return tuple(clue for clue in all_clues() if _LOOK[clue.kind](probe, clue.value, programs))


def weigh(clues: Iterable[Clue]) -> str | None:
    """The family that most speaks for, None if nothing speaks for any; ties go to the first."""
    votes: Counter[str] = Counter()
    for clue in clues:
        for family in clue.families:
            votes[family] += clue.weight
    return votes.most_common(1)[0][0] if votes else None


def _openapi(probe: Probe) -> OpenApi:
    return OpenApi.read(probe.json(OPENAPI))


def _options(probe: Probe) -> dict[str, Any]:
    value = probe.json(f"{API}/options")
    return value if isinstance(value, dict) else {}


def _items(probe: Probe, name: str) -> list[dict[str, Any]]:
    value = probe.json(f"{API}/{name}")
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _nowhere(probe: Probe, value: str, _programs: tuple[str, ...]) -> bool:
    exchange = probe.ask(NOWHERE)
    if value == "empty":
        return exchange.status is not None and not exchange.body and not exchange.media_type
    return f'"{value}"' in exchange.text if value == "detail" else value in exchange.text


def _header(probe: Probe, value: str, _programs: tuple[str, ...]) -> bool:
    headers = (item for e in probe.answers for item in e.response_headers.items())
    return any(value in f"{name}: {content}".lower() for name, content in headers)


def _hash(probe: Probe, value: str, _programs: tuple[str, ...]) -> bool:
    models = _items(probe, "sd-models")
    return bool(models) and all(model.get("hash") == value for model in models)


def _alias_is_name(probe: Probe, _value: bool, _programs: tuple[str, ...]) -> bool:
    samplers = _items(probe, "samplers")
    return bool(samplers) and all(s.get("aliases") == [s.get("name")] for s in samplers)


_LOOK: dict[str, Callable[[Probe, Any, tuple[str, ...]], bool]] = {
    "openapi-title": lambda probe, value, _: _openapi(probe).title == value,
    "openapi-path": lambda probe, value, _: value in _openapi(probe).paths,
    "openapi-field": lambda probe, value, _: value in _openapi(probe).fields,
    "option": lambda probe, value, _: value in _options(probe),
    "option-count": lambda probe, value, _: len(_options(probe)) == value,
    "nowhere": _nowhere,
    "header": _header,
    "hash": _hash,
    "sampler-key": lambda p, value, _: any(value in s for s in _items(p, "samplers")),
    "alias-is-name": _alias_is_name,
    "version": lambda _, value, programs: any(value in program for program in programs),
}
