"""How a verdict looks: never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.clients import Prospect
from conformance.report.document import ExitCode
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import Document


@dataclass(frozen=True)
class Mark:
    """How a verdict looks.

    Args:
        symbol: one sign.
        tone: good, bad, warn, info or none; pages give it a colour.
        words: what a person reads.
    """

    symbol: str
    tone: str
    words: str


MARKS = {
    Verdict.PASS: Mark("✓", "good", "pass"),
    Verdict.PASS_LOOSE: Mark("≈", "good", "pass, loosely"),
    Verdict.FAIL: Mark("✗", "bad", "fail"),
    Verdict.WARN: Mark("!", "warn", "not met"),
    Verdict.INFO: Mark("i", "info", "differs"),
    Verdict.UNSUPPORTED: Mark("∅", "none", "unsupported"),
    Verdict.NOT_APPLICABLE: Mark("-", "none", "not applicable"),
    Verdict.WAIVED: Mark("w", "warn", "waived"),
    Verdict.WAIVED_BUT_PASSED: Mark("✗", "bad", "waived, but passed"),
    Verdict.SKIPPED: Mark("○", "none", "skipped"),
    Verdict.ERROR: Mark("?", "bad", "error of the suite"),
    Verdict.NOT_RUN: Mark("·", "none", "not run"),
}

PROSPECTS = {
    Prospect.WORKS: Mark("✓", "good", "works"),
    Prospect.LOSS: Mark("!", "warn", "works with loss"),
    Prospect.BREAKS: Mark("✗", "bad", "breaks"),
    Prospect.UNKNOWN: Mark("?", "none", "unknown"),
}

_ENDS = {
    ExitCode.CONFORMANT: Mark("✓", "good", "Conformant"),
    ExitCode.NOT_CONFORMANT: Mark("✗", "bad", "Not conformant"),
    ExitCode.NO_TARGET: Mark("?", "warn", "The server went away"),
    ExitCode.SUITE_FAILED: Mark("?", "warn", "No verdict"),
    ExitCode.NOTHING_RAN: Mark("○", "none", "Nothing looked at"),
}


def overall(document: Document) -> Mark:
    """How the verdict on the server looks."""
    return _ENDS[document.exit_code()]
