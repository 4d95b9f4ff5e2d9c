"""The undo journals that killed runs left: found, read, and put back."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import platformdirs

from conformance.client.options import put_back, same_value
from conformance.deployment.undo_journal import journal_text
from conformance.deployment.undo_journal.journal import (
    UndoJournal,
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


_FOLDER = "sdapi-check"
_SUFFIX = ".undo"


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


def state_folder() -> Path:
    """The folder of the undo journals: where the system keeps the state of programs.

    Returns:
        ``$XDG_STATE_HOME/sdapi-check``, by default below ``~/.local/state``; on Windows below
        ``%LOCALAPPDATA%``.

    Raises:
        JournalError: the user has no home.
    """
    try:
        return platformdirs.user_state_path(_FOLDER, appauthor=False)
    except RuntimeError as error:
        raise JournalError(
            "there is no home folder for the undo journal; name a file with --journal",
        ) from error


def new_journal(server: str, path: Path | None = None) -> UndoJournal:
    """A journal that is not begun yet, in a file of its own.

    Args:
        server: base address, without credentials.
        path: of the file; by default a new one in ``state_folder``, named after the host.
    """
    if path is None:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        path = state_folder() / f"{_stem(server)}-{moment}-{os.getpid()}{_SUFFIX}"
    return UndoJournal(path, server)


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
    folder = state_folder()
    paths = sorted(folder.glob(f"{_stem(server)}-*{_SUFFIX}")) if folder.is_dir() else []
    found = [journal for journal in map(_looked_at, paths) if _is_of(journal, server)]
    if path is not None and path.exists() and path not in paths:
        found.append(read_journal(path))
    return found


def journal_for(
    server: str,
    path: Path | None,
    *,
    writes: bool,
    say: Callable[[str], None],
) -> UndoJournal:
    """The undo journal for a run over somebody's server.

    An earlier run that left options changed is noticed before this one writes more of them.

    Args:
        server: base address, without credentials.
        path: of the file; by default a new one in ``state_folder``.
        writes: whether the run is to write options; else journals are only reported.
        say: gets a line about each journal.

    Raises:
        StillBusy: another run is writing options there now.
        JournalError: one ended before it put them back, and the message names the command that
            does; or there is no place for the file.
    """
    for left in leftover_journals(server, path):
        words = _words(left, server)
        if not writes and left.path != path:
            say(words)
        elif left.locked:
            raise StillBusy(words)
        else:
            raise JournalError(words)
    journal = new_journal(server, path)
    if writes:
        journal.prepare()
    return journal


def _words(left: LeftoverJournal, server: str) -> str:
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


def _stem(server: str) -> str:
    """The host, the port and the prefix as the beginning of a file's name."""
    parts = urlsplit(server)
    return re.sub(r"[^A-Za-z0-9.]+", "-", f"{parts.netloc}{parts.path}").strip("-.") or "server"


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
