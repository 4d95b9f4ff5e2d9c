"""A recording is served whatever the server lacked: each schema, route and list in turn."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from asking import Asker, Heard, picture

from mockserver import ManualClock, activate
from mockserver.backends.registry import simulate
from mockserver.core.config import Config
from mockserver.fixtures import fixture_set
from mockserver.fixtures.check import MANIFEST, read_manifest
from mockserver.recording import stand_in as standing_in
from mockserver.recording.live_server import LiveServer
from mockserver.recording.recorder import Recorder
from mockserver.recording.stand_in import stand_in
from mockserver.recording.writer import writer_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: One of each kind of document there is, and those without one.
PROFILES = ("a1111-1.10.1", "sdnext-2026-07", "koboldcpp-1.115.1", "sdcpp-master-827")
SMALL = {"prompt": "fox", "width": 64, "height": 64, "steps": 1}
ASKED: dict[str, Any] = {
    "options": None,
    "samplers": None,
    "sd-models": None,
    "progress": None,
    "txt2img": SMALL,
    "img2img": {**SMALL, "init_images": [picture()]},
    "png-info": {"image": picture()},
    "extra-single-image": {"image": picture(), "upscaler_1": "None"},
}


@pytest.fixture(scope="module", params=PROFILES)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lists of one server, recorded."""
    folder: Path = tmp_path_factory.mktemp("recorded") / "set"
    with activate(profile=request.param, clock=ManualClock()) as active:
        server = LiveServer(active.url)
        recorder = Recorder(server, writer_for(server, folder))
        recorder.record_lists()
        recorder.finish()
    return folder


@contextmanager
def changed(folder: Path, name: str, value: Any) -> Iterator[None]:
    """Put another list into a set for a while; None takes it out."""
    places = (folder / MANIFEST, folder / f"{name}.json")
    before = [place.read_bytes() for place in places]
    manifest = json.loads(before[0])
    file = places[1]
    if value is None:
        file.unlink()
        del manifest["files"][file.name]
        manifest["absent"] = [*manifest.get("absent", ()), name]
    else:
        file.write_text(json.dumps(value))
        manifest["files"][file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    places[0].write_text(json.dumps(manifest))
    yield
    for place, data in zip(places, before, strict=True):
        place.write_bytes(data)


def lacking(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The document without each of its schemas, each of the routes asked, and all of either."""
    for part in (("components", "schemas"), ("paths",)):
        for name in _inside(document, part):
            if name.startswith("/") and name.removeprefix("/sdapi/v1/") not in ASKED:
                continue
            less = copy.copy(document)
            at = less
            for key in part:
                at[key] = dict(at[key])
                at = at[key]
            del at[name]
            yield name, less
    yield "no schemas", {key: value for key, value in document.items() if key != "components"}
    yield "no routes", {**document, "paths": {}}


def _inside(document: dict[str, Any], part: tuple[str, ...]) -> list[str]:
    found: Any = document
    for key in part:
        found = found.get(key, {})
    return list(found)


def answers(folder: Path) -> Iterator[Heard]:
    """What a stand-in answers to requests of the kinds that clients send first."""
    found = stand_in(folder)
    ask = Asker(simulate(found.profile, Config(nowebui=found.nowebui)))
    for name, body in ASKED.items():
        yield ask.get(name) if body is None else ask.post(name, body)
    yield ask.post("options", {"samples_format": "png"})


def test_a_set_without_one_of_its_lists_is_served(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Once a set is enough: `stand_in` has checked it when the server reads it.
    monkeypatch.setattr(fixture_set, "check_set", read_manifest)
    changes = [("no " + name, name, None) for name in lists_of(recorded)]

    assert failures(shutil.copytree(recorded, tmp_path / "set"), changes) == []


def test_a_set_is_served_whatever_its_document_lacks(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The checks of a set look at its files, not at what a document names.
    for module in (fixture_set, standing_in):
        monkeypatch.setattr(module, "check_set", read_manifest)
    if "openapi" not in lists_of(recorded):
        assert failures_of(recorded) == []
        return
    document = json.loads((recorded / "openapi.json").read_bytes())
    changes = [(what, "openapi", less) for what, less in lacking(document)]

    assert failures(shutil.copytree(recorded, tmp_path / "set"), changes) == []


def lists_of(folder: Path) -> list[str]:
    files = json.loads((folder / MANIFEST).read_bytes())["files"]
    return [name.removesuffix(".json") for name in files if name.endswith(".json")]


def failures(folder: Path, changes: list[tuple[str, str, Any]]) -> list[str]:
    """What failed under which of the changes."""
    failed = []
    for what, name, value in changes:
        with changed(folder, name, value):
            failed += [f"{what}: {failure}" for failure in failures_of(folder)]
    return failed


def failures_of(folder: Path) -> list[str]:
    """What a stand-in cannot answer, or why there is none."""
    try:
        return [str(heard.body) for heard in answers(folder) if b"The mock failed" in heard.body]
    except Exception as error:  # noqa: BLE001 - whatever it is, the set was not served
        return [repr(error)]
