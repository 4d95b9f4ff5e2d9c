"""Repairing a server after a run that died."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from doubles import URL, Ask, Reply, Server, mock, reply, served
from fleet import balanced

from conformance.client import Client
from conformance.deployment.undo_journal.journal import new_journal
from conformance.deployment.undo_journal.leftovers import read_journal, restore
from conformance.detection.readiness import Patience
from conformance.errors import RestoreError, StillBusy

if TYPE_CHECKING:
    from pathlib import Path

_AT_ONCE = Patience(limit=0.001, gap=0, frozen=60)


def _options(server: Server) -> dict[str, Any]:
    return server(Ask("GET", "/sdapi/v1/options")).json


def _write(server: Server, **values: Any) -> None:
    body = reply(values).body
    server(Ask("POST", "/sdapi/v1/options", {"Content-Type": "application/json"}, body))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "one.undo"


def _dies(server: Server, path: Path, **values: Any) -> None:
    """A run that dies after it wrote options."""
    journal = new_journal(URL, path)
    journal.opened(_options(server))
    for name, value in values.items():
        journal.writing([name])
        _write(server, **{name: value})
    journal.left()


def _restore(server: Server, path: Path) -> dict[str, tuple[Any, Any]]:
    with served(server):
        return restore(read_journal(path), lambda: Client(URL), lambda _: None, _AT_ONCE)


@pytest.mark.parametrize("fresh", [False, True])
def test_what_was_changed_is_put_back_and_reported_and_the_file_is_gone(
    path: Path, fresh: bool
) -> None:
    server = mock(fresh=fresh)
    before = _options(server)
    _dies(server, path, send_seed=False, jpeg_quality=33)
    assert _restore(server, path) == {"send_seed": (True, False), "jpeg_quality": (80, 33)}
    assert _options(server) == before
    assert not path.exists()


def test_the_last_written_is_put_back_first(path: Path) -> None:
    posts: list[Any] = []

    def watched(ask: Ask) -> Reply:
        posts.extend([list(ask.json)] if ask.method == "POST" else [])
        return server(ask)

    server = mock()
    _dies(server, path, send_seed=False, jpeg_quality=33)
    _restore(watched, path)
    assert posts == [["jpeg_quality", "send_seed"]]


def test_what_others_changed_since_is_left_alone(path: Path) -> None:
    server = mock()
    _dies(server, path, send_seed=False)
    _write(server, jpeg_quality=55)
    _restore(server, path)
    assert (_options(server)["send_seed"], _options(server)["jpeg_quality"]) == (True, 55)


@pytest.mark.parametrize("turn", [1, 3])
def test_both_servers_behind_one_address_are_repaired(path: Path, turn: int) -> None:
    servers = [mock(), mock()]
    before = [_options(each) for each in servers]
    _dies(servers[0], path, send_seed=False)
    _write(servers[1], send_seed=False)
    _restore(balanced(servers, lambda number: number // turn % 2), path)
    assert [_options(each) for each in servers] == before
    assert not path.exists()


def test_it_can_be_ended_in_the_middle_and_done_again(path: Path) -> None:
    def breaks(ask: Ask) -> Reply:
        given = server(ask)
        if ask.method == "POST":
            raise KeyboardInterrupt
        return given

    server = mock()
    before = _options(server)
    _dies(server, path, send_seed=False)
    with pytest.raises(KeyboardInterrupt):
        _restore(breaks, path)
    assert _restore(server, path) == {}
    assert (_options(server), path.exists()) == (before, False)


def test_a_server_that_will_not_take_them_keeps_the_file(path: Path) -> None:
    server = mock()
    _dies(server, path, send_seed=False)

    def deaf(ask: Ask) -> Reply:
        return reply(None) if ask.method == "POST" else server(ask)

    with pytest.raises(RestoreError, match="send_seed was True and is False"):
        _restore(deaf, path)
    assert path.exists()


def test_a_server_at_work_may_still_have_a_request_of_the_dead_run_to_come(path: Path) -> None:
    server = mock()
    _dies(server, path, send_seed=False)

    def works(ask: Ask) -> Reply:
        if ask.route.endswith("progress"):
            return reply({"progress": 0.5, "state": {"job_count": 1}})
        return server(ask)

    with pytest.raises(StillBusy):
        _restore(works, path)
    assert path.exists()


def test_a_journal_of_a_run_that_lives_is_left_alone(path: Path) -> None:
    journal = new_journal(URL, path)
    journal.opened({"send_seed": True})
    journal.writing(["send_seed"])
    with pytest.raises(StillBusy, match="is not over"):
        _restore(mock(), path)
    journal.closed()


def test_where_nothing_was_written_the_server_is_not_even_asked(path: Path) -> None:
    def nobody(_: Ask) -> Reply:
        raise AssertionError

    new_journal(URL, path)
    path.write_text('{"format', encoding="utf-8")
    assert _restore(nobody, path) == {}
    assert not path.exists()
