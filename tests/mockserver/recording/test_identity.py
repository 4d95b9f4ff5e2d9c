"""Which server was recorded, by its lists and by what it says of its version."""

from __future__ import annotations

import pytest

from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import load_profile, profile_names
from mockserver.recording.identity import ask_version, identify
from mockserver.recording.live_server import LiveServer, Received


@pytest.mark.parametrize("name", profile_names())
def test_each_is_known_by_its_lists_alone_whatever_version_it_says(name: str) -> None:
    lists = FixtureSet.packaged(load_profile(name).fixtures).lists()
    same = {n for n in profile_names() if load_profile(n).fixtures == load_profile(name).fixtures}
    for version in ("", "zz", "unknown"):
        found = identify(lists, version)
        assert found.profile in same, (name, version, found)
        assert found.known


@pytest.mark.parametrize(
    ("version", "profile"),
    [
        pytest.param("1.115.1", "koboldcpp-1.115.1", id="the same"),
        pytest.param("1.111.2", "koboldcpp-1.111", id="a later one of it"),
        pytest.param("1.11", "koboldcpp-1.115.1", id="only the beginning of its number"),
    ],
)
def test_of_two_that_are_much_alike_the_version_decides(version: str, profile: str) -> None:
    lists = FixtureSet.packaged("koboldcpp-1.115.1").lists()
    assert identify(lists, version).profile == profile


def test_an_sdnext_says_its_day() -> None:
    class Told(LiveServer):
        def get(self, path: str) -> Received:
            if path != "/sdapi/v1/version":
                return Received(404, {}, b"{}")
            return Received(
                200, {}, b'{"app": "sd.next", "updated": "2026-07-23", "hash": "058a7f0c"}'
            )

    version, commit = ask_version(Told("http://sdnext.test"))
    found = identify(FixtureSet.packaged("sdnext-2026-07").lists(), version, commit)
    assert (version, found.profile) == ("2026-07-23", "sdnext-2026-07")
    assert found.sentence == "SD.Next 2026-07-23; rules of profile sdnext-2026-07"
