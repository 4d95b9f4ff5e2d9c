"""The formats of reports, and the files that they are written to."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.errors import ConfigurationError, ReportError
from conformance.report.html_report import render_html
from conformance.report.json_report import render_json
from conformance.report.junit import render_junit
from conformance.report.markdown import render_badge, render_markdown
from conformance.report.redacted import shown_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.report.document import Document


@dataclass(frozen=True)
class Format:
    """A format of a report.

    Args:
        suffix: of the file, with its dot.
        summary: what it is.
        render: makes the text of a document.
    """

    suffix: str
    summary: str
    render: Callable[[Document], str]


FORMATS = (
    Format(".json", "the whole result", render_json),
    Format(".html", "a page that needs no other file", render_html),
    Format(".xml", "JUnit", render_junit),
    Format(".md", "Markdown for a CI summary", render_markdown),
    Format(".svg", "a badge", render_badge),
)


def format_of(name: str) -> Format:
    """The format that a file's name asks for.

    Args:
        name: of the file, with its suffix.

    Raises:
        ReportError: no format has this suffix; the known ones are named.
    """
    suffix = PurePath(name).suffix.lower()
    for each in FORMATS:
        if each.suffix == suffix:
            return each
    known = ", ".join(f"{each.suffix} ({each.summary})" for each in FORMATS)
    raise ReportError(f"{name}: a report ends in {known}")


#: In place of a file: the standard output gets the report.
STANDARD_OUTPUT = "-"
#: In the name of a file: replaced by the name of the target.
TARGET = "{target}"


@dataclass(frozen=True)
class Destination:
    """A file that a report is to be written to.

    Args:
        name: of the file; ``{target}`` in it is replaced by the name of the target, and ``-`` is
            the standard output.
        format: by its suffix.
    """

    name: str
    format: Format

    @property
    def to_standard_output(self) -> bool:
        """Whether it is no file, but the standard output."""
        return self.name == STANDARD_OUTPUT

    @classmethod
    def parse(cls, name: str) -> Destination:
        """A destination that can be written to, as far as is known before.

        Args:
            name: of the file, as the user wrote it.

        Raises:
            ReportError: no such format, no such folder, or it cannot be written to.
        """
        if name == STANDARD_OUTPUT or name.startswith(f"{STANDARD_OUTPUT}."):
            # A form other than JSON is named behind the sign, as in -.md.
            return cls(STANDARD_OUTPUT, format_of(f"x{name[1:] or '.json'}"))
        made = cls(name, format_of(name))
        folder = Path(name).parent
        if TARGET in str(folder):
            raise ReportError(f"{name}: {TARGET} may be in the file's name, not in the folder's")
        _insist_on_file(name)
        return made

    def path(self, document: Document) -> Path:
        """The file for one document.

        Args:
            document: whose target names the file.
        """
        return Path(self.name.replace(TARGET, target_name(document)))

    def write(self, document: Document) -> Path:
        """Write the report of a document, whole; an older one stays until it is there.

        Args:
            document: to be written.

        Returns:
            The file.

        Raises:
            ReportError: it could not be written; nothing of it is left behind.
        """
        path = self.path(document)
        if self.to_standard_output:
            _print(self.format.render(document))
            return path
        write_whole(path, self.format.render(document))
        return path


def check_destination(name: str, suffixes: tuple[str, ...]) -> None:
    """See that a file can be written, as far as is known before.

    Args:
        name: of the file, as the user wrote it.
        suffixes: that it may have, in lower case.

    Raises:
        ConfigurationError: it has none of the suffixes, or its folder cannot be written to.
    """
    if Path(name).suffix.lower() not in suffixes:
        raise ConfigurationError(f"{name}: the file has to end in {' or '.join(suffixes)}")
    try:
        _insist_on_file(name)
    except ReportError as error:
        raise ConfigurationError(str(error)) from error


def insist_on_names(destinations: Iterable[Destination], targets: int) -> None:
    """With several targets each needs a file of its own.

    Args:
        destinations: of the reports.
        targets: how many servers are judged.

    Raises:
        ConfigurationError: a name lacks ``{target}``.
    """
    for each in destinations:
        if targets > 1 and each.to_standard_output:
            raise ConfigurationError(
                f"there are {targets} targets, and - is the output of one; name a file",
            )
        if targets > 1 and TARGET not in each.name:
            stem, suffix = os.path.splitext(each.name)  # noqa: PTH122 - the name as it was typed
            raise ConfigurationError(
                f"{each.name}: there are {targets} targets, and each needs a file of its own; "
                f"write {stem}-{TARGET}{suffix}",
            )


def write_reports(
    destinations: Sequence[Destination],
    document: Document,
    say: Callable[[str], None],
) -> list[str]:
    """Write every report of a document, and say so; what went wrong, a line each.

    Where one could not be written the whole result is kept all the same: as JSON in the folder
    for temporary files or, where that fails too, on the error stream.

    Args:
        destinations: of the reports.
        document: to be written.
        say: gets a line for each file that was written.

    Returns:
        What went wrong, a line each.
    """
    problems: list[str] = []
    shown = shown_document(document) if destinations else document
    for each in destinations:
        try:
            path = each.write(shown)
            if not each.to_standard_output:
                say(f"report: {path}")
        except ReportError as error:
            problems.append(str(error))
    if problems:
        problems[-1] += f"; {_keep(shown)}"
    return problems


def write_whole(path: Path, text: str) -> None:
    """Write a file so that at every moment it is the old one or the new one.

    Args:
        path: of the file.
        text: to be written, in UTF-8.

    Raises:
        ReportError: it could not be written; the old one is as it was.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise ReportError(f"{path} could not be written: {error.strerror or error}") from error


def target_name(document: Document) -> str:
    """The name of a target, fit for the name of a file.

    Args:
        document: of the target.
    """
    name = document.name or urlsplit(document.url).netloc
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "target"


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        message = error.strerror or error
        raise ReportError(f"the report cannot be written to the output: {message}") from error


def _insist_on_file(name: str) -> None:
    folder = Path(name).parent
    if Path(name).is_dir():
        raise ReportError(f"{name} is a folder; name a file in it")
    if not folder.is_dir():
        raise ReportError(f"{name}: there is no folder {folder}; make it first")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = error.strerror or error
        raise ReportError(f"{name}: the folder {folder} cannot be written to: {message}") from error


def _keep(document: Document) -> str:
    text = render_json(document)
    name = ""
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            prefix="sdapi-check-",
            suffix=".json",
            delete=False,
        ) as file:
            name = file.name
            file.write(text)
    except OSError:
        if name:
            Path(name).unlink(missing_ok=True)
        # The error stream may lead to the same full disk.
        with suppress(OSError):
            sys.stderr.write(text)
        return "the whole result is above, as JSON"
    return f"the whole result is in {name}"
