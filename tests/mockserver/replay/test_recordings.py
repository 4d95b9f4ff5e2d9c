"""The recordings of v1.10.1, replayed in order, each on a mock started as its server was."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import Config, Webui, create_app
from mockserver.fixtureset.recording import read_recording
from mockserver.replay import Outcome, packaged_recordings, read_exemptions, replay, start_of, tally
from mockserver.web.in_process import sender_to

RECORDINGS = packaged_recordings("a1111-1.10.1")
EXEMPTIONS = read_exemptions(Path(__file__).with_name("exemptions.toml"))
LEAST_ALIKE = 0.99


def outcomes(recording: Path) -> list[Outcome]:
    app = create_app(Webui(config=Config(**start_of(recording.stem))))
    cases = read_recording(recording)
    return list(replay(cases, sender_to(app), EXEMPTIONS.preludes(recording.stem)))


def test_all_four_recordings_are_there() -> None:
    assert [path.stem.removeprefix("a1111-1.10.1") for path in RECORDINGS] == [
        "",
        "-fresh",
        "-auth",
        "-nowebui",
    ]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_the_mock_answers_as_the_recorded_server(recording: Path) -> None:
    found = outcomes(recording)
    total = tally(found)[-1]

    assert EXEMPTIONS.problems(recording.stem, found) == []
    assert (total.status, total.shape) == (total.cases, total.cases)
    assert total.value >= LEAST_ALIKE * total.cases
