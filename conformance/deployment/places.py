"""The lines of sdapi.toml on which keys and tables stand."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """A path as a user writes it, as in ``targets.live.url`` or ``waivers[2].id``.

    Args:
        path: names of tables and keys, and places in arrays of tables from 0.

    Returns:
        The names with dots between them; places count from 1.
    """
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return words.removeprefix(".")


def line_of(text: str, path: Path) -> int | None:
    """The line on which a key or a table of a TOML file begins.

    A key of an inline table is found on the line where that table begins, and a key that is
    missing on the line of the table that should hold it.

    Args:
        text: of the file, known to be good TOML.
        path: names of tables and keys, and places in arrays of tables from 0.

    Returns:
        The line, from 1; None where neither the key nor a table around it is in the file.
    """
    deepest, line = 0, None
    for number, values in _statements(text):
        depth = _depth(values, path)
        if depth > deepest:
            deepest, line = depth, number
    return line


def _statements(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The first line of each statement, and all that the file says up to its end.

    No parser of TOML keeps positions, so each beginning of the file is parsed: a statement ends
    on the first line with which it can be parsed. (tomlkit keeps comments and blanks, but moves
    tables that do not stand together, and their lines with them.)
    """
    lines = text.split("\n")
    first = 1
    for last in range(1, len(lines) + 1):
        try:
            values = tomllib.loads("\n".join(lines[:last]) + "\n")
        except tomllib.TOMLDecodeError:
            continue
        yield first, values
        first = last + 1


def _depth(values: Any, path: Path) -> int:
    """How many parts of a path there are."""
    for number, part in enumerate(path):
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return number
    return len(path)
