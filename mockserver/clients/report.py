"""The verdict on a client as text, JUnit XML and one HTML file."""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.clients.requirements import Outcome, Verdict


_SIGNS = {"pass": "ok", "fail": "FAIL", "not seen": "-"}
_STYLE = """
:root { color-scheme: light dark; --line: #d0d7de; --good: #1a7f37; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --line: #3a424d; --good: #58c173; --bad: #ff8a80; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 1rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border-top: 1px solid var(--line); padding: .4rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
.pass { color: var(--good); } .fail { color: var(--bad); font-weight: 600; }
"""


def summary(verdict: Verdict) -> str:
    """One sentence.

    Args:
        verdict: on the client.
    """
    if not verdict.calls:
        return "nothing was asked, so nothing can be said of the client"
    musts = [o for o in verdict.failed if o.requirement.level == "MUST"]
    shoulds = len(verdict.failed) - len(musts)
    kept = sum(outcome.verdict == "pass" for outcome in verdict.outcomes)
    text = f"{verdict.calls} calls: {kept} requirements kept"
    if verdict.failed:
        text += f", {len(musts)} MUST and {shoulds} SHOULD broken"
    return f"{text}; {len(verdict.outcomes) - kept - len(verdict.failed)} were not seen"


def as_text(verdict: Verdict) -> str:
    """Lines for a terminal.

    Args:
        verdict: on the client.
    """
    lines = []
    for outcome in verdict.outcomes:
        asked = outcome.requirement
        lines.append(f"{_SIGNS[outcome.verdict]:<5} {asked.id} {asked.level:<6} {asked.sentence}")
        if outcome.broken:
            lines += [f"      {place}" for place in outcome.broken]
            lines.append(f"      why: {asked.why}")
    if verdict.dropped:
        lines.append(f"the journal had dropped {verdict.dropped} older calls")
    return "\n".join([*lines, summary(verdict)])


def as_json(verdict: Verdict) -> dict[str, Any]:
    """A JSON value.

    Args:
        verdict: on the client.
    """
    return {
        "calls": verdict.calls,
        "dropped": verdict.dropped,
        "requirements": [
            {
                "id": outcome.requirement.id,
                "level": outcome.requirement.level,
                "sentence": outcome.requirement.sentence,
                "verdict": outcome.verdict,
                "looked": outcome.looked,
                "broken": list(outcome.broken),
            }
            for outcome in verdict.outcomes
        ],
    }


def as_junit(verdict: Verdict) -> bytes:
    """JUnit XML: a broken MUST is a failure, a broken SHOULD stands in system-out.

    Args:
        verdict: on the client.
    """
    failed = [o for o in verdict.failed if o.requirement.level == "MUST"]
    unseen = [o for o in verdict.outcomes if o.verdict == "not seen"]
    counts = {"tests": len(verdict.outcomes), "failures": len(failed), "skipped": len(unseen)}
    attributes = {name: str(count) for name, count in counts.items()}
    suite = ET.Element("testsuite", {"name": "sdapi client", "errors": "0", **attributes})
    for outcome in verdict.outcomes:
        _case(suite, outcome)
    root = ET.Element("testsuites")
    root.append(suite)
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found


def _case(suite: ET.Element, outcome: Outcome) -> None:
    asked = outcome.requirement
    name = f"{asked.id} {asked.sentence}"
    case = ET.SubElement(suite, "testcase", {"classname": f"client.{asked.level}", "name": name})
    text = "\n".join([*outcome.broken, asked.why])
    text = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
    if outcome.verdict == "not seen":
        ET.SubElement(case, "skipped", {"message": "nothing of it was seen"})
    elif outcome.verdict == "fail" and asked.level == "MUST":
        ET.SubElement(case, "failure", {"message": asked.sentence}).text = text
    elif outcome.verdict == "fail":
        ET.SubElement(case, "system-out").text = text


def as_html(verdict: Verdict) -> str:
    """One HTML file that loads nothing else.

    Args:
        verdict: on the client.
    """
    rows = "\n".join(_row(outcome) for outcome in verdict.outcomes)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Verdict on a client</title><style>{_STYLE}</style></head><body>"
        f"<h1>Verdict on a client</h1><p>{html.escape(summary(verdict))}</p>"
        "<table><thead><tr><th>verdict<th>id<th>level<th>requirement</tr></thead>"
        f"<tbody>\n{rows}\n</tbody></table></body></html>\n"
    )


def _row(outcome: Outcome) -> str:
    asked = outcome.requirement
    places = "".join(f"<li>{html.escape(place)}</li>" for place in outcome.broken)
    more = f"<ul>{places}</ul><p>{html.escape(asked.why)}</p>" if places else ""
    kind = outcome.verdict.replace(" ", "-")
    return (
        f'<tr><td class="{kind}">{outcome.verdict}<td>{asked.id}<td>{asked.level}'
        f"<td>{html.escape(asked.sentence)}{more}</tr>"
    )
