"""The program: its commands, its reaction to signals, and its exit codes."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from conformance.cli.help_text import HelpContext, readable
from conformance.errors import (
    AddressError,
    ConfigurationError,
    ConformanceError,
    ConnectionFailed,
    SelectionError,
    StillBusy,
    TargetError,
)
from conformance.report.document import ExitCode
from conformance.report.layout import fitted, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TextIO


DEFAULT = "run"
PROGRAM = "sdapi-check"
_NEAR = 0.75


class DefaultGroup(click.Group):
    """``sdapi-check URL`` is ``sdapi-check run URL``; its ``--help`` is that of ``run``.

    A command is imported when it is asked for.

    Args:
        homes: name of each command -> the module that defines it, as ``NAME_command``.
        more: as for ``click.Group``.
    """

    context_class = HelpContext

    def __init__(self, *, homes: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self._homes = homes

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names of the commands, in order."""
        return sorted(self._homes)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now; None if there is none.

        Args:
            cmd_name: as it was typed.
        """
        if cmd_name not in self._homes:
            return None
        return readable(getattr(import_module(self._homes[cmd_name]), f"{cmd_name}_command"))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front of arguments that begin with none.

        Args:
            ctx: of the command line.
            args: behind the program's name.
        """
        if not args or args[0] not in self._homes:
            self._refuse_misspelt(args[:1])
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def _refuse_misspelt(self, first: list[str]) -> None:
        """A word that is nearly a command is none of the addresses that lack their ``http://``."""
        for word in first:
            near = get_close_matches(word, self._homes, 1, _NEAR)
            if near and not word.startswith("-"):
                words = f"did you mean {near[0]}? A server of that name is http://{word}"
                raise click.UsageError(f"{word!r} is no command; {words}")


class DefaultCommand(click.Command):
    """The command that runs where none is named, and shows itself without its name."""

    def format_usage(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage as it is typed.

        Args:
            formatter: of click.
        """
        formatter.write_usage(PROGRAM, "[URL] [OPTIONS]")


INTERRUPTED = 130
# A terminal that is closed hangs up; Windows knows no such thing.
_ENDINGS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
# What a shell calls the end by a signal.
_BY_SIGNAL = 128


@contextmanager
def orderly_end() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block as an exit does: options are put back, children end.

    A signal that is ignored, as under nohup, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDINGS}
    heard = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
    for number in heard:
        signal.signal(number, _ended)
    try:
        yield
    finally:
        for number, old in heard.items():
            signal.signal(number, old)


def _ended(number: int, _frame: object) -> NoReturn:
    raise SystemExit(_BY_SIGNAL + number)


_CODES: tuple[tuple[tuple[type[ConformanceError], ...], ExitCode], ...] = (
    ((SelectionError, AddressError, ConfigurationError), ExitCode.USAGE),
    ((ConnectionFailed, TargetError, StillBusy), ExitCode.NO_TARGET),
)


@contextmanager
def exit_on_error(ctx: click.Context) -> Iterator[None]:
    """End the command with the exit code of whatever is raised inside, said in one line.

    Args:
        ctx: of the command line.
    """
    try:
        with orderly_end():
            yield
    except KeyboardInterrupt:
        complain("interrupted")
        ctx.exit(INTERRUPTED)
    except ConformanceError as error:
        complain(str(error))
        ctx.exit(int(exit_code_of(error)))


def write(lines: Iterable[str]) -> None:
    """Write lines to the standard output, none broken within a word.

    Args:
        lines: each without a line break.
    """
    _fit(lines, sys.stdout)


def complain(words: str) -> None:
    """Write what went wrong to the standard error, behind the name of the program.

    Args:
        words: a sentence.
    """
    _fit(f"{PROGRAM}: {words}".splitlines(), sys.stderr)


def _fit(lines: Iterable[str], out: TextIO) -> None:
    width = width_of(out)
    for line in lines:
        for part in fitted(line, width):
            click.echo(part, err=out is sys.stderr)


def exit_code_of(error: ConformanceError) -> ExitCode:
    """What a command ends with that this error stopped.

    Args:
        error: one that ended the command.
    """
    for kinds, code in _CODES:
        if isinstance(error, kinds):
            return code
    return ExitCode.SUITE_FAILED
