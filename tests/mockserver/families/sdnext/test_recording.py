"""The recording of SD.Next, replayed in order on a mock of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import Config, create_app
from mockserver.families import simulate
from mockserver.fixtureset.location import fixtures_root
from mockserver.fixtureset.recording import read_recording
from mockserver.replay import (
    Sender,
    preludes_of,
    profile_of,
    read_exemptions,
    replay,
    starts_anew,
    tally,
)
from mockserver.web.in_process import sender_to

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
