from __future__ import annotations

import pytest

from conformance.requirements.requirement import Version


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("v1.10.1", "1.10.1", id="git describe"),
        pytest.param("v1.10.1-5-gabcdef", "1.10.1", id="commits after a release"),
        pytest.param("1.10.1", "1.10.1", id="from the changelog"),
        pytest.param("1.6", "1.6", id="a minor"),
        pytest.param("1.0.0-pre", "1.0.0", id="before the first release"),
        pytest.param("47a44c7", "47a44c7", id="a commit"),
        pytest.param("2022-10-27", "2022-10-27", id="a day"),
    ],
)
def test_a_version_is_read_in_every_form(text: str, shown: str) -> None:
    assert str(Version.parse(text)) == shown


@pytest.mark.parametrize("text", ["unknown", "", "f2.0.1", "master-827", "1"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no version"):
        Version.parse(text)


def test_commits_come_before_releases() -> None:
    order = ["2022-10-27", "47a44c7", "1.0.0-pre", "1.3.0", "1.10.0", "1.10.1"]
    versions = [Version.parse(text) for text in order]
    assert sorted(versions) == versions


@pytest.mark.parametrize(("text", "same"), [("2022-10", "2022-10-27"), ("v1.10.1", "1.10.1")])
def test_two_notations_of_a_version_are_one_version(text: str, same: str) -> None:
    assert Version.parse(text) == Version.parse(same)
