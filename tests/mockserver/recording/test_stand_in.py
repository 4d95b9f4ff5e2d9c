"""What a recorded server is served as: with its settings, hashes, credentials and other routes."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import ManualClock, activate
from mockserver.backends.registry import simulate
from mockserver.cli import main
from mockserver.fixtures.check import seal
from mockserver.recording.live_server import LiveServer
from mockserver.recording.recorder import Recorder
from mockserver.recording.stand_in import stand_in
from mockserver.recording.writer import writer_for

if TYPE_CHECKING:
    from pathlib import Path

SMALL = {"prompt": "fox", "width": 64, "height": 64, "steps": 1, "seed": 7}


def recorded(folder: Path, posted: dict[str, Any] | None = None, **config: Any) -> Path:
    """A recording of a mock, after options were posted to it."""
    with activate(clock=ManualClock(), **config) as active:
        if posted:
            requests.post(f"{active.url}/sdapi/v1/options", json=posted, timeout=10)
        server = LiveServer(active.url)
        Recorder(server, writer_for(server, folder)).record()
    return folder


@pytest.fixture(scope="module")
def recorded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of the default mock, which nobody changes."""
    folder: Path = tmp_path_factory.mktemp("once") / "set"
    return recorded(folder)


@pytest.fixture
def plain(recorded_once: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed at will."""
    return shutil.copytree(recorded_once, tmp_path / "plain")


def options_of(url: str) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{url}/sdapi/v1/options", timeout=10).json()
    return found


def test_a_stored_clip_skip_is_whole_again(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "set", {"CLIP_stop_at_last_layers": 2})

    with activate(profile=stand_in(folder).profile) as active:
        answer = requests.post(f"{active.url}/sdapi/v1/txt2img", json=SMALL, timeout=10)

    assert answer.status_code == 200
    assert "Clip skip: 2" in answer.json()["info"]


@pytest.mark.parametrize(
    "posted",
    [
        pytest.param(None, id="nothing was saved"),
        pytest.param({"samples_format": "webp", "jpeg_quality": 90}, id="some options were saved"),
    ],
)
def test_what_a_fresh_server_shows_is_shown_again(
    tmp_path: Path, posted: dict[str, Any] | None
) -> None:
    folder = recorded(tmp_path / "set", posted, fresh=True)
    shown = json.loads((folder / "options.json").read_text())

    with activate(profile=stand_in(folder).profile) as active:
        text = requests.get(f"{active.url}/sdapi/v1/options", timeout=10).text

    assert json.dumps(json.loads(text)) == json.dumps(shown)


def test_an_override_leaks_where_it_leaked(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "set", fresh=True)

    with activate(profile=stand_in(folder).profile) as active:
        body = {**SMALL, "override_settings": {"samples_format": "jpg"}}
        requests.post(f"{active.url}/sdapi/v1/txt2img", json=body, timeout=10)

        assert options_of(active.url)["samples_format"] == "jpg"


def test_frozen_settings_stay_frozen(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "set", freeze_settings=True)

    with activate(profile=stand_in(folder).profile) as active:
        url = f"{active.url}/sdapi/v1"
        changed = requests.post(f"{url}/options", json={"jpeg_quality": 70}, timeout=10)
        saved = requests.post(f"{url}/options", json={}, timeout=10)
        body = {**SMALL, "override_settings": {"CLIP_stop_at_last_layers": 3}}
        overridden = requests.post(f"{url}/txt2img", json=body, timeout=10)

    assert (changed.status_code, changed.json()["errors"]) == (
        500,
        "changing settings is disabled",
    )
    assert (saved.status_code, saved.json()["errors"]) == (500, "saving settings is disabled")
    assert (overridden.status_code, overridden.json()["errors"]) == (
        500,
        "changing settings is disabled",
    )


def test_hashes_of_networks_are_those_that_the_server_reported(plain: Path) -> None:
    hashes = plain / "network-hashes.json"
    known = json.loads(hashes.read_text())
    (lora, _), *_ = known["loras"].items()
    hashes.write_text(json.dumps(known | {"loras": {lora: "0123456789ab"}}))
    seal(plain)

    with activate(profile=stand_in(plain).profile) as active:
        body = {**SMALL, "prompt": f"fox <lora:{lora}:1>"}
        info = requests.post(f"{active.url}/sdapi/v1/txt2img", json=body, timeout=10).json()["info"]

    assert f"{lora}: 0123456789ab" in info


def test_a_server_without_the_options_of_an_extension_still_generates(plain: Path) -> None:
    for name in ("options", "openapi"):
        file = plain / f"{name}.json"
        found = json.loads(file.read_text())
        held = (
            found if name == "options" else found["components"]["schemas"]["Options"]["properties"]
        )
        for option in [key for key in held if key.startswith(("hypertile", "lora", "sd_lora"))]:
            del held[option]
        file.write_text(json.dumps(found))
    seal(plain)

    with activate(profile=stand_in(plain).profile) as active:
        answer = requests.post(f"{active.url}/sdapi/v1/txt2img", json=SMALL, timeout=10)

    assert answer.status_code == 200


def test_routes_that_no_rule_answers_are_answered_as_they_were(plain: Path) -> None:
    asked = {"method": "GET", "path": "/controlnet/model_list?update=false", "headers": {}}
    answered = {"status": 200, "headers": {}, "json": {"model_list": ["canny"]}}
    exchange = plain / "exchanges" / "0001-model-list.json"
    exchange.write_text(json.dumps({"request": asked, "response": answered}))
    seal(plain)

    with activate(profile=stand_in(plain).profile) as active:
        answer = requests.get(f"{active.url}/controlnet/model_list", timeout=10)

    assert answer.json() == {"model_list": ["canny"]}


def test_a_server_that_asked_for_credentials_is_reported_as_that(plain: Path) -> None:
    manifest = json.loads((plain / "manifest.json").read_text())
    (plain / "manifest.json").write_text(json.dumps(manifest | {"auth": True}))

    assert stand_in(plain).auth
    assert simulate(stand_in(plain).profile).config.auth == ()


def test_a_recording_that_cannot_be_served_does_not_end_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any) -> None:
        raise KeyError("Options")

    with activate(clock=ManualClock()) as active:
        monkeypatch.setattr("mockserver.backends.registry.create_app", refuse)
        with pytest.raises(SystemExit) as ended:
            main(["record", active.url, str(tmp_path / "set")])

    assert ended.value.code != 0
    assert "cannot be served (KeyError('Options'))" in capsys.readouterr().err


def test_a_server_that_any_page_may_ask_is_reported_as_that(plain: Path, tmp_path: Path) -> None:
    folder = recorded(tmp_path / "set", cors_origins=("*",))

    assert stand_in(folder).cors_origins == ("*",)
    assert stand_in(plain).cors_origins == ()
