"""What a run came to in short, and which programs will work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.report.document import ExitCode
from conformance.report.layout import filled
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.report.document import Document
    from conformance.requirements.client_programs import ClientProgram
    from conformance.verdict import Result


class Prospect(StrEnum):
    """What to expect of a program."""

    WORKS = "works"
    LOSS = "works with loss"
    BREAKS = "breaks"
    UNKNOWN = "unknown"  # nothing wrong was found, and not all that it needs was looked at


@dataclass(frozen=True)
class Outlook:
    """What to expect of a program on a server.

    Args:
        client: the program.
        breaks_on: ids of needs that are not met.
        loses: ids of likes that are not met, and of what it fails on.
        not_looked_at: ids of needs that nothing was found out about.
    """

    client: ClientProgram
    breaks_on: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    not_looked_at: tuple[str, ...] = ()

    @property
    def prospect(self) -> Prospect:
        """In one word; one need that is not met outweighs what was not looked at."""
        if self.breaks_on:
            return Prospect.BREAKS
        if self.not_looked_at:
            return Prospect.UNKNOWN
        return Prospect.LOSS if self.loses else Prospect.WORKS


def outlooks(clients: Iterable[ClientProgram], results: Iterable[Result]) -> tuple[Outlook, ...]:
    """What to expect of each program, in the order given.

    A waiver helps no program: what is waived is still not met. Neither does it help that a
    kind of server need not have a route.

    Args:
        clients: the programs.
        results: of a run.
    """
    verdicts = {result.id: result.verdict for result in results}
    return tuple(_outlook(client, verdicts) for client in clients)


def _outlook(client: ClientProgram, verdicts: Mapping[str, Verdict]) -> Outlook:
    return Outlook(
        client,
        tuple(name for name in client.need_ids if _missing(verdicts.get(name))),
        tuple(
            [name for name in client.like_ids if _missing(verdicts.get(name))]
            + [name for name in client.mishandled_ids if _met(verdicts.get(name))],
        ),
        tuple(name for name in client.need_ids if not _known(verdicts.get(name))),
    )


def _missing(verdict: Verdict | None) -> bool:
    return verdict is not None and (verdict.unmet or verdict is Verdict.UNSUPPORTED)


def _met(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.met


def _known(verdict: Verdict | None) -> bool:
    return verdict is not None and (verdict.looked_at or verdict is Verdict.UNSUPPORTED)


@dataclass(frozen=True)
class Mark:
    """How a verdict looks.

    Args:
        symbol: one sign.
        tone: good, bad, warn, info or none; pages give it a colour.
        label: what a person reads.
    """

    symbol: str
    tone: str
    label: str


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
    ExitCode.INTERRUPTED: Mark("?", "warn", "Interrupted"),
}


def overall(document: Document) -> Mark:
    """How the verdict on the server looks.

    Args:
        document: of a run.
    """
    code = document.exit_code()
    if code is ExitCode.NOTHING_RAN and document.mostly_hidden:
        return Mark("○", "none", "Too little could be seen")
    return _ENDS[code]


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
_HIDDEN = "no verdict: too little could be seen"
_WORDS = {
    ExitCode.CONFORMANT: "conformant",
    ExitCode.NOT_CONFORMANT: "not conformant",
    ExitCode.NO_TARGET: "the server went away",
    ExitCode.SUITE_FAILED: "no verdict: the suite failed, or options could not be put back",
    ExitCode.NOTHING_RAN: "no verdict: nothing was looked at",
    ExitCode.INTERRUPTED: "interrupted",
}


def verdict_text(code: ExitCode) -> str:
    """What an exit code of a run that was carried out means, in words.

    Args:
        code: of the command.
    """
    return _WORDS[code]


def outcome_text(document: Document, fail_on: Level | None = None) -> str:
    """What a run came to in words, with the reason where it came to no verdict.

    Args:
        document: of a run.
        fail_on: the least binding level whose failure counts; the document's own by default.
    """
    code = document.exit_code(fail_on)
    if document.stopped:
        return f"no verdict: {document.stopped.partition(': ')[0]}"
    if code is ExitCode.INTERRUPTED:
        return document.interrupted
    hidden = code is ExitCode.NOTHING_RAN and document.mostly_hidden
    return _HIDDEN if hidden else verdict_text(code)


def table_lines(document: Document, width: int | None = None) -> list[str]:
    """Counts by level and verdict, as a table; columns that are empty are left out.

    Args:
        document: of a run.
        width: columns of the terminal; where the table is wider each level has a paragraph.
    """
    columns = [(name, kinds) for name, kinds in _COLUMNS if _total(document, kinds)]
    widths = [max(len(name), 4) for name, _ in columns]
    lines = ["        " + "  ".join(f"{n:>{w}}" for (n, _), w in zip(columns, widths, strict=True))]
    for level in Level:
        counts = [_total(document, kinds, level) for _, kinds in columns]
        cells = (f"{c:>{w}}" for c, w in zip(counts, widths, strict=True))
        lines.append(f"{level:<8}" + "  ".join(cells))
    return lines if width is None or len(lines[0]) <= width else _narrow_table(document, width)


def _narrow_table(document: Document, width: int) -> list[str]:
    lines = []
    for level in Level:
        counts = [(name, _total(document, kinds, level)) for name, kinds in _COLUMNS]
        counted = ", ".join(f"{count} {name}" for name, count in counts if count) or "nothing"
        lines += filled(counted, width, f"{level}: ", "  ")
    return lines


def verdict_line(document: Document, fail_on: Level = Level.MUST) -> str:
    """The verdict on the server, on one line.

    Args:
        document: of a run.
        fail_on: the least binding level whose failure counts.
    """
    parts = verdict_details(document)
    detail = f" ({', '.join(parts)})" if parts else ""
    message = outcome_text(document, fail_on)
    return f"{document.url} as {document.profile}: {message}{detail}"


def verdict_details(document: Document) -> list[str]:
    """What the verdict rests on, and what it does not, in a few words each.

    Args:
        document: of a run.
    """
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
    parts += [section.short for section in document.sections if section.short]
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
