"""The undo journal: old values of options on disk, before any option is written."""

from __future__ import annotations

import os
import re
import shlex
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import platformdirs

from conformance.deployment.undo_journal import journal_text
from conformance.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from filelock import FileLock


_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_FLAGS = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)
_FOLDER = "sdapi-check"
_SUFFIX = ".undo"


class UndoJournal:
    """Writes down what options were, and is gone once they are so again.

    The file is there from before the first write until everything is put back. While its run
    lives, a lock file next to it is locked. What is noted is on the disk before the request goes
    out.

    Args:
        path: of the file, which must not exist.
        server: base address, without credentials.
    """

    def __init__(self, path: Path, server: str) -> None:
        self.path = path
        self._server = server
        self._descriptor: int | None = None
        self._noted = False

    @cached_property
    def _lock(self) -> FileLock:
        return _lock_of(self.path)

    @property
    def remedy(self) -> str:
        """The command that puts everything back; empty while nothing is noted."""
        return restore_command(self.path) if self._noted else ""

    def prepare(self) -> None:
        """Make sure that there is a folder for the file.

        Raises:
            JournalError: there is none, and it cannot be made.
        """
        try:
            self.path.parent.mkdir(_PRIVATE_FOLDER, parents=True, exist_ok=True)
        except OSError as error:
            raise self._failed(error) from error

    def opened(self, before: Mapping[str, object]) -> None:
        """Note all old values.

        Args:
            before: option name -> value, of all options.

        Raises:
            JournalError: they cannot be noted; no file is left.
        """
        self.prepare()
        try:
            self._descriptor = os.open(self.path, _FLAGS, _PRIVATE_FILE)
            self._lock.acquire()
            self._append(journal_text.head(self._server, before))
            _sync_folder(self.path.parent)
            self._noted = True
        except OSError as error:
            self._discard()
            raise self._failed(error) from error

    def writing(self, names: Iterable[str]) -> None:
        """Note the names of options that are about to be written.

        Args:
            names: of the options.

        Raises:
            JournalError: they cannot be noted.
        """
        try:
            self._append(journal_text.about_to_write(names))
        except OSError as error:
            raise self._failed(error) from error

    def closed(self) -> None:
        """Remove the file, for everything is as it was.

        Raises:
            JournalError: it cannot be removed.
        """
        self.left()
        remove(self.path)
        self._noted = False

    def left(self) -> None:
        """Let go of the file, as the end of the process does, so that it can be restored."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._lock.release()
            with suppress(OSError):
                _lock_path(self.path).unlink()

    def _append(self, line: str) -> None:
        """Write a line whole, and down to the disk, or not at all."""
        assert self._descriptor is not None  # noqa: S101 - opened comes first
        size = os.fstat(self._descriptor).st_size
        rest = line.encode()
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, size)
            raise

    def _discard(self) -> None:
        """Leave no file of this run behind; one that was there before stays."""
        if self._descriptor is not None:
            self.left()
            with suppress(OSError):
                self.path.unlink()

    def _failed(self, error: OSError) -> JournalError:
        return JournalError(
            f"{self.path}: what options were cannot be noted ({error.strerror}), so none was "
            "written; name another place with --journal",
        )


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


def earlier_journals(server: str) -> list[Path]:
    """Files of journals that lie where a new one of this server would, by name.

    Args:
        server: base address, without credentials.

    Raises:
        JournalError: the folder cannot be found.
    """
    folder = state_folder()
    return sorted(folder.glob(f"{_stem(server)}-*{_SUFFIX}")) if folder.is_dir() else []


def _stem(server: str) -> str:
    """The host, the port and the prefix as the beginning of a file's name."""
    parts = urlsplit(server)
    return re.sub(r"[^A-Za-z0-9.]+", "-", f"{parts.netloc}{parts.path}").strip("-.") or "server"


def is_locked(path: Path) -> bool:
    """Whether the run that writes a journal lives.

    Args:
        path: of the journal.
    """
    if not _lock_path(path).exists():
        return False
    from filelock import Timeout  # noqa: PLC0415 - as below

    try:
        with _lock_of(path):
            return False
    except Timeout:
        return True


def remove(path: Path) -> None:
    """Remove a journal for good, and the lock file next to it.

    Args:
        path: of the journal.

    Raises:
        JournalError: it cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
        _lock_path(path).unlink(missing_ok=True)
    except OSError as error:
        raise JournalError(
            f"{path}: all options are as they were, but this file cannot be removed "
            f"({error.strerror}); delete it by hand",
        ) from error
    _sync_folder(path.parent)


def restore_command(path: Path) -> str:
    """The command that puts back what a journal notes.

    Args:
        path: of the journal.
    """
    return f"sdapi-check restore {shlex.quote(str(path))}"


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _lock_of(path: Path) -> FileLock:
    """The lock of a journal; any thread of a run may take it, and give it back."""
    # A run that notes nothing needs none.
    from filelock import FileLock  # noqa: PLC0415

    return FileLock(_lock_path(path), mode=_PRIVATE_FILE, thread_local=False, blocking=False)


def _sync_folder(folder: Path) -> None:
    # Windows has no such thing, and some network file systems refuse.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
