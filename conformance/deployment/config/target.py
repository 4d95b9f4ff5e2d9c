"""One target of sdapi.toml: its server, how the run goes, and what is expected of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.client.address import Address
from conformance.deployment.config.connection_keys import (
    CONNECTION_KEYS,
    check_connection_keys,
    is_plain,
    plain_secrets,
    read_connection,
)
from conformance.deployment.expectations.expectations import Expectations, read_expectations
from conformance.detection.profile import ServerProfile
from conformance.errors import ConformanceError
from conformance.runner.generation import SIZE_STEP
from conformance.runner.plan import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.deployment.connection import Connection
    from conformance.deployment.table import Table


RUN_KEYS = (
    "profile",
    "mode",
    "generate",
    "budget",
    "rate",
    "retry_limit",
    "patience",
    "size",
    "seed",
    "examples",
    "only",
    "skip",
    "for",
    "security",
    "fail_on_security",
)
_LEVELS = ("high", "medium", "low")
_SMALLEST, _LARGEST = 64, 1024


def read_run(table: Table) -> dict[str, Any]:
    """What is said of how the run goes; what is not said is not in it.

    Args:
        table: of a target, or of the whole file.

    Returns:
        Name of an option of the command -> value.

    Raises:
        ConfigurationError: a value is none of those allowed; names the key.
    """
    said = {
        "profile": _profile(table),
        "mode": _mode(table),
        "generate": table.flag("generate"),
        "budget": table.number("budget", "pictures"),
        "rate": table.number("rate", "requests a second", zero=False),
        "retry_limit": table.number("retry_limit", "seconds"),
        "patience": table.number("patience", "seconds"),
        "size": _size(table),
        "seed": table.whole("seed", "a seed"),
        "examples": table.whole("examples", "examples"),
        "only": table.texts("only") or None,
        "skip": table.texts("skip") or None,
        "for": table.texts("for") or None,
        "security": table.flag("security"),
        "fail_on_security": _level(table),
    }
    return {key: value for key, value in said.items() if value is not None}


def _profile(table: Table) -> ServerProfile | None:
    text = table.text("profile")
    try:
        return None if text is None else ServerProfile.parse(text)
    except ConformanceError as error:
        table.refuse("profile", str(error))


def _mode(table: Table) -> Mode | None:
    text = table.text("mode")
    if text is None:
        return None
    if text not in set(Mode):
        table.refuse("mode", f"{text!r} is no mode; there are {', '.join(Mode)}")
    return Mode(text)


def _level(table: Table) -> str | None:
    text = table.text("fail_on_security")
    if text not in {None, *_LEVELS}:
        table.refuse("fail_on_security", f"{text!r} is no level; there are {', '.join(_LEVELS)}")
    return text


def _size(table: Table) -> int | None:
    size = table.whole("size", "pixels", _SMALLEST)
    if size is not None and (size > _LARGEST or size % SIZE_STEP):
        table.refuse("size", f"a multiple of {SIZE_STEP} up to {_LARGEST} is expected, not {size}")
    return size


# What may be said for all targets: everything but the address.
DEFAULTS = (*CONNECTION_KEYS, *RUN_KEYS, "expect")
KEYS = ("url", *DEFAULTS)


@dataclass(frozen=True, kw_only=True)
class TargetConfig:
    """One target of a configuration file.

    Args:
        name: as in ``[targets.NAME]``.
        table: as in the file, the defaults for all targets filled in.
        folder: from which relative paths start: that of the file.
        expect: what the operator expects of it.
        run: what the file says of how the run goes: name -> value, those said alone.
    """

    name: str
    table: Table
    folder: Path
    expect: Expectations
    run: Mapping[str, Any] = field(default_factory=dict)

    def connection(self, url: str | None = None) -> Connection:
        """How to reach the server, or another address; raises as ``read_connection``.

        Args:
            url: in place of that of the file; None for that.
        """
        return read_connection(self.table, self.folder, url)

    @property
    def plain_secrets(self) -> tuple[str, ...]:
        """The keys whose secret is in the file itself."""
        return plain_secrets(self.table)


def read_target(name: str, table: Table, defaults: Expectations, folder: Path) -> TargetConfig:
    """Read a target whose table has the defaults filled in; no secret is read yet.

    Args:
        name: of the target.
        table: of the target.
        defaults: what is expected of all targets.
        folder: from which relative paths start.

    Raises:
        ConfigurationError: an unknown key, or a value that is none of those allowed.
    """
    table.only(KEYS)
    url = table.required("url", "the address, as in http://127.0.0.1:7860")
    expect = read_expectations(table.table("expect")).over(defaults)
    run = read_run(table)
    if is_plain(url):
        _insist_on_address(table, url)
    check_connection_keys(table)
    return TargetConfig(name=name, table=table, folder=folder, expect=expect, run=run)


def check_defaults(table: Table) -> None:
    """Look at what is said for all targets, so that an error names the place where it is said.

    Args:
        table: of the whole file.

    Raises:
        ConfigurationError: a value is none of those allowed.
    """
    check_connection_keys(table)
    read_run(table)


def _insist_on_address(table: Table, url: str) -> None:
    try:
        Address.parse(url)
    except ConformanceError as error:
        table.refuse("url", str(error))
