"""The result of a load test in each format of a report: JSON, HTML, JUnit, Markdown."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conformance.load.capacity import WAITS, seats
from conformance.load.console import (
    FLEET,
    HEADS,
    headline,
    knee_lines,
    result_lines,
    stage_row,
)
from conformance.load.fleet import fleet
from conformance.load.page import render_load_page
from conformance.report.junit import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.load.result import LoadResult

LOAD_VERSION = 1


def load_json(result: LoadResult) -> dict[str, Any]:
    """The result as a JSON value; times are in seconds.

    Args:
        result: of a load test.
    """
    return {
        "load_version": LOAD_VERSION,
        "suite": "sdapi-conformance",
        "headline": headline(result),
        "started": result.started.isoformat(),
        "seconds": result.seconds,
        "plan": result.plan.to_json(),
        "profiles": list(result.profiles),
        "reason": result.reason,
        "breached": result.breached,
        "remarks": list(result.remarks),
        "budget": {"spent": result.spent, "most": result.plan.budget},
        "unfinished": result.unfinished,
        "lost": result.lost,
        "stages": [asdict(stage) for stage in result.stages],
        "capacity": None if result.capacity is None else asdict(result.capacity),
        "users": _users(result),
        "problems": result.problems,
        "seen": {str(seen) or "no": count for seen, count in result.seen.items()},
        "requests": {kind: asdict(tally) for kind, tally in result.tallies.items()},
        "effort": None if result.effort is None else asdict(result.effort),
        "fleet": _fleet(result),
        "pictures": [sample.to_json() for sample in result.samples],
    }


def render_load_json(result: LoadResult) -> str:
    """The result as text of JSON.

    Args:
        result: of a load test.
    """
    return json.dumps(load_json(result), indent=1, ensure_ascii=False) + "\n"


def load_schema_text() -> str:
    """The published JSON Schema (draft 2020-12) of the result of a load test."""
    file = files("conformance.load") / "data" / "load.schema.json"
    return file.read_text(encoding="utf-8")


def _users(result: LoadResult) -> list[dict[str, Any]]:
    """How many users wait how long, on how many servers."""
    if result.capacity is None:
        return []
    return [
        {
            "servers": seat.servers,
            "rate": seat.rate,
            "at_wait": {f"{wait:g}": n for wait, n in zip(WAITS, seat.users, strict=True)},
        }
        for seat in seats(result.plan, result.capacity)
    ]


def _fleet(result: LoadResult) -> dict[str, Any] | None:
    if result.capacity is None or result.effort is None:
        return None
    found = fleet(FLEET, result.plan, result.capacity, result.effort)
    return None if found is None else asdict(found)


def render_load_junit(result: LoadResult) -> str:
    """The result as JUnit: a case for each stage, and one for the load test as a whole.

    A stage that did not keep a limit is a failure; a load that could not be made is an error.

    Args:
        result: of a load test.
    """
    suite = Element(
        "testsuite", {"name": "load", "hostname": printable(", ".join(result.plan.servers))}
    )
    for stage in result.stages:
        case = _case(suite, result.plan.of(stage.load), stage.seconds)
        if result.breached and stage is result.stages[-1]:
            SubElement(case, "failure", {"message": printable(result.reason), "type": "limit"})
    whole = _case(suite, "capacity", 0.0)
    measured = result.capacity is not None or result.breached
    if result.lost or not measured:
        message = printable(f"{headline(result)}; it ended because {result.reason}")
        SubElement(whole, "error", {"message": message, "type": "load"})
    SubElement(whole, "system-out").text = printable("\n".join(result_lines(result)))
    _count(suite, result)
    root = Element("testsuites", {"name": "sdapi-check load"})
    root.append(suite)
    _count(root, result)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(suite: Element, name: str, seconds: float) -> Element:
    values = {"classname": "load", "name": name, "time": f"{seconds:.3f}"}
    return SubElement(suite, "testcase", values)


def _count(element: Element, result: LoadResult) -> None:
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        element.set(name, str(len(list(element.iter(tag)))))
    element.set("time", f"{result.seconds:.3f}")


def render_load_markdown(result: LoadResult) -> str:
    """The result as Markdown, for a summary in CI.

    Args:
        result: of a load test.
    """
    head, why, *_ = result_lines(result)
    heads = (result.plan.unit, *HEADS)
    lines = [
        f"### {_plain(head)}",
        "",
        _plain(why),
        "",
        _row(heads),
        _row(["---:"] * len(heads)),
        *(_row(stage_row(stage)) for stage in result.stages),
        "",
        *(f"- {_plain(line)}" for line in (*result.remarks, *knee_lines(result))),
        *(f"- {count} x {_plain(problem)}" for problem, count in result.problems.items()),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Text in which nothing means something to Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


#: By the suffix of the file: what makes its text of a result.
FORMATS: dict[str, Callable[[LoadResult], str]] = {
    ".json": render_load_json,
    ".html": render_load_page,
    ".xml": render_load_junit,
    ".md": render_load_markdown,
}
