"""``sdapi-check restore FILE``, and runs that find a journal, in this process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import requests
from doubles import URL, Ask, Reply, Server, mock, reply, served

from conformance.cli import execute
from conformance.deployment.undo_journal.journal import new_journal, state_folder

if TYPE_CHECKING:
    from pathlib import Path

_RUN = [URL, "--patience", "0", "--examples", "0"]


def _options(server: Server) -> dict[str, Any]:
    return server(Ask("GET", "/sdapi/v1/options")).json


def _died(server: Server, path: Path | None = None) -> Path:
    """A run that died after it wrote an option."""
    journal = new_journal(URL, path)
    journal.opened(_options(server))
    journal.writing(["send_seed"])
    body = reply({"send_seed": False}).body
    server(Ask("POST", "/sdapi/v1/options", {"Content-Type": "application/json"}, body))
    journal.left()
    return journal.path


def test_what_was_changed_is_put_back_and_reported(capsys: pytest.CaptureFixture[str]) -> None:
    server = mock()
    path = _died(server)
    with served(server):
        assert execute(["restore", str(path)]) == 0
    assert _options(server)["send_seed"] is True
    assert capsys.readouterr().out == "put back: send_seed was True and is False\n"


def test_its_help_says_the_exit_codes_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["restore", "--help"]) == 0
    assert "\n    2 wrong usage, " in capsys.readouterr().out


def test_it_shows_the_credentials_that_a_run_would(capsys: pytest.CaptureFixture[str]) -> None:
    path = _died(mock())
    server = mock(auth=(("user", "planted"),))
    with served(server):
        assert execute(["restore", str(path)]) == 3
        assert "give some with --auth" in capsys.readouterr().err
        assert execute(["restore", str(path), "--auth", "user:planted"]) == 0
    assert capsys.readouterr().out == "all options are as they were\n"


def test_a_server_that_moved_is_named_anew() -> None:
    server = mock()
    path = _died(server)
    with served(server, "http://moved.test"):
        assert execute(["restore", str(path), "--url", "http://moved.test"]) == 0
    assert _options(server)["send_seed"] is True


def test_a_server_that_does_not_answer_keeps_the_journal() -> None:
    def gone(_: Ask) -> Reply:
        raise requests.ConnectionError("refused")

    path = _died(mock())
    with served(gone):
        assert execute(["restore", str(path)]) == 3
    assert path.exists()


def test_options_that_cannot_be_put_back_end_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    server = mock()
    path = _died(server)

    def deaf(ask: Ask) -> Reply:
        return reply(None) if ask.method == "POST" else server(ask)

    with served(deaf):
        assert execute(["restore", str(path)]) == 4
    assert "send_seed was True and is False" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        pytest.param(None, 2, "there is no such file", id="no file"),
        pytest.param("hello\n", 4, "this is no undo journal", id="no journal"),
    ],
)
def test_what_is_no_journal_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, code: int, words: str
) -> None:
    path = tmp_path / "one.undo"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert execute(["restore", str(path)]) == code
    error = capsys.readouterr().err
    assert (error.count("\n"), words in error) == (1, True)


def test_a_run_that_writes_asks_for_the_repair_first_and_ends_with_4(
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = mock()
    path = _died(server)
    with served(server):
        assert execute([*_RUN, "--mode", "restore", "--only", "OPT-007"]) == 4
        assert f"first run: sdapi-check restore {path}" in capsys.readouterr().err
        assert execute([*_RUN, "--only", "LIST-001"]) == 0
        assert f"first run: sdapi-check restore {path}" in capsys.readouterr().out
        assert execute(["restore", str(path)]) == 0
        assert execute([*_RUN, "--mode", "restore", "--only", "OPT-007"]) == 0


def test_a_run_leaves_no_file_behind() -> None:
    with served(mock()):
        assert execute([*_RUN, "--mode", "restore", "--only", "OPT-007"]) == 0
    assert list(state_folder().iterdir()) == []


def test_overrides_that_leak_on_a_fresh_install_are_reported_and_repaired(
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = mock(fresh=True)
    before, leaked = _options(server), []

    def watched(ask: Ask) -> Reply:
        given = server(ask)
        leaked.extend([ask.route] if ask.method == "POST" and _options(server) != before else [])
        return given

    with served(watched):
        assert execute([*_RUN, "--mode", "restore", "--only", "TXT2IMG-060"]) == 0
    assert leaked == ["/sdapi/v1/txt2img"]
    assert _options(server) == before
    assert "1 met loosely" in capsys.readouterr().out


def test_options_that_a_run_cannot_put_back_are_reported_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server, posts = mock(), []

    def deaf_after_the_first(ask: Ask) -> Reply:
        posts.extend([ask] if ask.method == "POST" and ask.json else [])
        return reply(None) if ask.method == "POST" and len(posts) > 1 else server(ask)

    path = tmp_path / "mine.undo"
    args = ["--mode", "restore", "--only", "OPT-007", "--journal", str(path)]
    with served(deaf_after_the_first):
        assert execute([*_RUN, *args]) in {1, 4}
    assert f"later, put them back with: sdapi-check restore {path}" in capsys.readouterr().out
    with served(server):
        assert execute(["restore", str(path)]) == 0


@pytest.mark.skipif(os.name == "nt", reason="a folder of POSIX")
def test_a_place_that_cannot_be_written_is_one_line_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    posts = []

    def watched(ask: Ask) -> Reply:
        posts.extend([ask] if ask.method == "POST" else [])
        return server(ask)

    server = mock()
    args = ["--mode", "restore", "--journal", str(tmp_path / "file" / "one.undo")]
    with served(watched):
        assert execute([*_RUN, *args]) == 4
    error = capsys.readouterr().err
    assert (error.count("\n"), "name another place with --journal" in error) == (1, True)
    assert posts == []
