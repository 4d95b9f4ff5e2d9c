"""The packaged recordings, replayed in order, each on a mock started as its server was."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import Config, create_app
from mockserver.backends.registry import simulate
from mockserver.fixtures.recording import read_recording
from mockserver.http.in_process import sender_to
from mockserver.replay.packaged import packaged_recordings, preludes_of, profile_of, start_of
from mockserver.replay.replayer import Outcome, replay
from mockserver.replay.tally import read_exemptions, tally

NEWEST = packaged_recordings("a1111-1.10.1")
#: Profiles of the webui's older versions that have a recording.
OLDER = ("a1111-1.9.0", "a1111-1.7.0", "a1111-1.6.0", "a1111-1.3.0", "a1111-47a44c7")
EXEMPTIONS = read_exemptions(Path(__file__).with_name("exemptions.toml"))
#: Recordings of the forks, each of their starts.
FORKS = [*packaged_recordings("forge-dfdcbab"), *packaged_recordings("reforge-3b56b26")]
LEAST_ALIKE = 0.99
LEAST_OF_FORKS = 0.97
LEAST_SHAPE, LEAST_VALUE = 0.97, 0.93


def outcomes(recording: Path) -> list[Outcome]:
    server = simulate(profile_of(recording.stem), Config(**start_of(recording.stem)))
    cases = read_recording(recording)
    send = sender_to(create_app(server))
    return list(replay(cases, send, preludes_of(recording.stem)))


def test_all_four_recordings_of_the_newest_version_are_there() -> None:
    assert [path.stem.removeprefix("a1111-1.10.1") for path in NEWEST] == [
        "",
        "-fresh",
        "-auth",
        "-nowebui",
    ]


@pytest.mark.parametrize("recording", NEWEST, ids=lambda path: path.stem)
def test_the_mock_answers_as_the_recorded_server(recording: Path) -> None:
    found = outcomes(recording)
    total = tally(found)[-1]

    assert EXEMPTIONS.problems(recording.stem, found) == []
    assert (total.status, total.shape) == (total.cases, total.cases)
    assert total.value >= LEAST_ALIKE * total.cases


@pytest.mark.parametrize("profile", OLDER)
def test_an_older_profile_answers_as_its_recorded_server(profile: str) -> None:
    (recording,) = packaged_recordings(profile)
    found = outcomes(recording)
    total = tally(found)[-1]

    assert EXEMPTIONS.problems(recording.stem, found) == []
    assert total.status >= LEAST_ALIKE * total.cases
    assert total.shape >= LEAST_SHAPE * total.cases
    assert total.value >= LEAST_VALUE * total.cases


@pytest.mark.parametrize("recording", FORKS, ids=lambda path: path.stem)
def test_a_fork_answers_as_its_recorded_server(recording: Path) -> None:
    found = outcomes(recording)
    total = tally(found)[-1]

    assert EXEMPTIONS.problems(recording.stem, found) == []
    assert total.status == total.cases
    assert total.shape >= LEAST_ALIKE * total.cases
    assert total.value >= LEAST_OF_FORKS * total.cases
