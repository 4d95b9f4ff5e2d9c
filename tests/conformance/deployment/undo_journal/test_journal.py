"""The undo journal on disk: there before a write, gone after all is put back."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from doubles import Ask, Reply, mock, served
from judging import make_context

from conformance.deployment.undo_journal import journal as module
from conformance.deployment.undo_journal.journal import UndoJournal
from conformance.deployment.undo_journal.leftovers import read_journal
from conformance.errors import JournalError

if TYPE_CHECKING:
    from pathlib import Path

_SERVER = "http://host"


@pytest.fixture
def journal(tmp_path: Path) -> UndoJournal:
    return UndoJournal(tmp_path / "state" / "one.undo", _SERVER)


def test_it_is_there_from_the_first_write_until_all_is_put_back(journal: UndoJournal) -> None:
    seen = []

    def watched(ask: Ask) -> Reply:
        if ask.method == "POST":
            left = read_journal(journal.path)
            assert left.text is not None
            seen.append((left.locked, left.text.written, left.text.before["send_seed"]))
        return server(ask)

    server = mock()
    with served(watched):
        options = make_context("a1111", journal=journal).options
        assert options.before
        assert not journal.path.exists()
        with options.changed(send_seed=False):
            assert journal.path.exists()
        options.close()
    assert seen[0][1:] == (("send_seed",), True)
    assert not journal.path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_nobody_else_may_read_it(journal: UndoJournal) -> None:
    journal.opened({"send_seed": True})
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


def test_every_line_is_on_the_disk_before_the_request_goes_out(
    journal: UndoJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []

    def fsync(descriptor: int) -> None:
        is_folder = os.path.isdir(f"/proc/self/fd/{descriptor}")  # noqa: PTH112 - of a descriptor
        synced.append("folder" if is_folder else journal.path.read_text("utf-8").count("\n"))

    monkeypatch.setattr(module.os, "fsync", fsync)
    journal.opened({"send_seed": True})
    journal.writing(["send_seed"])
    journal.closed()
    assert [entry for entry in synced if entry != "folder"] == [1, 2]
    if sys.platform == "linux":
        assert synced == [1, "folder", 2, "folder"]


def _full(_descriptor: int, _data: bytes) -> int:
    raise OSError(28, "No space left on device")


def test_on_a_full_disk_nothing_is_written_to_the_server(
    journal: UndoJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = []

    def watched(ask: Ask) -> Reply:
        posts.extend([ask] if ask.method == "POST" else [])
        return server(ask)

    server = mock()
    monkeypatch.setattr(module.os, "write", _full)
    with served(watched):
        options = make_context("a1111", journal=journal).options
        with pytest.raises(JournalError, match=r"No space left.*so none was written"):
            options.post({"send_seed": False})
    assert posts == []
    assert not journal.path.exists()
    assert journal.remedy == ""


def test_a_line_that_does_not_fit_leaves_the_lines_before_it_whole(
    journal: UndoJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write

    def half(descriptor: int, data: bytes) -> int:
        if len(data) > 5:
            return real(descriptor, data[:5])
        raise OSError(28, "No space left on device")

    journal.opened({"send_seed": True})
    journal.writing(["send_seed"])
    before = journal.path.read_bytes()
    monkeypatch.setattr(module.os, "write", half)
    with pytest.raises(JournalError):
        journal.writing(["jpeg_quality"])
    assert journal.path.read_bytes() == before


def test_a_file_that_is_there_is_not_overwritten(journal: UndoJournal) -> None:
    journal.prepare()
    journal.path.write_text("precious", encoding="utf-8")
    with pytest.raises(JournalError, match="File exists"):
        journal.opened({"send_seed": True})
    assert journal.path.read_text(encoding="utf-8") == "precious"


def test_a_folder_that_cannot_be_made_is_reported_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    journal = UndoJournal(tmp_path / "file" / "one.undo", _SERVER)
    with pytest.raises(JournalError, match="name another place with --journal"):
        journal.prepare()


def test_the_remedy_is_a_command_that_a_shell_understands(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "a b" / "one.undo", _SERVER)
    assert journal.remedy == ""
    journal.opened({})
    assert journal.remedy == f"sdapi-check restore '{journal.path}'"
