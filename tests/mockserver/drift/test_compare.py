"""Drift between a fixture set and a live server."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from mockserver import ManualClock, activate
from mockserver.drift.compare import drift_between
from mockserver.drift.differences import Change, Weight
from mockserver.recording.live_server import LiveServer
from mockserver.recording.recorder import Recorder
from mockserver.recording.writer import writer_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drift") / "set"
    with activate(clock=ManualClock()) as active:
        server = LiveServer(active.url)
        Recorder(server, writer_for(server, folder)).record()
    return folder


@pytest.fixture
def live(recorded: Path, tmp_path: Path) -> Path:
    shutil.copytree(recorded, tmp_path / "live")
    return tmp_path / "live"


def edit(folder: Path, name: str, change: Callable[[Any], object]) -> None:
    path = folder / name
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def test_a_server_does_not_drift_from_itself(recorded: Path, live: Path) -> None:
    drift = drift_between(recorded, live)

    assert (drift.differences, drift.volatile) == ([], 0)


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        pytest.param(
            "options.json",
            lambda options: options.update(jpeg_quality=12),
            ("/jpeg_quality", Change.CHANGED, Weight.INSTALLATION),
            id="a setting",
        ),
        pytest.param(
            "options.json",
            lambda options: options.update(jpeg_quality="high"),
            ("/jpeg_quality", Change.RETYPED, Weight.API),
            id="the type of a setting",
        ),
        pytest.param(
            "options.json",
            lambda options: options.pop("jpeg_quality"),
            ("/jpeg_quality", Change.GONE, Weight.API),
            id="a setting gone",
        ),
        pytest.param(
            "samplers.json",
            lambda samplers: samplers.pop(0),
            ("/DPM++ 2M", Change.GONE, Weight.API),
            id="a sampler gone",
        ),
        pytest.param(
            "sd-models.json",
            lambda models: models.pop(0),
            ("/tiny-a.safetensors [a9f628e616]", Change.GONE, Weight.INSTALLATION),
            id="a model gone",
        ),
        pytest.param(
            "upscalers.json",
            lambda upscalers: upscalers.pop(),
            ("/SwinIR 4x", Change.GONE, Weight.INSTALLATION),
            id="an upscaler that is not installed",
        ),
        pytest.param(
            "upscalers.json",
            lambda upscalers: upscalers.pop(0),
            ("/None", Change.GONE, Weight.API),
            id="an upscaler that comes with the program",
        ),
        pytest.param(
            "sd-models.json",
            lambda models: [model.pop("config") for model in models],
            ("/*/config", Change.GONE, Weight.API),
            id="a field of all models gone",
        ),
        pytest.param(
            "sd-models.json",
            lambda models: [model.update(hash=1) for model in models],
            ("/*/hash", Change.RETYPED, Weight.API),
            id="a field of all models retyped",
        ),
        pytest.param(
            "openapi.json",
            lambda document: document["paths"].pop("/sdapi/v1/txt2img"),
            ("/paths/~1sdapi~1v1~1txt2img", Change.GONE, Weight.API),
            id="a route gone",
        ),
        pytest.param(
            "exchanges/error-no-picture.json",
            lambda exchange: exchange["response"].update(status=500),
            ("/status", Change.CHANGED, Weight.API),
            id="the status of an error",
        ),
        pytest.param(
            "exchanges/txt2img.json",
            lambda exchange: exchange["response"]["json"]["info"]["$json"].update(version="v9"),
            ("/json/info/$json/version", Change.CHANGED, Weight.INSTALLATION),
            id="a value of a generation",
        ),
    ],
)
def test_a_difference_is_found_and_weighed(
    recorded: Path, live: Path, name: str, change: Callable[[Any], object], expected: Any
) -> None:
    edit(live, name, change)

    found = {
        (d.file, d.place, d.change, d.weight) for d in drift_between(recorded, live).differences
    }

    assert (name, *expected) in found


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param("memory.json", lambda m: m["ram"].update(free=1.0), id="memory"),
        pytest.param(
            "exchanges/txt2img.json",
            lambda e: e["response"]["json"]["info"]["$json"].update(job_timestamp="1"),
            id="the time of a job",
        ),
        pytest.param(
            "exchanges/progress.json",
            lambda e: e["response"]["json"]["state"].update(job_no=9),
            id="a counter",
        ),
        pytest.param(
            "samplers.json", lambda samplers: samplers.reverse(), id="the order of a list"
        ),
        pytest.param(
            "scripts.json", lambda scripts: scripts["txt2img"].reverse(), id="the order of scripts"
        ),
    ],
)
def test_what_is_another_each_time_does_not_count(
    recorded: Path, live: Path, name: str, change: Callable[[Any], object]
) -> None:
    edit(live, name, change)
    drift = drift_between(recorded, live)

    assert (drift.differences, drift.volatile) == ([], 1)


def test_an_error_that_names_another_model_says_the_same(recorded: Path, live: Path) -> None:
    for path in live.rglob("*.json"):
        path.write_text(path.read_text().replace("tiny-a", "another-model"))

    found = drift_between(recorded, live)

    assert not any(one.file.startswith("exchanges/error-") for one in found.differences)
    assert found.of(Weight.API) == []
    assert "sd-models.json" in {one.file for one in found.differences}


def test_a_list_that_is_gone_or_new_is_reported(recorded: Path, live: Path) -> None:
    (live / "schedulers.json").unlink()
    (live / "sd-modules.json").write_text("[]")

    found = [(d.file, d.change) for d in drift_between(recorded, live).differences]

    assert found == [("schedulers.json", Change.GONE), ("sd-modules.json", Change.ADDED)]


def test_an_exchange_that_was_not_asked_again_says_nothing(recorded: Path, live: Path) -> None:
    (live / "exchanges" / "txt2img.json").unlink()

    assert drift_between(recorded, live).differences == []


def test_a_picture_of_another_size_or_kind_is_reported(recorded: Path, live: Path) -> None:
    Image.new("RGB", (8, 8)).save(live / "pictures" / "txt2img-1.png")
    places = [found.place for found in drift_between(recorded, live).differences]

    assert places == ["/json/images/0/picture/size/0", "/json/images/0/picture/size/1"]
