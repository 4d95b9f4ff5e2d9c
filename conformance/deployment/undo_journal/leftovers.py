"""The undo journals that killed runs left: found, read, and put back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.client.options import put_back, same_value
from conformance.deployment.undo_journal import journal_text
from conformance.deployment.undo_journal.journal import (
    earlier_journals,
    is_locked,
    remove,
    restore_command,
)
from conformance.detection.readiness import Patience, wait_until_idle
from conformance.errors import JournalError, RestoreError, StillBusy
from conformance.runner.one_state import Onlooker
from conformance.runner.option_record import OwnWrites
from conformance.runner.putting_back import everywhere

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.client.client import Client
    from conformance.deployment.undo_journal.journal_text import JournalText


@dataclass(frozen=True)
class LeftoverJournal:
    """A journal on disk.

    Args:
        path: of the file.
        locked: whether the run that writes it lives.
        text: what it says; None where it is damaged.
    """

    path: Path
    locked: bool
    text: JournalText | None


def read_journal(path: Path) -> LeftoverJournal:
    """Look at a journal.

    Args:
        path: of the file.

    Raises:
        JournalError: it cannot be read, is no journal, or damaged.
    """
    raw = _read(path)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JournalError(f"{path}: this is no undo journal") from error
    return LeftoverJournal(path, is_locked(path), journal_text.parse(text, path))


def leftover_journals(server: str, path: Path | None = None) -> list[LeftoverJournal]:
    """Journals of a server that lie where a new one would.

    Args:
        server: base address, without credentials.
        path: a file to look at as well, whatever server it speaks of.

    Raises:
        JournalError: the folder, or ``path``, cannot be read.
    """
    paths = earlier_journals(server)
    found = [journal for journal in map(_looked_at, paths) if _is_of(journal, server)]
    if path is not None and path.exists() and path not in paths:
        found.append(read_journal(path))
    return found


def report_leftovers(
    server: str,
    path: Path | None,
    *,
    writes: bool,
    say: Callable[[str], None],
) -> None:
    """Notice that an earlier run left options changed, before this one writes more of them.

    Args:
        server: base address, without credentials.
        path: of the journal of this run; None for one in ``state_folder``.
        writes: whether the run is to write options; else journals are only reported.
        say: gets a line about each journal.

    Raises:
        StillBusy: another run is writing options there now.
        JournalError: one ended before it put them back, and the message names the command that
            does.
    """
    for left in leftover_journals(server, path):
        message = _sentence(left, server)
        if not writes and left.path != path:
            say(message)
        elif left.locked:
            raise StillBusy(message)
        else:
            raise JournalError(message)


def _sentence(left: LeftoverJournal, server: str) -> str:
    if left.locked:
        return f"another run is writing options of {server} now ({left.path}); let it end first"
    if left.text is None:
        return (
            f"{left.path}: an earlier run left this undo journal of {server}, and it is damaged; "
            "look at the server's options, then delete the file"
        )
    return (
        f"an earlier run ended before it put options of {left.text.server or server} back; "
        f"first run: {restore_command(left.path)}"
    )


def _looked_at(path: Path) -> LeftoverJournal:
    try:
        return read_journal(path)
    except JournalError:
        return LeftoverJournal(path, locked=False, text=None)


def _is_of(journal: LeftoverJournal, server: str) -> bool:
    """Whether it concerns the server; one that was never begun concerns nobody."""
    return journal.text is None or journal.text.server == server


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise JournalError(
            f"{path}: there is no such file; a journal is removed once all options are put back",
        ) from error
    except OSError as error:
        raise JournalError(f"{path}: it cannot be read ({error.strerror})") from error


# A request of the run that died may still wait in the server's queue, with overrides in it.
PATIENCE = Patience(limit=60.0, gap=0.25)


def restore(
    journal: LeftoverJournal,
    connect: Callable[[], Client],
    say: Callable[[str], None],
    patience: Patience = PATIENCE,
) -> dict[str, tuple[Any, Any]]:
    """Put back what a journal notes, check it, and remove the file.

    Doing it again does no harm, nor does an end in the middle: the file goes last.

    Args:
        journal: of a run that is over.
        connect: reaches its server; called where there is something to put back.
        say: gets a line about what is waited for.
        patience: how long to wait for what the run left under way.

    Returns:
        Name -> (value before the run, value found) of what had to be put back.

    Raises:
        StillBusy: the run is not over, or the server works.
        RestoreError: options differ still; the file stays.
        ConformanceError: the server cannot be asked.
    """
    if journal.locked:
        raise StillBusy(f"{journal.path}: the run that writes this journal is not over")
    wanted = {} if journal.text is None else journal.text.options_at_risk
    left: dict[str, tuple[Any, Any]] = {}
    if wanted:
        client = connect()
        wait_until_idle(client, patience, say)
        now = client.options()
        pairs = {name: (value, now.get(name)) for name, value in wanted.items()}
        left = {name: pair for name, pair in pairs.items() if not same_value(*pair)}
        # Behind a balancer the last word is that of everybody who asks.
        with suppress(RestoreError):
            put_back(client, wanted)
        own = OwnWrites()
        own.override(wanted)
        everywhere(client, own, Onlooker(client).options, wanted)
    remove(journal.path)
    return left
