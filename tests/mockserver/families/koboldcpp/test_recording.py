"""The recording of KoboldCpp, replayed in order on a mock of its own."""

from __future__ import annotations

from pathlib import Path

from mockserver import create_app
from mockserver.families import simulate
from mockserver.fixtureset.recording import read_recording
from mockserver.replay import packaged_recordings, read_exemptions, replay, tally
from mockserver.web.in_process import sender_to

PROFILE = "koboldcpp-1.111"
EXEMPTIONS = read_exemptions(Path(__file__).with_name("exemptions.toml"))
LEAST_ALIKE = 0.99


def test_the_mock_answers_as_the_recorded_server() -> None:
    (recording,) = packaged_recordings(PROFILE)
    found = list(replay(read_recording(recording), sender_to(create_app(simulate(PROFILE)))))

    total = tally(found)[-1]
    assert EXEMPTIONS.problems(PROFILE, found) == []
    assert min(total.status, total.shape, total.value) >= LEAST_ALIKE * total.cases
