"""The recording of SD.Next, replayed in order on a mock of its own."""

from __future__ import annotations

from pathlib import Path

from mockserver import create_app
from mockserver.families import simulate
from mockserver.fixtureset.recording import read_recording
from mockserver.replay import packaged_recordings, preludes_of, read_exemptions, replay, tally
from mockserver.web.in_process import sender_to

PROFILE = "sdnext-2025-03"
EXEMPTIONS = read_exemptions(Path(__file__).with_name("exemptions.toml"))
MOST_EXEMPT = 0.02


def test_the_mock_answers_as_the_recorded_server() -> None:
    (recording,) = packaged_recordings(PROFILE)
    send = sender_to(create_app(simulate(PROFILE)))

    found = list(replay(read_recording(recording), send, preludes_of(PROFILE)))

    total = tally(found)[-1]
    assert EXEMPTIONS.problems(PROFILE, found) == []
    assert total.status == total.cases
    assert total.value >= (1 - MOST_EXEMPT) * total.cases
