"""The file ``sdapi.toml``: targets, what is expected of them, and waivers."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.client.fields import did_you_mean
from conformance.deployment.config.target import DEFAULTS, TargetConfig, check_defaults, read_target
from conformance.deployment.expectations.expectations import Expectations, read_expectations
from conformance.deployment.table import Source, Table
from conformance.deployment.waivers import Waiver, read_waiver
from conformance.errors import ConfigurationError
from conformance.requirements.catalogue import whole_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path


_PLACE = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")
_NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Config:
    """What a configuration file says.

    Args:
        name: of the file, as the user named it.
        targets: in the order of the file; at least one.
        waivers: of all targets.
    """

    name: str
    targets: tuple[TargetConfig, ...]
    waivers: tuple[Waiver, ...] = ()

    def chosen(self, names: Iterable[str]) -> tuple[TargetConfig, ...]:
        """The targets of these names, in the order of the file; all without a name.

        Args:
            names: of targets; none for all.

        Raises:
            ConfigurationError: there is no target of a name.
        """
        known = {target.name: target for target in self.targets}
        names = tuple(names)
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known).replace("'", "`")
                message = hint or f"there are {', '.join(known)}"
                raise ConfigurationError(f"{self.name}: there is no target {name!r}; {message}")
        return tuple(target for target in self.targets if not names or target.name in names)


def load_config(path: Path, further: Callable[[], Collection[str]] = frozenset) -> Config:
    """Read a configuration file; no secret is read, and no server asked.

    Args:
        path: of the file.
        further: returns more ids that can be waived; called only when needed.

    Raises:
        ConfigurationError: the file cannot be read, is no TOML, or says what makes no sense; one
            line that names the file, the line and the key.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{path}: it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: it is no text in UTF-8") from error
    return read_config(text, str(path), path.parent, further)


def read_config(
    text: str,
    name: str,
    folder: Path,
    further: Callable[[], Collection[str]] = frozenset,
) -> Config:
    """Read the text of a configuration file; errors as for ``load_config``.

    Args:
        text: of the file.
        name: of the file, for messages.
        folder: from which the paths in it start.
        further: returns more ids that can be waived; called only when needed.
    """
    root = _root(text, name)
    root.only((*DEFAULTS, "targets", "waivers"))
    targets = _targets(root, folder)
    tables = root.tables("waivers")
    ids = set(whole_catalogue().ids)
    if any(str(table.values.get("id")).upper() not in ids for table in tables):
        ids.update(further())
    names = [target.name for target in targets]
    return Config(name, targets, tuple(read_waiver(table, ids, names) for table in tables))


def _root(text: str, name: str) -> Table:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _PLACE.search(message)
        where = f", line {place[1]}, column {place[2]}" if place else ""
        raise ConfigurationError(f"{name}{where}: {_PLACE.sub('', message)}") from error
    return Table(Source(name, text), (), values)


def _targets(root: Table, folder: Path) -> tuple[TargetConfig, ...]:
    tables = root.table("targets")
    if tables is None or not tables.values:
        root.refuse(None, 'no target is named; write [targets.NAME] with url = "http://..."')
    check_defaults(root)
    expect = read_expectations(root.table("expect"))
    said = {key: value for key, value in root.values.items() if key in DEFAULTS and key != "expect"}
    return tuple(_target(tables, name, said, expect, folder) for name in tables.values)


def _target(
    tables: Table,
    name: str,
    said: dict[str, object],
    expect: Expectations,
    folder: Path,
) -> TargetConfig:
    own = tables.table(name)
    assert own is not None  # noqa: S101 - the name is one of its keys
    if not _NAME.fullmatch(name):
        own.refuse(None, "a target's name consists of letters, digits, dots, - and _")
    return read_target(name, _with_defaults(own, said), expect, folder)


def _with_defaults(own: Table, said: dict[str, object]) -> Table:
    """A target's table with what is said for all targets, where it does not say otherwise."""
    # Only one of these can be shown; the target's own choice takes the place of the other.
    rivals = {"auth", "token"} if {"auth", "token"} & own.values.keys() else set()
    trust = {"ca_file", "insecure"} if {"ca_file", "insecure"} & own.values.keys() else set()
    kept = {key: value for key, value in said.items() if key not in rivals | trust}
    return Table(own.source, own.path, {**kept, **own.values})
