"""One target of a configuration file: the way to a server, and what is wished of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.client.address import Address
from conformance.deployment.expectations import Expectations, read_expectations
from conformance.deployment.run_keys import RUN_KEYS, read_run
from conformance.deployment.way import WAY_KEYS, check_way, is_plain, plain_secrets, read_way
from conformance.errors import ConformanceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.deployment.reach import Reach
    from conformance.deployment.table import Table

# What may be said for all targets: everything but the address.
DEFAULTS = (*WAY_KEYS, *RUN_KEYS, "expect")
KEYS = ("url", *DEFAULTS)


@dataclass(frozen=True, kw_only=True)
class TargetConfig:
    """One target of a configuration file.

    Args:
        name: as in ``[targets.NAME]``.
        table: as it stands in the file, the defaults for all targets filled in.
        folder: from which relative paths start: that of the file.
        expect: what the operator expects of it.
        run: what the file says of how the run goes: name -> value, those said alone.
    """

    name: str
    table: Table
    folder: Path
    expect: Expectations
    run: Mapping[str, Any] = field(default_factory=dict)

    def reach(self, url: str | None = None) -> Reach:
        """How to reach the server, or another address; raises as ``read_way``."""
        return read_way(self.table, self.folder, url)

    @property
    def plain_secrets(self) -> tuple[str, ...]:
        """The keys under which a secret stands in the file itself."""
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
    check_way(table)
    return TargetConfig(name=name, table=table, folder=folder, expect=expect, run=run)


def check_defaults(table: Table) -> None:
    """Look at what is said for all targets, so that an error names the place where it is said.

    Args:
        table: of the whole file.

    Raises:
        ConfigurationError: a value is none of those allowed.
    """
    check_way(table)
    read_run(table)


def _insist_on_address(table: Table, url: str) -> None:
    try:
        Address.parse(url)
    except ConformanceError as error:
        table.refuse("url", str(error))
