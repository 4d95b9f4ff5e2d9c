"""Cases that may differ, and what has become of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.core.errors import MockError
from mockserver.fixtures.recording import Case
from mockserver.replay.compare import Depth, Difference
from mockserver.replay.replayer import Outcome
from mockserver.replay.tally import read_exemptions

if TYPE_CHECKING:
    from pathlib import Path

FILE = """
[[exemption]]
recording = "r"
case = "a/1"
reason = "a draw"

"""
DIFFERENCE = (0, Difference(Depth.VALUE, "/a", "1", "2"))


def outcome(name: str, *, differs: bool) -> Outcome:
    return Outcome(Case(name, "a", []), [DIFFERENCE] if differs else [])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "e.toml"
    path.write_text(FILE)
    return path


@pytest.mark.parametrize(
    ("outcomes", "problems"),
    [
        pytest.param([outcome("a/1", differs=True)], [], id="exempt"),
        pytest.param(
            [outcome("a/1", differs=False)],
            ["a/1: exempt, but it no longer differs; take the exemption out"],
            id="no longer differs",
        ),
        pytest.param(
            [outcome("a/1", differs=True), outcome("a/2", differs=True)],
            ["a/2, step 0: /a: recorded 1, got 2"],
            id="new",
        ),
        pytest.param([], ["a/1: exempt, but there is no such case"], id="no such case"),
    ],
)
def test_only_news_are_problems(file: Path, outcomes: list[Outcome], problems: list[str]) -> None:
    assert read_exemptions(file).problems("r", outcomes) == problems


def test_exemptions_hold_for_their_recording_alone(file: Path) -> None:
    exemptions = read_exemptions(file)

    assert exemptions.reason("r", "a/1") == "a draw"
    assert exemptions.reason("other", "a/1") is None
    assert exemptions.problems("other", [outcome("a/1", differs=True)]) != []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[[exemption]]\nrecording = 1", id="a key is missing"),
        pytest.param("[[exemption]]\nx = 1", id="an unknown key"),
        pytest.param("x = 1", id="an unknown table"),
        pytest.param("x = ", id="no TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_reported(tmp_path: Path, text: str) -> None:
    path = tmp_path / "e.toml"
    path.write_text(text)

    with pytest.raises(MockError, match=r"e\.toml: .*mend that place"):
        read_exemptions(path)


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(MockError, match="name a readable file"):
        read_exemptions(tmp_path / "e.toml")
