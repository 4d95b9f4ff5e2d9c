"""What is the same on everybody's machine: read from ``data/ordinary.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Ordinary:
    """Names that tell nothing.

    Attributes:
        names: accounts and machines, in lower case.
        roots: first folders of file systems.
        hosts: public hosts; those below them count too.
        secrets: words that examples use for a password, in lower case.
    """

    names: frozenset[str]
    roots: frozenset[str]
    hosts: frozenset[str]
    secrets: frozenset[str]


def _read() -> Ordinary:
    file = files("mockserver.recording.redaction") / "data" / "ordinary.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return Ordinary(**{name: frozenset(words) for name, words in table.items()})


ORDINARY = _read()
