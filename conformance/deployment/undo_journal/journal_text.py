"""What an undo journal says, as text.

One JSON object a line: first the server and all its options, then the names of those that were
about to be written, in the order of the writes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.client.options import DERIVED
from conformance.client.redaction import is_secret_name
from conformance.errors import JournalError
from conformance.runner.option_record import ANY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


_FORMAT = "sdapi-check undo journal"
_VERSION = 1


@dataclass(frozen=True)
class JournalText:
    """What an undo journal says.

    Args:
        server: base address, without credentials; empty if the run ended before it said more.
        before: all options as they were, but for secrets.
        written: names of the options that were about to be written, first first.
    """

    server: str = ""
    before: Mapping[str, Any] | None = None
    written: tuple[str, ...] = ()

    @property
    def options_at_risk(self) -> dict[str, Any]:
        """Name -> old value of what may have changed, the first written first."""
        before = self.before or {}
        names = list(self.written)
        if ANY in names:
            names = [*(name for name in before if name not in names), *names]
        return {name: before[name] for name in names if name in before and name not in DERIVED}


def head(server: str, before: Mapping[str, Any]) -> str:
    """The first line. Options that hold secrets stay out: nothing here writes any.

    Args:
        server: base address, without credentials.
        before: option name -> value, of all options.
    """
    kept = {name: value for name, value in before.items() if not is_secret_name(name)}
    return _line({"format": _FORMAT, "version": _VERSION, "server": server, "options": kept})


def about_to_write(names: Iterable[str]) -> str:
    """A further line.

    Args:
        names: of the options.
    """
    return _line({"writing": list(names)})


def parse(text: str, path: Path) -> JournalText:
    """Read a journal.

    A last line without its end was being written when the run died, before its request went
    out; it counts for nothing.

    Args:
        text: of the file.
        path: how errors name it.

    Raises:
        JournalError: it is no journal, or damaged; names the line.
    """
    lines = text.split("\n")[:-1]
    if not lines:
        if text and not text.startswith("{"):
            raise JournalError(f"{path}: this is no undo journal")
        return JournalText()
    first = _object(lines[0], path, 1)
    if first.get("format") != _FORMAT:
        raise JournalError(f"{path}: this is no undo journal")
    if first.get("version") != _VERSION:
        raise JournalError(f"{path}: it was written by another version of sdapi-check")
    server, before = first.get("server"), first.get("options")
    if not isinstance(server, str) or not isinstance(before, dict):
        raise _damaged(path, 1)
    written: list[str] = []
    for number, line in enumerate(lines[1:], start=2):
        written += _names(_object(line, path, number), path, number)
    return JournalText(server, before, tuple(dict.fromkeys(written)))


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value) + "\n"


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        if number == 1:
            raise JournalError(f"{path}: this is no undo journal")
        raise _damaged(path, number)
    return value


def _names(value: dict[str, Any], path: Path, number: int) -> list[str]:
    names = value.get("writing")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _damaged(path, number)
    return names


def _damaged(path: Path, number: int) -> JournalError:
    return JournalError(
        f"{path}: line {number} is damaged; compare the server's options with line 1 by hand, "
        "then delete the file",
    )
