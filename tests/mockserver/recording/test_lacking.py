"""A recording is served whatever the server lacked: each schema, route and list in turn."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from asking import Asker, Heard, picture

from mockserver import ManualClock, activate
from mockserver.backends.registry import simulate
from mockserver.core.config import Config
from mockserver.fixtures import fixture_set
from mockserver.fixtures.check import MANIFEST, read_manifest
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


def changed(folder: Path, name: str, value: Any) -> None:
    """Put another list into a set; None takes it out."""
    manifest = json.loads((folder / MANIFEST).read_bytes())
    file = folder / f"{name}.json"
    if value is None:
        file.unlink()
        del manifest["files"][file.name]
        manifest["absent"] = [*manifest.get("absent", ()), name]
    else:
        file.write_text(json.dumps(value))
        manifest["files"][file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest))


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


def test_whatever_it_lacks_it_is_served(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Once a set is enough: `stand_in` has checked it when the server reads it.
    monkeypatch.setattr(fixture_set, "check_set", read_manifest)
    lists = [name[:-5] for name in json.loads((recorded / MANIFEST).read_bytes())["files"]]
    changes: list[tuple[str, str, Any]] = [("no " + name, name, None) for name in lists]
    if "openapi" in lists:
        document = json.loads((recorded / "openapi.json").read_bytes())
        changes += [(what, "openapi", less) for what, less in lacking(document)]
    failed = []
    for number, (what, name, value) in enumerate(changes):
        folder = tmp_path / str(number)
        shutil.copytree(recorded, folder)
        if (folder / f"{name}.json").exists():
            changed(folder, name, value)
        try:
            failed += [what for heard in answers(folder) if b"The mock failed" in heard.body]
        except Exception as error:  # noqa: BLE001 - whatever it is, the set was not served
            failed.append(f"{what}: {error!r}")
    assert failed == []
