"""How a simulated server was started, and where its secrets come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.core.config import Config, read_secret
from mockserver.core.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("auth", [(), (("user", "pass"),), [["a", "b"], ("c", "d")]])
def test_credentials_are_pairs(auth: Any) -> None:
    assert Config(auth=auth).auth == auth


@pytest.mark.parametrize("auth", ["user:pass", ("ab",), (("a", "b", "c"),), (("a",),)])
def test_what_is_no_pair_is_refused(auth: Any) -> None:
    with pytest.raises(BadInput, match="auth is pairs of user and password"):
        Config(auth=auth)


def test_a_secret_comes_from_the_environment_a_file_or_the_text_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SD_SECRET", "planted")
    (tmp_path / "key").write_text(" from a file \n")
    assert read_secret("env:SD_SECRET") == "planted"
    assert read_secret(f"file:{tmp_path / 'key'}") == "from a file"
    assert read_secret("user:pass") == "user:pass"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("env:", "write env:NAME", id="no name"),
        pytest.param("env:NOBODY_SET_THIS", "the environment has no NOBODY_SET_THIS", id="not set"),
        pytest.param("file:no/such/file", "No such file or directory", id="no file"),
    ],
)
def test_a_secret_that_is_not_there_is_named(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_secret(text)


@pytest.mark.parametrize("content", ["", "\n", "one\ntwo"])
def test_a_secret_is_one_line_of_a_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)
    with pytest.raises(BadInput, match="one line is expected there"):
        read_secret(f"file:{tmp_path / 'key'}")
