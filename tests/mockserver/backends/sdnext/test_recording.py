"""The recording of SD.Next, replayed in order on a mock of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import Config, create_app
from mockserver.backends.registry import simulate
from mockserver.fixtures.fixture_set import fixtures_root
from mockserver.fixtures.recording import read_recording
from mockserver.http.in_process import sender_to
from mockserver.replay.packaged import preludes_of, profile_of, starts_anew
from mockserver.replay.replayer import Sender, replay
from mockserver.replay.tally import read_exemptions, tally

RECORDINGS = {
    "sdnext-2025-03": {},
    "sdnext-2026-07": {},
    "sdnext-2026-07-first-start": {"fresh": True},
}
EXEMPTIONS = read_exemptions(Path(__file__).with_name("exemptions.toml"))
MOST_EXEMPT = 0.02


@pytest.mark.parametrize("recording", RECORDINGS)
def test_the_mock_answers_as_the_recorded_server(recording: str) -> None:
    cases = read_recording(fixtures_root() / "recordings" / f"{recording}.jsonl")

    def start() -> Sender:
        config = Config(**RECORDINGS[recording])
        return sender_to(create_app(simulate(profile_of(recording), config)))

    renew = start if starts_anew(recording) else None
    found = list(replay(cases, start(), preludes_of(recording), renew))

    total = tally(found)[-1]
    assert EXEMPTIONS.problems(recording, found) == []
    assert total.status == total.cases
    assert total.value >= (1 - MOST_EXEMPT) * total.cases
