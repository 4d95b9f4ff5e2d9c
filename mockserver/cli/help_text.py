"""Help on terminals of any width."""

from __future__ import annotations

import shutil
from textwrap import wrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable


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
