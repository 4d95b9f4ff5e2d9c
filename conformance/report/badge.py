"""The verdict as a badge."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from conformance.report.redacted import clean
from conformance.report.summary import overall
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import Document


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
    message, tone = badge_words(document), overall(document).tone
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


def badge_words(document: Document) -> str:
    """What the badge says on its right.

    Args:
        document: to be shown.
    """
    failed = document.count(Verdict.FAIL)
    return f"{failed} MUST failed" if failed else overall(document).words.lower()


def _width(text: str) -> int:
    return round(len(text) * _LETTER) + _PADDING
