"""What a report says of the programs that call servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.report.causes import causes
from conformance.report.summary import Prospect, outlooks
from conformance.requirements.client_programs import load_clients
from conformance.runner.plan import Mode
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.report.causes import Cause
    from conformance.report.document import Document
    from conformance.report.summary import Outlook
    from conformance.requirements.client_programs import ClientProgram
    from conformance.verdict import Result


# Programs that are named, of those of which nothing can be said.
_FEW_NAMES = 6
# Reasons and ids that are spelled out; further ones are counted.
_MOST = 3
# Characters of what was found.
_LONGEST = 100


def reported(document: Document) -> tuple[Outlook, ...]:
    """What to expect of the programs that a report is about.

    Those that were asked for, else all that are known; none after mode smoke, which looks at too
    little to say anything.

    Args:
        document: of a run.
    """
    if document.mode == Mode.SMOKE and not document.programs:
        return ()
    known = load_clients()
    asked = [client for client in known if client.id in document.programs]
    return outlooks(asked or known, document.results)


def program_lines(document: Document) -> list[str]:
    """Which known programs will work, a line for each prospect; none where nothing is known.

    Args:
        document: of a run.
    """
    found = reported(document)
    if all(outlook.prospect is Prospect.UNKNOWN for outlook in found):
        return []
    lines = []
    for prospect in (Prospect.BREAKS, Prospect.LOSS, Prospect.WORKS, Prospect.UNKNOWN):
        names = [outlook.client.id for outlook in found if outlook.prospect is prospect]
        # In a run over a part of the requirements most are unknown, and would bury the others.
        many = prospect is Prospect.UNKNOWN and len(names) > _FEW_NAMES
        if names:
            listed = f"{len(names)} programs" if many else ", ".join(names)
            lines.append(f"{prospect}: {listed}")
    return lines


def answer_line(outlook: Outlook, document: Document) -> str:
    """What to expect of one program on this server, on one line.

    Args:
        outlook: of the program.
        document: of the run.
    """
    name, client = outlook.client.name, outlook.client
    still = _still(outlook, document)
    found = causes(document)
    if outlook.breaks_on:
        return f"{name} breaks: {_reasons(client, outlook.breaks_on, found)}{still}"
    losses = f"loses: {_reasons(client, outlook.loses, found)}" if outlook.loses else ""
    if outlook.prospect is Prospect.UNKNOWN:
        nothing = f"so far it {losses}" if losses else "nothing that it needs is broken so far"
        return f"{name} is undecided, {nothing}{still}"
    if losses:
        return f"{name} works, and {losses}"
    return f"{name} works: all {len(client.need_ids)} requirements that it needs are met"


def _reasons(client: ClientProgram, names: Iterable[str], found: Iterable[Cause]) -> str:
    """Why a program minds, each cause once, with what was found."""
    left = dict.fromkeys(names)
    said = []
    for cause in found:
        ids = [result.id for result in cause.results if result.id in left]
        if ids:
            said.append(f"{_mind(client, ids)}: {_short(cause.sentence)} ({_few(ids)})")
        left = {name: None for name in left if name not in ids}
    # Routes that a kind of server need not have, and faults of the program's own, have no cause.
    said += [f"{each.consequence.rstrip('.')} ({_few(each.ids)})" for each in client.reasons(left)]
    more = len(said) - _MOST
    return "; ".join(said[:_MOST]) + (f"; and {more} more" if more > 0 else "")


def _mind(client: ClientProgram, ids: list[str]) -> str:
    return client.reasons(ids)[0].consequence.rstrip(".")


def _few(names: Sequence[str]) -> str:
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rpartition(" ")[0] + "..."


def _still(outlook: Outlook, document: Document) -> str:
    """What has still to be looked at, and how."""
    names = outlook.not_looked_at
    if not names:
        return ""
    known = {result.id: result for result in document.results}
    how = _advice([known[name] for name in names if name in known], document)
    return f"; still to be looked at: {_few(names)}{how}"


def _advice(results: list[Result], document: Document) -> str:
    """The mode that looks at all of them, or why they were left out."""
    modes = [mode for mode in Mode if all(mode.allows(r.requirement) for r in results)]
    if results and modes and modes[0] not in _up_to(document.mode):
        return f", with --mode {modes[0]}"
    reasons = {r.reason for r in results if r.verdict in {Verdict.SKIPPED, Verdict.NOT_RUN}}
    return f" ({'; '.join(sorted(reasons)[:2])})" if reasons else ", without --only and --skip"


def _up_to(mode: str) -> tuple[Mode, ...]:
    order = tuple(Mode)
    return order[: order.index(Mode(mode)) + 1] if mode in order else ()
