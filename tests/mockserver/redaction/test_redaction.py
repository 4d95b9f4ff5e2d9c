"""A recording of a server that tells secrets everywhere tells none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from leaky import COOKIE, PASSWORD, SECRETS, USER, found_in, leaky_server

from mockserver.recording.live_server import LiveServer
from mockserver.recording.proxy import ProxyRecorder, create_proxy
from mockserver.recording.recorder import Recorder
from mockserver.recording.writer import writer_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from leaky import LeakyServer

    from mockserver.recording.writer import RecordingWriter


@pytest.fixture(scope="module")
def recorded(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[LeakyServer, RecordingWriter]]:
    folder = tmp_path_factory.mktemp("recording") / "set"
    with leaky_server() as leaky:
        server = LiveServer(leaky.url, (USER, PASSWORD))
        writer = writer_for(server, folder)
        Recorder(server, writer).record()
        yield leaky, writer


def everything_in(folder: Path) -> dict[str, bytes]:
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}
    return {name: name.encode() + b"\n" + data for name, data in files.items()}


@pytest.mark.parametrize("secret", SECRETS)
def test_every_secret_was_reported_by_the_server(
    recorded: tuple[LeakyServer, RecordingWriter], secret: str
) -> None:
    leaky, _ = recorded

    assert any(secret in found_in(data) for data in leaky.told)


def test_no_file_of_the_recording_holds_a_secret(
    recorded: tuple[LeakyServer, RecordingWriter],
) -> None:
    _, writer = recorded
    files = everything_in(writer.folder.folder)

    assert {name: found_in(data) for name, data in files.items() if found_in(data)} == {}
    assert len(files) > 40


def test_what_was_redacted_is_counted_by_kind_and_place(
    recorded: tuple[LeakyServer, RecordingWriter],
) -> None:
    _, writer = recorded
    counted = writer.folder.manifest["redacted"]

    assert set(counted) >= {
        "credentials",
        "host names",
        "network addresses",
        "user names",
        "file-system paths",
        "picture metadata",
        "headers",
    }
    assert "cmd-flags.json/api_auth" in counted["credentials"]["places"]
    assert counted["credentials"]["count"] > 5


def test_what_is_no_secret_stays(recorded: tuple[LeakyServer, RecordingWriter]) -> None:
    _, writer = recorded
    models = writer.folder.read_json("sd-models.json")
    exchange = writer.folder.read_json("exchanges/txt2img.json")

    assert models[0]["filename"].endswith(f"/{models[0]['model_name']}.safetensors")
    assert exchange["request"]["json"]["prompt"] == "a red fox in the snow"
    assert exchange["response"]["json"]["parameters"]["width"] == 64
    assert [item["$file"][-4:] for item in exchange["response"]["json"]["images"]] == [
        ".png",
        ".jpg",
        "webp",
        ".png",
    ]


def test_the_proxy_keeps_no_secret_of_a_request_either(tmp_path: Path) -> None:
    with leaky_server() as leaky:
        server = LiveServer(leaky.url)
        writer = writer_for(server, tmp_path / "set")
        recorder = Recorder(server, writer)
        recorder.record_lists()
        told: list[str] = []
        client = create_proxy(server, ProxyRecorder(writer, 10**9, told.append)).test_client()
        client.get(f"/sdapi/v1/samplers?token={PASSWORD}", headers={"Cookie": f"a={COOKIE}"})
        client.get(f"/file=/home/{USER}/vault-of-pictures/x.png", auth=(USER, PASSWORD))
        client.post("/sdapi/v1/png-info", json={"image": f"/mnt/vault-of-pictures/{USER}.png"})
        recorder.finish()

    files = everything_in(tmp_path / "set")

    assert {name: found_in(data) for name, data in files.items() if found_in(data)} == {}
    assert sorted(name for name in files if name.startswith("exchanges")) == [
        "exchanges/00001-samplers.json",
        "exchanges/00002-other.json",
        "exchanges/00003-png-info.json",
    ]
    assert told == []
