"""How a command ends: every known problem is one line and an exit code."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from conformance.cli.group import PROGRAM
from conformance.cli.stopping import INTERRUPTED, orderly_end
from conformance.errors import (
    AddressError,
    ConfigurationError,
    ConformanceError,
    ConnectionFailed,
    SelectionError,
    StillBusy,
    TargetError,
)
from conformance.report import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODES: tuple[tuple[tuple[type[ConformanceError], ...], ExitCode], ...] = (
    ((SelectionError, AddressError, ConfigurationError), ExitCode.USAGE),
    ((ConnectionFailed, TargetError, StillBusy), ExitCode.NO_TARGET),
)


@contextmanager
def ending(ctx: click.Context) -> Iterator[None]:
    """End the command with the exit code of whatever is raised inside, said in one line."""
    try:
        with orderly_end():
            yield
    except KeyboardInterrupt:
        click.echo(f"{PROGRAM}: interrupted", err=True)
        ctx.exit(INTERRUPTED)
    except ConformanceError as error:
        click.echo(f"{PROGRAM}: {error}", err=True)
        ctx.exit(int(exit_code_of(error)))


def exit_code_of(error: ConformanceError) -> ExitCode:
    """What a command ends with that this error stopped."""
    for kinds, code in _CODES:
        if isinstance(error, kinds):
            return code
    return ExitCode.SUITE_FAILED
