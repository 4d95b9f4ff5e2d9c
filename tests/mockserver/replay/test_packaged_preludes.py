"""What unrecorded cases left behind."""

from __future__ import annotations

import pytest

from mockserver.fixtures.fixture_set import fixtures_root
from mockserver.fixtures.recording import read_recording
from mockserver.replay.packaged import packaged_recordings, preludes_of

NAMES = [path.stem for path in sorted((fixtures_root() / "recordings").glob("*.jsonl"))]


@pytest.mark.parametrize("name", NAMES)
def test_each_goes_before_a_recorded_case_and_says_why(name: str) -> None:
    cases = {case.id for case in read_recording(fixtures_root() / "recordings" / f"{name}.jsonl")}
    preludes = preludes_of(name)

    assert set(preludes) <= cases
    assert all(prelude.reason for before in preludes.values() for prelude in before)


def test_some_recordings_have_them() -> None:
    assert preludes_of(packaged_recordings("a1111-1.10.1")[0].stem)


def test_a_recording_of_somebody_else_has_none() -> None:
    assert preludes_of("mine") == {}
