"""The recording of KoboldCpp, replayed in order on a mock of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from likeness import unlike

from mockserver import create_app
from mockserver.backends.registry import simulate
from mockserver.fixtures.recording import read_recording
from mockserver.http.in_process import sender_to
from mockserver.replay.packaged import packaged_recordings
from mockserver.replay.replayer import replay
from mockserver.replay.tally import read_exemptions, tally

PROFILES = ["koboldcpp-1.111", "koboldcpp-1.115.1"]
EXEMPTIONS = read_exemptions(Path(__file__).with_name("exemptions.toml"))
LEAST_ALIKE = 0.99
DRAWN = {"t2i-batch", "t2i-size", "t2i-prompt", "i2i"}
#: Two steps cannot tell 0.6 from 0.5 of the noise on a real sampler.
TOO_CLOSE = {"i2i/denoise-none"}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_mock_answers_as_the_recorded_server(profile: str) -> None:
    (recording,) = packaged_recordings(profile)
    found = list(replay(read_recording(recording), sender_to(create_app(simulate(profile)))))

    total = tally(found)[-1]
    assert EXEMPTIONS.problems(profile, found) == []
    assert min(total.status, total.shape, total.value) >= LEAST_ALIKE * total.cases


@pytest.mark.parametrize("profile", PROFILES)
def test_pictures_that_were_recorded_alike_are_alike(profile: str) -> None:
    (recording,) = packaged_recordings(profile)
    cases = [c for c in read_recording(recording) if c.group in DRAWN and c.id not in TOO_CLOSE]
    assert unlike(cases, sender_to(create_app(simulate(profile)))) == []
