"""The program: its commands and their help, its reaction to signals, and its exit codes."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NoReturn

import click

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
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import FrameType
    from typing import TextIO


# Columns from which texts are next to their options, and the fewest that are written for.
_WIDE, _NARROWEST = 60, 20
# Columns that click leaves free.
_MARGIN = 2


class HelpText(click.HelpFormatter):
    """Help that breaks no word: a narrow terminal has each text below its option."""

    def __init__(
        self,
        indent_increment: int = 2,
        width: int | None = None,
        max_width: int | None = None,
    ) -> None:
        columns = shutil.get_terminal_size().columns - _MARGIN
        if width is None and columns < _WIDE:
            # click writes for 50 columns at least.
            width = max(columns, _NARROWEST)
        super().__init__(indent_increment, width, max_width)

    def write_text(self, text: str) -> None:
        """Write paragraphs; those that begin with a backspace keep their lines.

        Args:
            text: paragraphs with empty lines between them.
        """
        room = self.width
        indent = " " * self.current_indent
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            kept = paragraph.startswith("\b")
            lines = paragraph.removeprefix("\b").strip("\n").split("\n") if kept else [paragraph]
            for line in lines:
                self.write("\n".join(_wrapped(line, room, indent, kept=kept)) + "\n")

    def write_dl(
        self,
        rows: Iterable[tuple[str, str]],
        col_max: int = 30,
        col_spacing: int = 2,
    ) -> None:
        """Write options with their texts next to them, or below where there is no room.

        Args:
            rows: each option with its text.
            col_max: columns that options take at most; 30 by default.
            col_spacing: columns between the two; 2 by default.
        """
        if self.width >= _WIDE:
            super().write_dl(rows, col_max, col_spacing)
            return
        indent = " " * self.current_indent
        for term, text in rows:
            self.write("\n".join(_wrapped(term, self.width, indent)) + "\n")
            if text:
                self.write("\n".join(_wrapped(text, self.width, indent + "    ")) + "\n")


class HelpContext(click.Context):
    """A context whose help is a ``HelpText``."""

    formatter_class = HelpText


def readable(command: click.Command) -> click.Command:
    """Give a command, and those in it, help that breaks no word.

    Args:
        command: whose help it is.

    Returns:
        The same command.
    """
    command.context_class = HelpContext
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        readable(each)
    return command


def _wrapped(line: str, width: int, indent: str, *, kept: bool = False) -> list[str]:
    """A line that fits as it is; any other on several, which end at blanks."""
    if kept and len(indent + line) <= width + _MARGIN:
        return [(indent + line).rstrip()]
    own = indent + " " * (len(line) - len(line.lstrip()))
    return wrap(
        " ".join(line.split()),
        width,
        initial_indent=own,
        subsequent_indent=own + "  " * kept,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


DEFAULT = "run"
PROGRAM = "sdapi-check"
HELP_OPTIONS = ["-h", "--help"]
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
                message = f"did you mean {near[0]}? A server of that name is http://{word}"
                raise click.UsageError(f"{word!r} is no command; {message}")


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
def handling(
    numbers: Iterable[signal.Signals], handle: Callable[[int, FrameType | None], object]
) -> Iterator[None]:
    """Signals call a function inside the block; one that is ignored, as under nohup, stays so.

    Args:
        numbers: of the signals; none is handled in any thread but the main one.
        handle: gets the number, and what it interrupts; may raise to end the block.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in numbers}
    handled = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
    for number in handled:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, old in handled.items():
            signal.signal(number, old)


@contextmanager
def orderly_end() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block as an exit does: options are put back, children end."""
    with handling(_ENDINGS, _ended):
        yield


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


def complain(message: str) -> None:
    """Write what went wrong to the standard error, behind the name of the program.

    Args:
        message: a sentence.
    """
    _fit(f"{PROGRAM}: {message}".splitlines(), sys.stderr)


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
