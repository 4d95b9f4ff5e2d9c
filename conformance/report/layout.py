"""Lines as wide as a terminal: they end at blanks, and no word is broken."""

from __future__ import annotations

import os
import shutil
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO


_NARROWEST = 20
_HANGING = 2


def width_of(out: TextIO) -> int | None:
    """Columns of a terminal; None where the output is none and ``COLUMNS`` says nothing.

    Args:
        out: where to write.
    """
    if not (out.isatty() or os.environ.get("COLUMNS", "").isdigit()):
        return None
    return max(shutil.get_terminal_size().columns, _NARROWEST)


def filled(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Text on lines of a width; a word that is longer has a line of its own.

    Args:
        text: any; its line breaks are blanks.
        width: columns.
        first: in front of the first line.
        rest: in front of all others; as wide as ``first`` by default.
    """
    more = " " * len(first) if rest is None else rest
    lines = wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=more,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first.rstrip()]


def fitted(line: str, width: int | None) -> list[str]:
    """A line as it is where it fits, and else on several, behind its own indent.

    Args:
        line: without a line break.
        width: columns; None for any number.
    """
    if width is None or len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return filled(line.strip(), width, indent, indent + " " * _HANGING)


def command_lines(command: str, width: int | None, indent: str) -> list[str]:
    """A command for sh on as many lines as it takes, each but the last with a backslash behind it.

    Args:
        command: on one line; one of several lines stays as it is.
        width: columns; None for any number.
        indent: in front of every line but the first.
    """
    if width is None or len(indent) + len(command) <= width or "\n" in command:
        return command.split("\n")
    lines = [""]
    room = width - len(indent) - len(" \\")
    for word in _words(command):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return f" \\\n{indent}".join(lines).split("\n")


def _words(command: str) -> Iterator[str]:
    """A command, word by word as it is written, quotes and all."""
    word, quoted = "", ""
    for letter in command:
        if letter == " " and not quoted:
            yield word
            word = ""
            continue
        word += letter
        if quoted:
            quoted = "" if letter == quoted else quoted
        elif letter in "'\"":
            quoted = letter
    yield word
