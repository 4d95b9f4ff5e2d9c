"""Where in a TOML file a key stands, which its parser does not tell."""

from __future__ import annotations

import re
from collections import Counter

Path = tuple[str | int, ...]

_PART = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")


def dotted(path: Path) -> str:
    """A path as a user writes it, as in ``targets.live.url`` or ``waivers[2].id``, from 1."""
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return words.removeprefix(".")


def line_of(text: str, path: Path) -> int | None:
    """The line, from 1, on which a key or a table of a TOML file stands; None if not found.

    A key of an inline table is found on the line where that table begins.

    Args:
        text: of the file, known to be good TOML.
        path: names of tables and keys, and places in arrays of tables from 0.
    """
    best: tuple[int, int] | None = None
    for number, place in _places(text):
        if path[: len(place)] == place and (best is None or len(place) > best[0]):
            best = (len(place), number)
    return best[1] if best else None


def _places(text: str) -> list[tuple[int, Path]]:
    """Line and path of every header and key."""
    found: list[tuple[int, Path]] = []
    table: Path = ()
    seen: Counter[Path] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                seen[table] += 1
                table = (*table, seen[table] - 1)
            found.append((number, table))
        elif key := _KEY.match(line):
            found.append((number, (*table, *_parts(key[1]))))
    return found


def _parts(text: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_PART, text))
