"""Fixture sets: what they hold, and that it is what their manifest says."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from mockserver.errors import FixtureError
from mockserver.fixtureset.fixture_set import FixtureSet
from mockserver.fixtureset.location import fixtures_root

if TYPE_CHECKING:
    from pathlib import Path

SETS = sorted(path.parent.name for path in fixtures_root().glob("*/manifest.json"))


@pytest.mark.parametrize("name", SETS)
def test_the_files_of_a_set_are_those_of_its_manifest(name: str) -> None:
    fixtures = FixtureSet.packaged(name)
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in fixtures.folder.iterdir()
        if path.name != "manifest.json"
    }

    assert files == fixtures.manifest["files"]
    assert fixtures.manifest["server"]


def test_an_unknown_set_is_told_with_those_there_are() -> None:
    with pytest.raises(FixtureError, match=r"no such fixture set; name one of a1111-1\.10\.1, "):
        FixtureSet.packaged("nope")


def test_a_mode_has_lists_of_its_own_and_shares_the_others() -> None:
    plain, special = FixtureSet.packaged(SETS[0]), FixtureSet.packaged(SETS[0], "nowebui")

    assert len(special.get("options")) < len(plain.get("options"))
    assert special.get("samplers") == plain.get("samplers")


def test_pages_are_text() -> None:
    assert "<title>FastAPI - Swagger UI</title>" in FixtureSet.packaged(SETS[0]).page("docs")


def test_names_are_those_of_the_lists() -> None:
    fixtures = FixtureSet.packaged(SETS[0])

    assert {"samplers", "options"} <= set(fixtures.names)
    assert "manifest" not in fixtures.names
    assert fixtures.has("samplers")
    assert not fixtures.has("nope")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(None, "cannot be read; record the set anew", id="missing"),
        pytest.param("{", "is not JSON; mend that place", id="half-written"),
        pytest.param("[]", "not an object; record the set anew", id="no object"),
    ],
)
def test_a_broken_manifest_is_told_with_what_to_do(
    tmp_path: Path, text: str | None, words: str
) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(FixtureError, match=words):
        assert FixtureSet(tmp_path).manifest is None


def test_lists_are_read_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps({"b": 1, "a": 2.0}))

    assert json.dumps(FixtureSet(tmp_path).get("x")) == '{"b": 1, "a": 2.0}'


def test_the_lists_of_a_set_are_those_that_its_server_answers() -> None:
    plain = FixtureSet.packaged("a1111-1.10.1")
    fork = FixtureSet.packaged("forge-dfdcbab")

    assert "samplers" in plain.lists()
    assert not [name for name in plain.lists() if name.endswith(("-nowebui", "-fresh"))]
    assert not {"failures", "options-stored", "options-unlisted"} & set(fork.lists())
    assert ("sd-vae" in fork.lists(), "sd-modules" in fork.lists()) == (False, True)
    assert set(FixtureSet.packaged("a1111-2022-10").lists()) == {"openapi"}
