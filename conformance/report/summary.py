"""The last lines of a run: what holds, by level and verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.catalogue import Level
from conformance.clients import Prospect, load_clients, outlooks
from conformance.report.document import ExitCode
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import Document
    from conformance.verdict import Result

_COLUMNS = (
    ("pass", (Verdict.PASS, Verdict.PASS_LOOSE)),
    ("not met", (Verdict.FAIL, Verdict.WARN, Verdict.INFO, Verdict.WAIVED)),
    ("waiver out of date", (Verdict.WAIVED_BUT_PASSED,)),
    ("unsupported", (Verdict.UNSUPPORTED,)),
    ("skipped", (Verdict.SKIPPED,)),
    ("error", (Verdict.ERROR,)),
    ("not run", (Verdict.NOT_RUN,)),
    ("not applicable", (Verdict.NOT_APPLICABLE,)),
)
# Programs that are named, of those of which nothing can be said.
_FEW = 6
_WORDS = {
    ExitCode.CONFORMANT: "conformant",
    ExitCode.NOT_CONFORMANT: "not conformant",
    ExitCode.NO_TARGET: "the server went away",
    ExitCode.SUITE_FAILED: "no verdict: the suite failed, or options could not be put back",
    ExitCode.NOTHING_RAN: "no verdict: nothing was looked at",
}


def verdict_words(code: ExitCode) -> str:
    """What an exit code of a run that was carried out means, in words."""
    return _WORDS[code]


def table_lines(document: Document) -> list[str]:
    """Counts by level and verdict, as a table; columns that are empty are left out."""
    columns = [(name, kinds) for name, kinds in _COLUMNS if _total(document, kinds)]
    widths = [max(len(name), 4) for name, _ in columns]
    lines = ["        " + "  ".join(f"{n:>{w}}" for (n, _), w in zip(columns, widths, strict=True))]
    for level in Level:
        counts = [_total(document, kinds, level) for _, kinds in columns]
        cells = (f"{c:>{w}}" for c, w in zip(counts, widths, strict=True))
        lines.append(f"{level:<8}" + "  ".join(cells))
    return lines


def program_lines(document: Document) -> list[str]:
    """Which known programs will work, a line for each prospect; none where nothing is known."""
    told = outlooks(load_clients(), document.results)
    if all(outlook.prospect is Prospect.UNKNOWN for outlook in told):
        return []
    lines = []
    for prospect in (Prospect.BREAKS, Prospect.LOSS, Prospect.WORKS, Prospect.UNKNOWN):
        names = [outlook.client.id for outlook in told if outlook.prospect is prospect]
        # In a run over a part of the requirements most are unknown, and would bury the others.
        many = prospect is Prospect.UNKNOWN and len(names) > _FEW
        if names:
            words = f"{len(names)} programs" if many else ", ".join(names)
            lines.append(f"{prospect}: {words}")
    return lines


def verdict_line(document: Document, fail_on: Level = Level.MUST) -> str:
    """The verdict on the server, on one line."""
    parts = verdict_details(document)
    detail = f" ({', '.join(parts)})" if parts else ""
    code = document.exit_code(fail_on)
    return f"{document.url} as {document.profile}: {_WORDS[code]}{detail}"


def verdict_details(document: Document) -> list[str]:
    """What the verdict rests on, and what it does not, in a few words each."""
    failed, warned = document.count(Verdict.FAIL), document.count(Verdict.WARN)
    loose = document.count(Verdict.PASS_LOOSE)
    stale, waived = document.count(Verdict.WAIVED_BUT_PASSED), document.count(Verdict.WAIVED)
    left = document.count(Verdict.NOT_RUN, Level.MUST) + document.count(Verdict.SKIPPED, Level.MUST)
    parts = [f"{failed} MUST failed"] if failed else []
    parts += [f"{warned} SHOULD not met"] if warned else []
    parts += [f"{waived} waived"] if waived else []
    parts += [f"{stale} waived and met"] if stale else []
    parts += [f"{loose} met loosely"] if loose else []
    parts += [f"{left} MUST not looked at"] if left else []
    parts += [f"not certified, for {_named(document.not_certified)} was not looked at"] * bool(
        document.not_certified,
    )
    return parts


def _named(results: tuple[Result, ...], most: int = 3) -> str:
    names = ", ".join(result.id for result in results[:most])
    return f"{names} and {len(results) - most} more" if len(results) > most else names


def _total(
    document: Document,
    kinds: tuple[Verdict, ...],
    level: Level | None = None,
) -> int:
    return sum(document.count(kind, level) for kind in kinds)
