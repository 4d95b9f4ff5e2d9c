"""Runs that are killed without a word, and repaired: ``tests/bench/kill_run.py`` does many."""

from __future__ import annotations

import signal
import sys
from random import Random
from typing import TYPE_CHECKING

import pytest
from kills import Rig, rig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WRITES = ("--mode", "full", "--only", "OPT,TXT2IMG-060,INTERRUPT-002", "--examples", "0")
# Such a run makes more of them.
_REQUESTS = 200


@pytest.fixture(params=[pytest.param(False, id="saved"), pytest.param(True, id="fresh")])
def runs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path, *_WRITES, fresh=request.param) as made:
        yield made


def test_a_run_killed_while_an_option_is_changed_is_repaired(runs: Rig) -> None:
    killed = runs.kill_amid_a_change()
    assert killed.changed
    assert (killed.journals, killed.repairs, killed.left, killed.files) == (1, (0,), {}, 0)


def test_runs_killed_at_random_moments_are_repaired(tmp_path: Path) -> None:
    dice = Random(5)  # noqa: S311 - moments, not secrets
    with rig(tmp_path, *_WRITES) as runs:
        outcomes = [runs.kill_at_request(dice.randint(1, _REQUESTS)) for _ in range(3)]
    assert [outcome for outcome in outcomes if outcome.finished or not outcome.good] == []


def test_a_run_that_nobody_kills_leaves_neither_changes_nor_files(runs: Rig) -> None:
    assert runs.exit_code() == 0
    assert len(runs.gateway.seen) >= _REQUESTS
    assert (runs.differences(), runs.journals) == ({}, [])


def test_the_next_run_asks_for_the_repair_and_changes_nothing(tmp_path: Path) -> None:
    with rig(tmp_path, *_WRITES) as runs:
        changed = runs.left_amid_a_change()
        assert changed
        assert runs.exit_code() == 4
        assert runs.differences() == changed
        assert runs.restore(runs.journals[0]) == 0
        assert runs.differences() == {}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129), pytest.param("SIGINT", 130, id="Ctrl-C")]
)
def test_a_run_that_is_asked_to_end_puts_everything_back_itself(
    tmp_path: Path, name: str, code: int
) -> None:
    with rig(tmp_path, *_WRITES) as runs:
        assert runs.end_amid_a_change(signal.Signals[name]) == code
        assert (runs.differences(), runs.journals) == ({}, [])
