"""The file in which options survive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.backends.a1111.stored_options import read_state, write_state
from mockserver.core.errors import MockError

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    stored = {"a": 1, "b": [None, "\u72d0", "\ud800"], "c": 1.0}
    write_state(tmp_path / "state.json", stored)

    assert read_state(tmp_path / "state.json") == stored


def test_nothing_but_the_file_is_left_behind(tmp_path: Path) -> None:
    write_state(tmp_path / "state.json", {})
    write_state(tmp_path / "state.json", {"a": 1})

    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_no_file_is_no_state(tmp_path: Path) -> None:
    assert read_state(tmp_path / "state.json") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [pytest.param("{", "not JSON", id="half"), pytest.param("[]", "not a JSON object", id="list")],
)
def test_a_file_that_holds_no_options_is_reported_with_what_to_do(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "state.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(MockError, match=words) as caught:
        read_state(path)
    assert "mend it or delete it" in str(caught.value)


def test_a_place_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(MockError, match="name a place that can be written"):
        write_state(tmp_path / "missing" / "state.json", {})
