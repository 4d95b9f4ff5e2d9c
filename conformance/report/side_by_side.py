"""Several servers judged in one go, summed up in one table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.report.document import ExitCode
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.report.document import Document


# From bad to good, in the order in which a single run decides between them.
_WORST_FIRST = (
    ExitCode.NOT_CONFORMANT,
    ExitCode.SUITE_FAILED,
    ExitCode.NO_TARGET,
    ExitCode.USAGE,
    ExitCode.NOTHING_RAN,
    ExitCode.CONFORMANT,
)
_VERDICTS = {
    ExitCode.CONFORMANT: "conformant",
    ExitCode.NOT_CONFORMANT: "not conformant",
    ExitCode.NO_TARGET: "not reached",
    ExitCode.USAGE: "wrong usage",
    ExitCode.SUITE_FAILED: "no verdict",
    ExitCode.NOTHING_RAN: "nothing looked at",
}
_COUNTS = (
    ("pass", (Verdict.PASS, Verdict.PASS_LOOSE)),
    ("MUST not met", (Verdict.FAIL,)),
    ("SHOULD not met", (Verdict.WARN,)),
    ("waived", (Verdict.WAIVED,)),
    ("waiver out of date", (Verdict.WAIVED_BUT_PASSED,)),
    ("not run", (Verdict.NOT_RUN, Verdict.SKIPPED)),
    ("error", (Verdict.ERROR,)),
)
# They are of interest only where there are any.
_SELDOM = {"waived", "waiver out of date", "error"}


@dataclass(frozen=True)
class Outcome:
    """How judging one server ended.

    Args:
        name: of the target.
        code: what a run over it alone would have ended with.
        document: the result; None where there is none.
        words: why there is none; empty where there is one.
    """

    name: str
    code: ExitCode
    document: Document | None = None
    words: str = ""


def worst(outcomes: Sequence[Outcome]) -> ExitCode:
    """The exit code of all together.

    Args:
        outcomes: of all servers.
    """
    return min((o.code for o in outcomes), key=_WORST_FIRST.index, default=ExitCode.NOTHING_RAN)


def summary_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """A table with a line for each server: verdict, counts, cost, seconds; then the sum.

    Args:
        outcomes: of all servers, in order.
    """
    shown = [(n, kinds) for n, kinds in _COUNTS if n not in _SELDOM or _any(outcomes, kinds)]
    head = ["target", "verdict", *(name for name, _ in shown), "pictures", "seconds"]
    rows = [head, *(_row(outcome, [kinds for _, kinds in shown]) for outcome in outcomes)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = [_aligned(row, widths) for row in rows]
    for outcome in outcomes:
        lines += [f"{outcome.name}: {outcome.words}"] if outcome.words else []
    return [*lines, _sum(outcomes)]


def _row(outcome: Outcome, columns: list[tuple[Verdict, ...]]) -> list[str]:
    start = [outcome.name, _VERDICTS[outcome.code]]
    document = outcome.document
    if document is None:
        return [*start, *("-" for _ in columns), "-", "-"]
    counts = [str(sum(document.count(kind) for kind in kinds)) for kinds in columns]
    return [*start, *counts, f"{document.cost:.3f}", f"{document.seconds:.1f}"]


def _aligned(row: list[str], widths: list[int]) -> str:
    """Names to the left, numbers to the right."""
    cells = [cell.ljust(w) for cell, w in zip(row[:2], widths[:2], strict=True)]
    cells += [cell.rjust(w) for cell, w in zip(row[2:], widths[2:], strict=True)]
    return "  ".join(cells).rstrip()


def _sum(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(outcome.code for outcome in outcomes)
    parts = [f"{counts[code]} {_VERDICTS[code]}" for code in reversed(_WORST_FIRST) if counts[code]]
    cost = sum(o.document.cost for o in outcomes if o.document is not None)
    return f"{len(outcomes)} targets: {', '.join(parts)}; {cost:.3f} pictures in all"


def _any(outcomes: Sequence[Outcome], kinds: tuple[Verdict, ...]) -> bool:
    documents = [o.document for o in outcomes if o.document is not None]
    return any(document.count(kind) for document in documents for kind in kinds)
