"""Servers with extensions: their recordings replayed on a mock started likewise."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import Config, create_app
from mockserver.backends.registry import simulate
from mockserver.fixtures.fixture_set import fixtures_root
from mockserver.fixtures.recording import read_recording
from mockserver.http.in_process import sender_to
from mockserver.replay.packaged import preludes_of, profile_of, start_of
from mockserver.replay.replayer import Outcome, replay
from mockserver.replay.tally import read_exemptions, tally

EXEMPTIONS = read_exemptions(Path(__file__).with_name("exemptions-extensions.toml"))
LEAST_SHAPE, LEAST_VALUE = 0.99, 0.95


#: Recordings of servers with ControlNet, with ADetailer, with both, and with an old ControlNet.
ALIKE = (
    "a1111-1.10.1-cn-ad",
    "a1111-1.10.1-cn-ad-auth",
    "a1111-1.10.1-cn-ad-nowebui",
    "a1111-1.10.1-cn-1.1.447",
    "a1111-1.10.1-cn-lists",
    "a1111-1.10.1-ad-lists",
)


def outcomes(name: str) -> list[Outcome]:
    server = simulate(profile_of(name), Config(**start_of(name)))
    cases = read_recording(fixtures_root() / "recordings" / f"{name}.jsonl")
    return list(replay(cases, sender_to(create_app(server)), preludes_of(name)))


@pytest.mark.parametrize("name", ALIKE)
def test_the_mock_answers_as_the_server_with_controlnet_or_adetailer(name: str) -> None:
    found = outcomes(name)
    total = tally(found)[-1]

    assert EXEMPTIONS.problems(name, found) == []
    assert (total.status, total.shape, total.value) == (total.cases,) * 3


@pytest.mark.parametrize(
    ("name", "may_differ"),
    [("a1111-1.10.1-others", 0), ("a1111-1.10.1-others-agent-flow", 1)],
)
def test_the_mock_answers_as_the_server_with_twelve_extensions(name: str, may_differ: int) -> None:
    found = outcomes(name)
    total = tally(found)[-1]

    assert EXEMPTIONS.problems(name, found) == []
    assert total.status == total.cases
    assert total.shape >= LEAST_SHAPE * total.cases - may_differ
    assert total.value >= LEAST_VALUE * total.cases - may_differ
