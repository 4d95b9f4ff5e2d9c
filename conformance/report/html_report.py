"""The HTML report, one file without further requests."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.client.rendering import render_answer, render_request
from conformance.report.causes import causes
from conformance.report.failure_text import counted
from conformance.report.programs import answer_line, reported
from conformance.report.redacted import BODY, ShownExchange, shown_document, shown_exchange
from conformance.report.remedies import remedy_of
from conformance.report.summary import MARKS, PROSPECTS, overall, verdict_details
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import Document
    from conformance.report.summary import Outlook
    from conformance.verdict import Result


_DATA = files("conformance.report") / "data"


def render_page(template: str, **values: Any) -> str:
    """A page from a template of the data folder.

    Whatever a server said is escaped. The style and the script are in the page, and its
    policy lets nothing else run or load but pictures that are in it too.

    Args:
        template: name of the file.
        values: what the template shows.
    """
    style, script = _read("page.css"), _read("page.js")
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    )
    return (
        _environment()
        .get_template(template)
        .render(
            # Our own files, which hold no closing tag.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            policy=policy,
            **values,
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("conformance.report", "data"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _read(name: str) -> str:
    return (_DATA / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


@dataclass(frozen=True)
class Part:
    """A part of a bar.

    Args:
        tone: of its colour.
        label: what it counts.
        count: how many.
        start: where it begins, in per cent of the bar.
        width: in per cent of the bar.
    """

    tone: str
    label: str
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class Row:
    """A level.

    Args:
        level: which.
        total: requirements that apply to the server.
        parts: of the bar; empty where nothing applies.
    """

    level: Level
    total: int
    parts: tuple[Part, ...]


_TONES = (("good", "met"), ("bad", "failed"), ("warn", "not met"), ("info", "differ"))


def ledger(document: Document) -> list[Row]:
    """A row for each level; what does not apply to the server is left out.

    Args:
        document: to be shown.
    """
    return [_row(document, level) for level in Level]


def _tone(verdict: Verdict) -> str:
    # An error of the suite says nothing of the server, and a waiver does not unmake a pass.
    if verdict.met:
        return "good"
    return MARKS[verdict].tone if verdict.unmet else "none"


def _row(document: Document, level: Level) -> Row:
    counts = dict.fromkeys([*(tone for tone, _ in _TONES), "none"], 0)
    for verdict in Verdict:
        if verdict is not Verdict.NOT_APPLICABLE:
            counts[_tone(verdict)] += document.count(verdict, level)
    total = sum(counts.values())
    parts, start = [], 0.0
    for tone, label in (*_TONES, ("none", "not looked at")):
        if counts[tone]:
            width = 100 * counts[tone] / total
            parts.append(Part(tone, label, counts[tone], round(start, 3), round(width, 3)))
            start += width
    return Row(level, total, tuple(parts))


# The note of a cut body comes on top, and is not to be cut again.
_WHOLE = 2 * BODY


@dataclass(frozen=True)
class Evidence:
    """A request and its answer, as text.

    Args:
        request: method, address, headers, body.
        answer: status, time, headers, body.
        shown: the exchange, with its curl line and its pictures.
    """

    request: str
    answer: str
    shown: ShownExchange


def render_html(document: Document) -> str:
    """The document as one page: it loads nothing, and can be read without JavaScript.

    Args:
        document: to be shown.

    Returns:
        One page of HTML.
    """
    shown = shown_document(document)
    return render_page(
        "report.html.j2",
        document=shown,
        overall=overall(shown),
        details=verdict_details(shown),
        ledger=ledger(shown),
        marks=MARKS,
        prospects=PROSPECTS,
        outlooks=sorted(reported(shown), key=_worst_first),
        answers=[answer_line(outlook, shown) for outlook in reported(shown) if shown.programs],
        causes=causes(shown),
        remedy=remedy_of,
        counted=counted,
        level_choices=[(level, level) for level in Level],
        area_choices=[(a, a) for a in dict.fromkeys(r.requirement.area for r in shown.results)],
        verdict_choices=[(v, MARKS[v].label) for v in Verdict if shown.count(v)],
        started=f"{shown.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        evidence=evidence,
        binding=lambda cause: cause.verdict in _BINDING,
    )


_BINDING = {Verdict.FAIL, Verdict.ERROR}


def evidence(result: Result) -> list[Evidence]:
    """The exchanges that a verdict rests on.

    Args:
        result: to be shown.
    """
    return [
        Evidence(render_request(each, _WHOLE), render_answer(each, _WHOLE), each)
        for each in map(shown_exchange, result.exchanges)
    ]


def _worst_first(outlook: Outlook) -> int:
    return _ORDER.index(outlook.prospect.value)


_ORDER = ("breaks", "works with loss", "works", "unknown")
