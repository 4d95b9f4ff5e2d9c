"""The formats of a report, by the suffix of the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from conformance.errors import ReportError
from conformance.report.badge import render_badge
from conformance.report.html_report import render_html
from conformance.report.json_report import render_json
from conformance.report.junit import render_junit
from conformance.report.markdown import render_markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.report.document import Document


@dataclass(frozen=True)
class Format:
    """A format of a report.

    Args:
        suffix: of the file, with its dot.
        words: what it is.
        render: makes the text of a document.
    """

    suffix: str
    words: str
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

    Raises:
        ReportError: no format has this suffix; the known ones are named.
    """
    suffix = PurePath(name).suffix.lower()
    for each in FORMATS:
        if each.suffix == suffix:
            return each
    known = ", ".join(f"{each.suffix} ({each.words})" for each in FORMATS)
    raise ReportError(f"{name}: a report ends in {known}")
