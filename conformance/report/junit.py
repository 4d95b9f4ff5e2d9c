"""The report as JUnit XML, for CI services.

What decides the exit code is a ``failure``, what went wrong in the suite an ``error``. JUnit has
no word for a requirement that is not met and need not be: such a one is ``skipped``, its message
says so, and the whole story is in ``system-out``.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conformance.report.causes import causes
from conformance.report.document import ExitCode
from conformance.report.failure_text import cause_lines, claim_lines
from conformance.report.programs import answer_line, reported
from conformance.report.redacted import shown_document
from conformance.report.summary import verdict_line
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.report.causes import Cause
    from conformance.report.document import Document
    from conformance.verdict import Result


_FAILURES = {Verdict.FAIL, Verdict.WAIVED_BUT_PASSED}


def render_junit(document: Document) -> str:
    """The document as XML: a suite for each area, a case for each requirement.

    Args:
        document: to be shown.

    Returns:
        XML.
    """
    shown = shown_document(document)
    root = Element("testsuites", {"name": "sdapi-check"})
    causes_by_id = {result.id: cause for cause in causes(shown) for result in cause.results}
    for area, results in groupby(shown.results, lambda result: result.requirement.area):
        _suite(root, shown, area, list(results), causes_by_id)
    if _ended_badly(shown) or any(section.lines for section in shown.sections):
        _run_suite(root, shown)
    _count(root, list(root.iter("testcase")), shown.seconds)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(
    root: Element,
    document: Document,
    area: str,
    results: list[Result],
    causes_by_id: Mapping[str, Cause],
) -> None:
    suite = SubElement(root, "testsuite", {"name": area, "hostname": printable(document.title)})
    _properties(suite, document)
    for result in results:
        _case(suite, document, result, causes_by_id.get(result.id))
    _count(suite, list(suite.iter("testcase")), sum(result.seconds for result in results))
    suite.set("timestamp", document.started.replace(tzinfo=None).isoformat(timespec="seconds"))


def _properties(suite: Element, document: Document) -> None:
    holder = SubElement(suite, "properties")
    for name in ("url", "profile", "mode", "seed", "cost", "version"):
        value = printable(str(getattr(document, name)))
        SubElement(holder, "property", {"name": name, "value": value})
    for outlook in reported(document) if document.programs else ():
        value = printable(answer_line(outlook, document))
        SubElement(holder, "property", {"name": outlook.client.id, "value": value})


def _case(suite: Element, document: Document, result: Result, cause: Cause | None) -> None:
    case = SubElement(
        suite,
        "testcase",
        {
            "classname": result.requirement.area,
            "name": f"{result.id} {printable(result.requirement.sentence)}",
            "time": f"{result.seconds:.3f}",
        },
    )
    verdict = result.verdict
    binding = verdict is Verdict.WARN and document.fail_on is not Level.MUST
    if cause is not None:
        tag = "failure" if verdict in _FAILURES or binding else "skipped"
        _explain(case, "error" if verdict is Verdict.ERROR else tag, result, cause, document.replay)
    elif not verdict.looked_at:
        SubElement(case, "skipped", {"message": printable(f"{verdict}: {result.reason}")})
    elif result.reason:
        SubElement(case, "system-out").text = printable(f"{verdict}: {result.reason}")


def _explain(
    case: Element,
    tag: str,
    result: Result,
    cause: Cause,
    replay: Callable[[str], str],
) -> None:
    """The whole story of a cause is at its head; what follows from it names the head."""
    follows = "" if result is cause.head else f"follows from {cause.head.id}: "
    sentence = f"{follows}{result.actual or result.reason}"
    lines = (
        [*claim_lines(result), f"  Follows from: {cause.head.id}"]
        if follows
        else cause_lines(cause, replay(result.id))
    )
    text = printable("\n".join(lines))
    if tag == "skipped":
        message = f"{result.requirement.level}, {result.verdict}: {sentence}"
        SubElement(case, tag, {"message": printable(message)})
        SubElement(case, "system-out").text = text
        return
    level = str(result.requirement.level)
    SubElement(case, tag, {"message": printable(sentence), "type": level}).text = text


def _ended_badly(document: Document) -> bool:
    good = {ExitCode.CONFORMANT, ExitCode.NOT_CONFORMANT}
    return (
        document.exit_code() not in good
        or bool(document.lost or document.not_put_back)
        or bool(document.not_certified)
    )


def _run_suite(root: Element, document: Document) -> None:
    suite = SubElement(root, "testsuite", {"name": "RUN", "hostname": printable(document.title)})
    case = SubElement(suite, "testcase", {"classname": "RUN", "name": "the run", "time": "0.000"})
    if _ended_badly(document):
        said = [document.not_put_back, document.lost, verdict_line(document, document.fail_on)]
        message = printable("; ".join(filter(None, said)))
        SubElement(case, "error", {"message": message, "type": "run"}).text = message
    sections = ["\n  ".join((s.title, *s.lines)) for s in document.sections if s.lines]
    if sections:
        SubElement(case, "system-out").text = printable("\n".join(sections))
    _count(suite, [case], 0.0)


def _count(element: Element, cases: list[Element], seconds: float) -> None:
    element.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(tag) is not None for case in cases)))
    element.set("time", f"{seconds:.3f}")


def printable(text: str) -> str:
    """The text without what XML 1.0 cannot hold.

    Args:
        text: that may hold control characters.
    """
    kept = (
        c if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff") else repr(c)[1:-1] for c in text
    )
    return "".join(kept).encode("utf-8", errors="backslashreplace").decode("utf-8")
