"""The recording of stable-diffusion.cpp's server, replayed in order on a mock of its own."""

from __future__ import annotations

from likeness import unlike

from mockserver import create_app
from mockserver.backends.registry import simulate
from mockserver.fixtures.recording import read_recording
from mockserver.http.in_process import sender_to
from mockserver.replay.packaged import packaged_recordings
from mockserver.replay.replayer import replay
from mockserver.replay.tally import Exemptions

PROFILE = "sdcpp-master-827"
DRAWN = {"t2i-batch", "t2i-size", "t2i-prompt", "i2i"}


def test_the_mock_answers_every_case_as_the_recorded_server() -> None:
    (recording,) = packaged_recordings(PROFILE)
    found = list(replay(read_recording(recording), sender_to(create_app(simulate(PROFILE)))))
    assert Exemptions().problems(PROFILE, found) == []


def test_pictures_that_were_recorded_alike_are_alike() -> None:
    (recording,) = packaged_recordings(PROFILE)
    cases = [c for c in read_recording(recording) if c.group in DRAWN]
    assert unlike(cases, sender_to(create_app(simulate(PROFILE)))) == []
