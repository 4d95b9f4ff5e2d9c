"""Reports for other pages: Markdown, and a badge."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from conformance.report.causes import causes
from conformance.report.failure_text import cause_lines
from conformance.report.programs import answer_line, reported
from conformance.report.redacted import clean, shown_document
from conformance.report.summary import MARKS, PROSPECTS, Prospect, overall, verdict_line
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.report.causes import Cause
    from conformance.report.document import Document
    from conformance.report.summary import Outlook


# GitHub shows a summary of at most a mebibyte; so many failures are shown in full.
_IN_FULL = 50
_NAMED = 6


def render_markdown(document: Document) -> str:
    """The document as Markdown of GitHub's kind.

    Args:
        document: to be shown.
    """
    shown = shown_document(document)
    parts = (
        _head(shown),
        _sections(shown, urgent=True),
        _table(shown),
        _failures(shown),
        _sections(shown, urgent=False),
        _programs(shown),
    )
    return "\n".join(chain.from_iterable(parts)) + "\n"


def _head(document: Document) -> Iterator[str]:
    mark = overall(document)
    yield f"## {mark.symbol} {mark.label}: {_plain(document.title)}"
    yield ""
    for outlook in reported(document) if document.programs else ():
        yield from (f"**{_plain(answer_line(outlook, document))}.**", "")
    yield f"{_plain(verdict_line(document, document.fail_on))}."
    yield ""
    for message in (document.not_put_back, document.lost):
        if message:
            yield from (f"> {_plain(message)}", "")
    yield (
        f"Mode {document.mode}, {document.seconds:.1f} s, {document.cost:.3f} pictures of "
        f"512x512 at 20 steps, sdapi-check {document.version}."
    )
    yield ""


def _sections(document: Document, *, urgent: bool) -> Iterator[str]:
    for section in document.sections_shown(urgent=urgent):
        yield f"### {_plain(section.title)}"
        yield ""
        yield from (f"- {_plain(line)}" for line in section.lines)
        yield ""


def _table(document: Document) -> Iterator[str]:
    used = [verdict for verdict in Verdict if document.count(verdict)]
    if not used:
        return
    yield "| | " + " | ".join(f"{MARKS[v].symbol} {MARKS[v].label}" for v in used) + " |"
    yield "|---|" + "---:|" * len(used)
    for level in Level:
        counts = (str(document.count(verdict, level) or "") for verdict in used)
        yield f"| **{level}** | " + " | ".join(counts) + " |"
    yield ""


def _failures(document: Document) -> Iterator[str]:
    found = causes(document)
    if not found:
        return
    yield "### To look at"
    yield ""
    for number, cause in enumerate(found):
        yield from _cause(document, cause) if number < _IN_FULL else _in_short(cause)


def _cause(document: Document, cause: Cause) -> Iterator[str]:
    lines = cause_lines(cause, document.replay(cause.head.id))
    summary = f"<code>{cause.head.id}</code> {cause.level}{_more(cause)}"
    yield f"<details><summary>{_verdict(cause)} {summary}: {_html(_what(cause))}</summary>"
    fence = "`" * (max(map(_longest_fence, lines), default=0) + 3)
    yield from ("", fence + "text", *lines, fence, "", "</details>", "")


def _in_short(cause: Cause) -> Iterator[str]:
    head = f"`{cause.head.id}` {cause.level}{_more(cause)}"
    yield f"- {_verdict(cause)} {head}: {_plain(_what(cause))}"


def _more(cause: Cause) -> str:
    return f" and {len(cause.follows)} more" if cause.follows else ""


def _programs(document: Document) -> Iterator[str]:
    found = reported(document)
    if all(outlook.prospect is Prospect.UNKNOWN for outlook in found):
        return
    yield "### Which programs will work"
    yield ""
    yield "| Program | | Why |"
    yield "|---|---|---|"
    for outlook in found:
        mark = PROSPECTS[outlook.prospect]
        yield f"| {outlook.client.name} | {mark.symbol} {mark.label} | {_why(outlook)} |"


def _why(outlook: Outlook) -> str:
    if outlook.breaks_on:
        return "breaks on " + _names(outlook.breaks_on)
    if outlook.not_looked_at:
        return "not looked at: " + _names(outlook.not_looked_at)
    return "loses " + _names(outlook.loses) if outlook.loses else ""


def _names(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _verdict(cause: Cause) -> str:
    return f"{MARKS[cause.verdict].symbol} {MARKS[cause.verdict].label}"


def _what(cause: Cause) -> str:
    text = cause.sentence
    return text if len(text) <= 160 else text[:157] + "..."  # noqa: PLR2004 - a line or two


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    """The text, with what Markdown would read as its own put behind a backslash."""
    line = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|~" else c for c in line)


def _longest_fence(line: str) -> int:
    runs = "".join(c if c == "`" else " " for c in line).split()
    return max(map(len, runs), default=0)


# White text on each has a contrast of at least 4.5.
_COLOURS = {"good": "#1d6b3a", "bad": "#a3241d", "warn": "#7d5200", "none": "#5d5a54"}
# Pixels that a letter of Verdana 11 takes; ``textLength`` makes the text fit exactly.
_LETTER = 6.6
_PADDING = 14

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label={title}>
<title>{words}</title>
<clipPath id="r"><rect width="{width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)">
<rect width="{left}" height="20" fill="#3b3a37"/>
<rect x="{left}" width="{right}" height="20" fill="{colour}"/>
</g>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
<text x="7" y="14" textLength="{left_text}">{label}</text>
<text x="{right_start}" y="14" textLength="{right_text}">{message}</text>
</g>
</svg>
"""


def render_badge(document: Document) -> str:
    """The verdict as an SVG of 20 pixels height.

    Args:
        document: to be shown.

    Returns:
        An SVG.
    """
    label = clean(f"sdapi as {document.profile}" if document.profile else "sdapi")
    message, tone = badge_text(document), overall(document).tone
    left, right = _width(label), _width(message)
    return _SVG.format(
        width=left + right,
        left=left,
        right=right,
        left_text=left - _PADDING,
        right_text=right - _PADDING,
        right_start=left + _PADDING // 2,
        colour=_COLOURS[tone],
        label=escape(label),
        message=escape(message),
        words=escape(f"{label}: {message}"),
        title=quoteattr(f"{label}: {message}"),
    )


def badge_text(document: Document) -> str:
    """What the badge says on its right.

    Args:
        document: to be shown.
    """
    failed = document.count(Verdict.FAIL)
    return f"{failed} MUST failed" if failed else overall(document).label.lower()


def _width(text: str) -> int:
    return round(len(text) * _LETTER) + _PADDING
