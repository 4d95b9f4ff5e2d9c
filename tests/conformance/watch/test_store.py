"""The state of a watch on disk."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from watching import START, down, fails, judged

from conformance.errors import StateError, StillBusy
from conformance.watch import store as module
from conformance.watch.store import DELIVERED, UNASKED, Store
from conformance.watch.target_state import TargetState
from conformance.watch.transitions import decide

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MONTH = timedelta(days=30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that does not exist yet, in a folder that does not either."""
    return tmp_path / "state" / "watch.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store."""
    made = Store(path, _MONTH)
    yield made
    made.close()


def test_a_state_comes_back_as_it_was(store: Store) -> None:
    assert store.state("studio") == TargetState()
    state = TargetState()
    for look in (judged(), judged(fails()), down()):
        step = decide(state, look)
        state = step.state
        store.record("studio", state, look, step.changes)
    assert store.state("studio") == state
    assert store.state("another") == TargetState()


def test_looks_and_alerts_are_kept_in_order(store: Store) -> None:
    step = decide(TargetState(), down())
    number = store.record("studio", step.state, down(), step.changes, '{"text": "down"}')
    assert store.record("studio", step.state, replace(down(), at=START + _MONTH / 2)) == 0
    assert [look.at for look in store.looks("studio")] == [START, START + _MONTH / 2]
    assert [look.status for look in store.looks("studio", START + _MONTH / 4)] == ["down"]
    (alert,) = store.pending()
    assert (alert.id, alert.target, alert.changes) == (number, "studio", step.changes)
    assert alert.message == '{"text": "down"}'
    store.delivered(number, DELIVERED)
    assert store.pending() == []
    assert [each.delivery for each in store.alerts("studio", 5)] == [DELIVERED]


def test_without_a_webhook_nothing_is_pending(store: Store) -> None:
    step = decide(TargetState(), down())
    store.record("studio", step.state, down(), step.changes)
    assert store.pending() == []
    assert [each.delivery for each in store.alerts("studio", 5)] == [UNASKED]


def test_what_is_old_goes_by_days_and_by_rows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LOOKS", 50)
    store = Store(path, _MONTH)
    for number in range(200):
        look = replace(judged(), at=START + timedelta(minutes=number))
        store.record("studio", TargetState(), look)
        if number == 100:
            store.record("another", TargetState(), look)
    kept = store.looks("studio")
    assert len(kept) <= 50 + module._BETWEEN  # noqa: SLF001 - how often rows are removed
    assert kept[-1].at == START + timedelta(minutes=199)
    assert len(store.looks("another")) == 1, "another server's rows are its own"
    for _ in range(module._BETWEEN):  # noqa: SLF001 - as above
        store.record("studio", TargetState(), replace(judged(), at=START + 2 * _MONTH))
    assert min(look.at for look in store.looks("studio")) == START + 2 * _MONTH
    store.close()


def test_two_watches_do_not_share_a_state(store: Store, path: Path) -> None:
    with pytest.raises(StillBusy, match="another watch keeps its state in"):
        Store(path, _MONTH)
    store.close()
    Store(path, _MONTH).close()


@pytest.mark.parametrize("kind", ["text", "other", "folder"])
def test_a_file_of_something_else_is_refused_and_stays(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "file"
    if kind == "text":
        file.write_text("no database, but a text that somebody wrote", "utf-8")
    elif kind == "other":
        with sqlite3.connect(file) as other:
            other.execute("CREATE TABLE mine (id INTEGER)")
        other.close()
    else:
        file.mkdir()
    before = file.read_bytes() if file.is_file() else None
    with pytest.raises(StateError, match="file"):
        Store(file, _MONTH)
    assert (file.read_bytes() if file.is_file() else None) == before


def test_a_damaged_state_names_the_file_and_the_remedy(store: Store, path: Path) -> None:
    store.record("studio", TargetState(), judged())
    store.close()
    with sqlite3.connect(path) as other:
        other.execute("UPDATE targets SET state = '{}'")
    other.close()
    again = Store(path, _MONTH)
    with pytest.raises(StateError, match=r"watch\.sqlite is damaged .* delete it to begin anew"):
        again.state("studio")
    again.close()


def test_a_disk_that_is_full_leaves_what_was_there(store: Store) -> None:
    store.record("studio", TargetState(), judged())
    store._connection.execute("PRAGMA max_page_count = 1")  # noqa: SLF001 - stands in for a disk
    long = replace(down(), reason="x" * 400)
    step = decide(TargetState(), long)

    def fill() -> None:
        for _ in range(1000):
            store.record("studio", step.state, long, step.changes, "x" * 4000)

    with pytest.raises(StateError, match="is full"):
        fill()
    assert len(store.pending()) == len(store.looks("studio")) - 1
