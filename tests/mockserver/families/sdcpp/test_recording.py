"""The recording of stable-diffusion.cpp's server, replayed in order on a mock of its own."""

from __future__ import annotations

from mockserver import create_app
from mockserver.families import simulate
from mockserver.fixtureset.recording import read_recording
from mockserver.replay import Exemptions, packaged_recordings, replay
from mockserver.web.in_process import sender_to

PROFILE = "sdcpp-master-827"


def test_the_mock_answers_every_case_as_the_recorded_server() -> None:
    (recording,) = packaged_recordings(PROFILE)
    found = list(replay(read_recording(recording), sender_to(create_app(simulate(PROFILE)))))
    assert Exemptions().problems(PROFILE, found) == []
