"""TOML files that hold one array of tables, each table a record of one class."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, TypeVar

from mockserver.errors import MockError

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


class TableFileError(MockError):
    """A file of tables cannot be used."""


def read_tables(path: Path, name: str, cls: type[T]) -> tuple[T, ...]:
    """The tables ``[[name]]`` of a file.

    Raises:
        TableFileError: unreadable, not TOML, or a key is missing or unknown.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        found = tuple(cls(**item) for item in raw.pop(name, []))
    except OSError as error:
        raise TableFileError(f"{path}: {error.strerror}; name a readable file") from error
    except (ValueError, TypeError) as error:
        raise TableFileError(f"{path}: {error}; mend that place") from error
    if raw:
        raise TableFileError(f"{path}: only [[{name}]] belongs here; mend that place")
    return found
