"""Secrets from hidden places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.deployment.connection import read_secret
from conformance.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_text_is_taken_as_it_is_and_was_seen_by_whoever_saw_the_command_line() -> None:
    secret = read_secret("user:pass")
    assert (secret.value, secret.hidden) == ("user:pass", False)


@pytest.mark.parametrize("content", ["planted", "planted\n", "  planted\r\n"])
def test_it_comes_from_a_file_or_a_variable_without_the_white_space_around(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    monkeypatch.setenv("PLANTED", content)
    (tmp_path / "secret").write_text(content, encoding="utf-8")
    for secret in (read_secret("env:PLANTED"), read_secret("file:secret", tmp_path)):
        assert (secret.value, secret.hidden) == ("planted", True)
        assert "planted" not in repr(secret)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "one line is expected", id="empty"),
        pytest.param(b"a\nb\n", "one line is expected", id="two lines"),
        pytest.param(b"\xff\xfe", "no text in UTF-8", id="no text"),
    ],
)
def test_a_file_that_holds_no_secret_is_reported_by_name_alone(
    tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(ConfigurationError, match=words) as caught:
        read_secret(f"file:{tmp_path / 'secret'}")
    assert "secret" in str(caught.value)


def test_what_is_not_there_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PLANTED", raising=False)
    with pytest.raises(ConfigurationError, match="PLANTED is not set"):
        read_secret("env:PLANTED")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_secret("file:nothing", tmp_path)
