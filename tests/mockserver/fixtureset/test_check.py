"""Fixture sets that are not whole are refused, with the file, the place and the mend."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.errors import FixtureError
from mockserver.fixtureset.check import check_set, denied, seal
from mockserver.fixtureset.fixture_set import FixtureSet
from mockserver.fixtureset.location import fixtures_root

if TYPE_CHECKING:
    from pathlib import Path

SETS = sorted(path.parent for path in fixtures_root().glob("*/manifest.json"))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    shutil.copytree(fixtures_root() / "a1111-1.10.1", folder)
    return folder


def edit(path: Path, **changes: Any) -> None:
    value = json.loads(path.read_text())
    path.write_text(json.dumps({**value, **changes}))


#: Files of a set that its document has no route for.
UNDOCUMENTED = {
    "control_types.json",
    "failures-fresh.json",
    "failures.json",
    "loras.json",
    "manifest.json",
    "model_list.json",
    "model-hashes.json",
    "options-stored-fresh.json",
    "options-stored.json",
    "options-unlisted.json",
    "styles-file.json",
}


@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.name)
def test_every_packaged_set_is_whole_and_keeps_to_its_own_document(folder: Path) -> None:
    assert check_set(folder)["server"]


@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.name)
def test_every_documented_list_of_a_packaged_set_can_be_found_at_fault(folder: Path) -> None:
    found = {
        path.name: json.loads(path.read_text())
        for path in folder.glob("*.json")
        if path.name not in UNDOCUMENTED and "openapi" not in path.name
    }
    document = folder / "openapi.json"
    broken = dict.fromkeys(found, "not a list")
    if document.is_file():
        broken["openapi.json"] = json.loads(document.read_text())

    faults = {file for file, _, __ in denied(broken)}

    assert faults == (set(found) if document.is_file() else set())


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        pytest.param("samplers.json", '[{"name": ', "line 1, column 11: is not JSON", id="half"),
        pytest.param("samplers.json", None, "cannot be read; put the file back", id="missing"),
        pytest.param(
            "samplers.json",
            '[{"name": 1, "aliases": [], "options": {}}]',
            "/0/name: is a number where string is declared; put the recorded text back",
            id="retyped",
        ),
        pytest.param(
            "samplers.json",
            '[{"name": "a"}]',
            "/0: lacks 'aliases', which is declared as required",
            id="a field gone",
        ),
        pytest.param(
            "samplers.json", "[]", "is not as it was recorded; put .* sdapi-mock seal", id="edited"
        ),
        pytest.param(
            "more.json", "[]", "is not in the manifest; delete it, or run sdapi-mock seal", id="new"
        ),
        pytest.param("manifest.json", "{}", "/files: names no files", id="manifest without files"),
        pytest.param("manifest.json", "[]", "not an object", id="manifest no object"),
    ],
)
def test_a_fault_is_told_with_file_place_and_mend(
    copied: Path, file: str, text: str | None, words: str
) -> None:
    path = copied / file
    path.unlink() if text is None else path.write_text(text)

    with pytest.raises(FixtureError, match=rf"{file}(, |: ){words}|{file}.*{words}"):
        check_set(copied)


def test_a_recording_that_stopped_is_told_how_to_go_on(copied: Path) -> None:
    edit(copied / "manifest.json", complete=False)

    with pytest.raises(FixtureError, match="stopped before its end; run the same sdapi-mock rec"):
        check_set(copied)


def test_a_folder_without_a_manifest_is_no_set(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match=r"is no fixture set.*name a folder that sdapi-mock"):
        FixtureSet.recorded(tmp_path)


def test_a_set_can_be_sealed_after_a_change_that_was_meant(copied: Path) -> None:
    (copied / "samplers.json").write_text("[]")
    (copied / "more.json").write_text("[]")
    (copied / "redoc.html").unlink()

    assert seal(copied) == ["more.json", "redoc.html", "samplers.json"]
    assert check_set(copied)["version"] == "v1.10.1"


def test_sealing_does_not_take_in_what_the_document_denies(copied: Path) -> None:
    (copied / "samplers.json").write_text("{}")

    with pytest.raises(FixtureError, match="an object where array is declared; mend that place"):
        seal(copied)


def test_a_recorded_set_takes_from_its_base_what_it_was_not_asked(copied: Path) -> None:
    edit(copied / "manifest.json", base="a1111-1.6.0", absent=["sd-vae"])
    for name in ("upscalers", "sd-vae"):
        (copied / f"{name}.json").unlink()
    seal(copied)

    found = FixtureSet.packaged(str(copied))

    assert found.get("upscalers") == FixtureSet.packaged("a1111-1.6.0").get("upscalers")
    assert (found.has("upscalers"), found.has("sd-vae"), found.has("nope")) == (True, False, False)
    assert "Swagger" in found.page("docs")
