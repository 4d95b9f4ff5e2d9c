"""The page of a watch, read without a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from watching import SNAPSHOT, START, SUBJECT, URL, down, fails, judged

from conformance.watch.changes import Kind
from conformance.watch.messages import Subject
from conformance.watch.page import (
    KIND_MARKS,
    OUTCOME_MARKS,
    STATUS_MARKS,
    moment_text,
    render_watch,
    timeline,
)
from conformance.watch.snapshot import Facet, Snapshot
from conformance.watch.store import PastLook, Store
from conformance.watch.target_state import Look, Outcome, Status, TargetState
from conformance.watch.transitions import decide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_HOUR = timedelta(hours=1)
_SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    made = Store(tmp_path / "w", timedelta(days=30))
    yield made
    made.close()


def _watched(store: Store, looks: Iterable[Look], subject: Subject = SUBJECT) -> TargetState:
    state = TargetState()
    for number, look in enumerate(looks):
        at = replace(look, at=START + number * _HOUR)
        step = decide(state, at)
        state = step.state
        store.record(subject.name, state, at, step.changes)
    return state


def _text(page: str) -> str:
    plain = re.sub(r"<(style|script).*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", plain).split())


def test_everything_has_a_mark() -> None:
    assert set(KIND_MARKS) == set(Kind)
    assert set(OUTCOME_MARKS) == set(Outcome)
    assert set(STATUS_MARKS) == set(Status)


def test_the_page_shows_status_history_failures_drift_and_changes(store: Store) -> None:
    upgraded = Snapshot({**SNAPSHOT.facets, Facet.MODELS: ("other",)})
    bad = judged(fails(actual=_SCRIPT), snapshot=upgraded)
    state = _watched(store, [judged(), down(), judged(), bad])
    page = render_watch(store, {"studio": (SUBJECT, state)}, START + 4 * _HOUR)
    text = _text(page)
    assert "Not conformant" in text
    assert f"studio {chr(0x2717)} not conformant Server {URL}" in text
    assert "1 down 1 not conformant 2 conformant" in text
    assert "75.00 % answered" in text
    assert "Changed since the last good state, 2026-11-01 02:00 UTC" in text
    assert "models +1 (other), -1 (tiny-a)" in text
    assert "it answers again after 60 min" in text
    assert _SCRIPT not in page
    assert "&lt;script&gt;alert(1)" in page


def test_several_servers_are_headed_by_the_worst(store: Store) -> None:
    other = Subject("other", "http://other:7860")
    states = {
        "studio": (SUBJECT, _watched(store, [judged()])),
        "other": (other, _watched(store, [judged(), down("it is gone")], other)),
    }
    text = _text(render_watch(store, states, START + 2 * _HOUR))
    assert "1 of 2 down" in text
    assert "it is gone" in text
    states["other"] = (other, _watched(store, [judged()], other))
    assert "All conformant" in _text(render_watch(store, states, START + 2 * _HOUR))


def test_a_server_that_was_never_looked_at_has_a_page_too(store: Store) -> None:
    text = _text(render_watch(store, {"studio": (SUBJECT, TargetState())}, START))
    assert "Not judged yet" in text
    assert "Last look never" in text
    assert "Nothing changed so far." in text


def test_a_stretch_of_a_timeline_has_the_colour_of_its_worst_look() -> None:
    outcomes = [Outcome.CONFORMANT, Outcome.DOWN, Outcome.CONFORMANT, Outcome.BUSY]
    minutes = [0, 5, 60, 120]
    looks = [
        PastLook(START + timedelta(minutes=minute), outcome, "", 0.1, "")
        for minute, outcome in zip(minutes, outcomes, strict=True)
    ]
    made = timeline(looks, START, START + 24 * _HOUR, "a day")
    assert [part.tone for part in made.stretches] == ["bad", "good", "info"]
    assert [round(part.start / 100 * 24, 2) for part in made.stretches] == [0, 1, 2]
    assert made.stretches[0].title == "2026-11-01 00:00 UTC: 1 down, 1 conformant"
    assert made.answered == 75.0
    assert dict(made.counts) == {"conformant": 2, "down": 1, "busy": 1}


def test_a_timeline_without_looks_says_nothing_of_answers() -> None:
    made = timeline([], START, START + _HOUR, "an hour")
    assert (made.stretches, made.counts, made.answered) == ((), (), None)
    assert moment_text(None) == "never"
