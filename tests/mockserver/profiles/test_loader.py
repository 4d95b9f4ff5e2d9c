"""Profiles from TOML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import activate
from mockserver.core.errors import ProfileError
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import load_profile, profile_names, read_profile

if TYPE_CHECKING:
    from pathlib import Path

SMALL = {"prompt": "fox", "width": 64, "height": 64, "steps": 1}
HEAD = 'family = "a1111"\nversion = "v0"\nfixtures = "a1111-1.10.1"\n'


@pytest.mark.parametrize("name", profile_names())
def test_each_packaged_profile_names_a_packaged_fixture_set(name: str) -> None:
    profile = load_profile(name)

    assert profile.name == name
    assert FixtureSet.packaged(profile.fixtures).has("samplers")


def test_names_in_a_profile_are_those_of_its_document() -> None:
    profile = load_profile("a1111-1.10.1")
    schemas = FixtureSet.packaged(profile.fixtures).get("openapi")["components"]["schemas"]
    options = schemas["Options"]["properties"]

    for model, fields in profile.requests.not_nullable.items():
        assert set(fields) <= set(schemas[model]["properties"])
    rules = profile.options
    assert {*rules.html, *rules.restricted, *rules.added_by_extensions} <= set(options)


def test_an_unknown_profile_is_reported_with_those_there_are() -> None:
    with pytest.raises(ProfileError, match=r"no profile 'x'; there are .*a1111-1\.10\.1"):
        load_profile("x")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(HEAD + "nope = 1", "unknown key 'nope'", id="unknown key"),
        pytest.param(HEAD + "[options]\nnope = 1", "unknown key 'nope'", id="unknown in a table"),
        pytest.param(HEAD + "options = 1", "a table is expected", id="no table"),
        pytest.param("family = ", "Invalid value", id="no TOML"),
        pytest.param('family = "a1111"', "missing", id="something missing"),
    ],
)
def test_a_malformed_profile_is_refused_with_its_place(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ProfileError, match=words) as caught:
        read_profile(path)
    assert "p.toml" in str(caught.value)


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_profile_with_a_base_says_only_what_differs(tmp_path: Path) -> None:
    path = written(tmp_path, 'base = "a1111-1.9.0"\nversion = "v9"\n[errors]\ncrash = "text"\n')

    profile, base = read_profile(path), load_profile("a1111-1.9.0")

    assert (profile.name, profile.version) == ("mine", "v9")
    assert (profile.errors.shape, profile.errors.crash) == ("four-key", "text")
    assert profile.samplers == base.samplers


def test_an_array_replaces_that_of_the_base(tmp_path: Path) -> None:
    path = written(tmp_path, 'base = "a1111-1.9.0"\n[generation]\ninfotext_keys = ["Steps"]\n')
    assert read_profile(path).generation.infotext_keys == ("Steps",)


def test_an_unknown_base_is_refused_with_those_there_are(tmp_path: Path) -> None:
    path = written(tmp_path, 'base = "nope"\n')
    with pytest.raises(ProfileError, match=r"mine\.toml: no base 'nope'; name one of a1111-1\.10"):
        read_profile(path)


@pytest.mark.parametrize("name", profile_names())
def test_keys_of_infotexts_and_infos_are_known_to_those_who_build_them(name: str) -> None:
    profile = load_profile(name)
    if profile.family == "a1111":
        made = generated(name)
        assert list(made) == list(profile.generation.info_keys)


def generated(profile: str) -> dict[str, Any]:
    with activate(profile=profile) as mock:
        answer = requests.post(f"{mock.url}/sdapi/v1/txt2img", json=SMALL, timeout=60)
    info = answer.json()["info"]
    found: dict[str, Any] = json.loads(info) if isinstance(info, str) else info
    return found
