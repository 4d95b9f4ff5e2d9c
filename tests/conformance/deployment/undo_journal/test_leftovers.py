"""Journals that earlier runs left, and where they lie."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from conformance.deployment.undo_journal.journal import new_journal, state_folder
from conformance.deployment.undo_journal.leftovers import (
    leftover_journals,
    read_journal,
    report_leftovers,
)
from conformance.errors import JournalError, StillBusy

if TYPE_CHECKING:
    from pathlib import Path


_SERVER = "http://host:7860/sd"
_VARIABLE = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv(_VARIABLE, str(tmp_path))
    return tmp_path / "sdapi-check"


def _left_by_a_dead_run(server: str = _SERVER, path: Path | None = None) -> Path:
    journal = new_journal(server, path)
    journal.opened({"send_seed": True})
    journal.writing(["send_seed"])
    journal.left()
    return journal.path


def _ask(*, writes: bool = True, path: Path | None = None) -> list[str]:
    said: list[str] = []
    report_leftovers(_SERVER, path, writes=writes, say=said.append)
    return said


def test_each_run_has_a_file_of_its_own_that_names_the_host(folder: Path) -> None:
    path = new_journal(_SERVER).path
    assert (path.parent, path.suffix) == (folder, ".undo")
    assert path.name.startswith("host-7860-sd-")
    assert not path.exists()


@pytest.mark.parametrize(
    ("server", "stem"),
    [
        pytest.param("http://[::1]:7860", "1-7860-", id="IPv6"),
        pytest.param("https://sd.example.org", "sd.example.org-", id="a name"),
        pytest.param("https://h/../../etc", "h-..-..-etc-", id="dots stay in the name"),
    ],
)
def test_a_host_makes_a_name_that_every_file_system_takes(server: str, stem: str) -> None:
    name = new_journal(server).path.name
    assert name.startswith(stem)
    assert not set(name) & set('/\\:*?"<>|[]')


@pytest.mark.skipif(sys.platform == "win32", reason="its own variable")
@pytest.mark.parametrize("value", [None, "", "relative/place"])
def test_without_a_folder_of_states_the_home_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(_VARIABLE)
    if value is not None:
        monkeypatch.setenv(_VARIABLE, value)
    assert state_folder() == tmp_path / ".local" / "state" / "sdapi-check"


def test_a_user_without_a_home_is_advised_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_name: str, **_more: object) -> Path:
        raise RuntimeError

    monkeypatch.setattr("platformdirs.user_state_path", homeless)
    with pytest.raises(JournalError, match="name a file with --journal"):
        state_folder()


def test_a_run_that_writes_is_refused_while_a_journal_lies_there() -> None:
    path = _left_by_a_dead_run()
    with pytest.raises(JournalError) as caught:
        _ask()
    assert f"first run: sdapi-check restore {path}" in str(caught.value)


def test_a_run_that_writes_nothing_is_reported_and_goes_on() -> None:
    path = _left_by_a_dead_run()
    assert str(path) in _ask(writes=False)[0]


def test_a_file_named_by_the_operator_is_never_overwritten(tmp_path: Path) -> None:
    path = _left_by_a_dead_run("http://elsewhere", tmp_path / "mine.undo")
    with pytest.raises(JournalError, match="options of http://elsewhere back"):
        _ask(writes=False, path=path)


@pytest.mark.parametrize("server", ["http://other:7860/sd", "http://host:7860/sd/two"])
def test_journals_of_other_servers_do_not_matter(server: str, folder: Path) -> None:
    _left_by_a_dead_run(server)
    assert len(list(folder.iterdir())) == 1
    assert leftover_journals(_SERVER) == []


def test_one_that_was_never_begun_does_not_matter(folder: Path) -> None:
    folder.mkdir()
    (folder / "host-7860-sd-20260101T000000-1.undo").write_text('{"form', encoding="utf-8")
    assert leftover_journals(_SERVER) == []


def test_a_damaged_one_is_reported_by_its_place() -> None:
    path = _left_by_a_dead_run()
    path.write_text(path.read_text("utf-8") + "}\n", encoding="utf-8")
    with pytest.raises(JournalError, match=r"it is damaged; look at the server's options"):
        _ask()


def test_a_run_that_lives_is_waited_for() -> None:
    living = new_journal(_SERVER)
    living.opened({"send_seed": True})
    with pytest.raises(StillBusy, match="another run is writing options"):
        _ask()
    living.closed()
    assert _ask() == []


def test_what_is_no_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="there is no such file; a journal is removed once"):
        read_journal(tmp_path / "nothing.undo")
    with pytest.raises(JournalError, match="cannot be read"):
        read_journal(tmp_path)
    (tmp_path / "picture.undo").write_bytes(b"\x89PNG\xff")
    with pytest.raises(JournalError, match="this is no undo journal"):
        read_journal(tmp_path / "picture.undo")
