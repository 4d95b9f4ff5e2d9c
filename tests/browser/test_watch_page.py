"""The page of a watch, opened in a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from page_scripts import CONTRAST, TOO_WIDE
from reports import failure
from watching import SNAPSHOT, START, SUBJECT, busy, down, judged

from conformance.verdict import Verdict
from conformance.watch.messages import Subject
from conformance.watch.page import render_watch
from conformance.watch.snapshot import Facet, Snapshot
from conformance.watch.store import Store
from conformance.watch.target_state import TargetState
from conformance.watch.transitions import decide

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Browser

    from conformance.watch.target_state import Look

_LONG = "https://a-very-long-host-name.internal.example.org:7860/with/a/prefix"
_UPGRADED = Snapshot({**SNAPSHOT.facets, Facet.MODELS: tuple(f"model-{n}" for n in range(40))})
_BAD = judged(failure(), failure("LIST-004", Verdict.WARN), snapshot=_UPGRADED)
_LOOKS = {
    SUBJECT: [judged(), down("nothing accepts connections there"), judged(), busy(), _BAD],
    Subject(_LONG, _LONG): [judged(), judged(), down("x" * 300)],
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page of two servers over two days, with everything that it can show."""
    folder: Path = tmp_path_factory.mktemp("watch")
    store = Store(folder / "w", timedelta(days=30))
    states = {subject.name: (subject, _state(store, subject)) for subject in _LOOKS}
    text = render_watch(store, states, START + timedelta(days=3))
    store.close()
    return text


def _state(store: Store, subject: Subject) -> TargetState:
    state = TargetState()
    looks: list[Look] = _LOOKS[subject]
    for number, look in enumerate(looks):
        at = replace(look, at=START + timedelta(hours=15 * number))
        step = decide(state, at)
        state = step.state
        store.record(subject.name, state, at, step.changes)
    return state


@pytest.mark.parametrize(("theme", "width"), [("light", 1200), ("dark", 390)])
def test_the_page_loads_nothing_fits_and_can_be_read(
    browser: Browser, page: str, theme: str, width: int
) -> None:
    browser.open(page, width=width, theme=theme)
    assert browser.asked_for() == []
    assert browser.complaints() == []
    browser.run("for (const each of document.querySelectorAll('details')) each.open = true")
    assert browser.run(TOO_WIDE) == []
    assert browser.run(CONTRAST) == {}
