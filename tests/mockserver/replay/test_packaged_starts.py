"""Which recordings there are, and which server each is of."""

from __future__ import annotations

import pytest

from mockserver.replay.packaged import packaged_recordings, profile_of, start_of


@pytest.mark.parametrize(
    ("recording", "profile"),
    [
        pytest.param("a1111-1.10.1", "a1111-1.10.1", id="plain"),
        pytest.param("a1111-1.10.1-fresh", "a1111-1.10.1", id="another start"),
        pytest.param("a1111-1.6.0", "a1111-1.6.0", id="older"),
        pytest.param("a1111-47a44c7", "a1111-47a44c7", id="oldest"),
        pytest.param("sdnext-2025-03", "sdnext-2025-03", id="another program"),
        pytest.param("mine", "a1111-1.10.1", id="of nobody knows what"),
    ],
)
def test_a_recording_is_replayed_under_its_own_profile(recording: str, profile: str) -> None:
    assert profile_of(recording) == profile


def test_a_recording_says_how_its_server_was_started() -> None:
    assert start_of("a1111-1.10.1-nowebui") == {"nowebui": True}
    assert start_of("a1111-1.6.0") == {}


def test_a_derived_server_has_no_recording() -> None:
    assert packaged_recordings("a1111-2022-10") == []
    assert [path.stem for path in packaged_recordings("a1111-1.3.0")] == ["a1111-1.3.0"]
