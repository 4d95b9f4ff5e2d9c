"""The report as one page of HTML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from conformance.catalogue import Level
from conformance.client.rendering import render_answer, render_request
from conformance.clients import load_clients, outlooks
from conformance.report.ledger import ledger
from conformance.report.marks import MARKS, PROSPECTS, overall
from conformance.report.page import render_page
from conformance.report.shown import BODY, ShownExchange, shown_document, shown_exchange
from conformance.report.summary import verdict_details
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.clients import Outlook
    from conformance.report.document import Document
    from conformance.verdict import Result

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
    """The document as one page: it loads nothing, and can be read without JavaScript."""
    shown = shown_document(document)
    return render_page(
        "report.html.j2",
        document=shown,
        overall=overall(shown),
        details=verdict_details(shown),
        ledger=ledger(shown),
        marks=MARKS,
        prospects=PROSPECTS,
        outlooks=sorted(outlooks(load_clients(), shown.results), key=_worst_first),
        level_choices=[(level, level) for level in Level],
        area_choices=[(a, a) for a in dict.fromkeys(r.requirement.area for r in shown.results)],
        verdict_choices=[(v, MARKS[v].words) for v in Verdict if shown.count(v)],
        started=f"{shown.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        evidence=evidence,
        binding=lambda result: result.verdict in _BINDING,
    )


_BINDING = {Verdict.FAIL, Verdict.ERROR}


def evidence(result: Result) -> list[Evidence]:
    """The exchanges that a verdict rests on."""
    return [
        Evidence(render_request(each, _WHOLE), render_answer(each, _WHOLE), each)
        for each in map(shown_exchange, result.exchanges)
    ]


def _worst_first(outlook: Outlook) -> int:
    return _ORDER.index(outlook.prospect.value)


_ORDER = ("breaks", "works with loss", "works", "unknown")
