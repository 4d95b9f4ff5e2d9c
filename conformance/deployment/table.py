"""The tables of sdapi.toml, read key by key; an error names the line."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from conformance.client.connection import LONGEST
from conformance.client.fields import did_you_mean
from conformance.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """A path as a user writes it, as in ``targets.live.url`` or ``waivers[2].id``.

    Args:
        path: names of tables and keys, and places in arrays of tables from 0.

    Returns:
        The names with dots between them; places count from 1.
    """
    shown = ""
    for part in path:
        shown += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return shown.removeprefix(".")


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
    tables that are not next to each other, and their lines with them.)
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


@dataclass(frozen=True)
class Source:
    """A configuration file.

    Args:
        name: as the user named it.
        text: what is written in it.
    """

    name: str
    text: str = field(repr=False)

    def refuse(self, path: Path, message: str) -> NoReturn:
        """Say what is wrong, and where.

        Args:
            path: of the key or table at fault.
            message: what is wrong with it.

        Raises:
            ConfigurationError: always; it names the file, the line and the key.
        """
        line = line_of(self.text, path)
        place = "" if line is None else f", line {line}"
        key = f": {dotted(path)}" if path else ""
        raise ConfigurationError(f"{self.name}{place}{key}: {message}")


@dataclass(frozen=True)
class Table:
    """A table of a configuration file.

    Every reader returns None, or what is empty, for a key that is not there, and raises
    ``ConfigurationError`` for a value of another kind.

    Args:
        source: the file.
        path: where the table is in it.
        values: what it holds.
    """

    source: Source
    path: Path
    values: Mapping[str, Any] = field(repr=False)

    def only(self, known: Iterable[str]) -> None:
        """Make sure that there are no other keys.

        Args:
            known: all keys that the table may have.

        Raises:
            ConfigurationError: there is one; the known key nearest to it is named.
        """
        known = tuple(known)
        for key in self.values:
            if key not in known:
                hint = did_you_mean(key, known).replace("'", "`")
                near = hint or f"there are {', '.join(known)}"
                self.refuse(key, f"unknown key; {near}")

    def refuse(self, key: str | None, message: str) -> NoReturn:
        """Say what is wrong with a key, or with the table; raises ``ConfigurationError``.

        Args:
            key: at fault; None for the table itself.
            message: what is wrong with it.
        """
        self.source.refuse(self.path if key is None else (*self.path, key), message)

    def text(self, key: str) -> str | None:
        """A text that is not empty.

        Args:
            key: of this table.
        """
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self._wrong(key, "a text")
        return value

    def required(self, key: str, why: str) -> str:
        """A text that has to be there; ``why`` says what it is for.

        Args:
            key: of this table.
            why: what the text is for, for the error.
        """
        value = self.text(key)
        if value is None:
            self.refuse(None, f"the key `{key}` is missing: {why}")
        return value

    def flag(self, key: str) -> bool | None:
        """True or false.

        Args:
            key: of this table.
        """
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            self._wrong(key, "true or false")
        return value

    def number(self, key: str, unit: str, *, zero: bool = True) -> float | None:
        """A number that is not negative, in ``unit``; above 0 unless ``zero`` may be.

        Args:
            key: of this table.
            unit: of the number, for the error.
            zero: whether 0 is allowed; it is by default.
        """
        value = self.values.get(key)
        if value is None:
            return None
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        # The comparison also refuses NaN; infinity would wait for ever.
        if not plain or not 0 <= value <= LONGEST or (not zero and value == 0):
            bounds = "from 0 on" if zero else "above 0"
            if plain and value > LONGEST:
                bounds = f"up to {LONGEST:.0f}"
            self._wrong(key, f"{unit}, as a number {bounds},")
        return float(value)

    def whole(self, key: str, unit: str, least: int = 0) -> int | None:
        """A whole number of ``unit``, at least ``least``.

        Args:
            key: of this table.
            unit: of the number, for the error.
            least: the smallest number allowed; 0 by default.
        """
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self._wrong(key, f"{unit}, as a whole number from {least} on,")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Texts in an array; a single text counts as an array of one.

        Args:
            key: of this table.
        """
        value = self.values.get(key)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        good = isinstance(items, list) and all(isinstance(i, str) and i.strip() for i in items)
        if not good:
            self._wrong(key, 'an array of texts, as in ["one", "two"],')
        return tuple(items)

    def day(self, key: str) -> date | None:
        """A date without a time.

        Args:
            key: of this table.
        """
        value = self.values.get(key)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            self._wrong(key, "a date without quotes, as in 2027-03-31,")
        return value

    def table(self, key: str) -> Table | None:
        """A table in this one.

        Args:
            key: of this table.
        """
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong(key, f"a table, as in [{dotted((*self.path, key))}],")
        return Table(self.source, (*self.path, key), value)

    def tables(self, key: str) -> tuple[Table, ...]:
        """The tables of an array.

        Args:
            key: of this table.
        """
        value = self.values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._wrong(key, f"an array of tables, as in [[{dotted((*self.path, key))}]],")
        path = (*self.path, key)
        return tuple(Table(self.source, (*path, i), item) for i, item in enumerate(value))

    def _wrong(self, key: str, expected: str) -> NoReturn:
        self.refuse(key, f"{expected} is expected, not {_found(self.values[key])}")


def _found(value: Any) -> str:
    """A value in words, its content only where it is short and no table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {value!r:.60}" if value.strip() else "an empty text"
    if isinstance(value, dict):
        return "a table"
    return "an array" if isinstance(value, list) else f"{value}"
