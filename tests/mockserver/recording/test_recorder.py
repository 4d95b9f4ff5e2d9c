"""Recording a server: what it is asked, what is kept, and how it goes on after a stop."""

from __future__ import annotations

import errno
import json
import os
import shutil
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import requests
from leaky import leaky_server

from mockserver import Config, ManualClock, activate
from mockserver.core.errors import MockError, RecordError, Unreachable
from mockserver.fixtures.check import check_set
from mockserver.profiles.loader import profile_names
from mockserver.recording import plan
from mockserver.recording.live_server import LiveServer
from mockserver.recording.recorder import Recorder
from mockserver.recording.stand_in import stand_in
from mockserver.recording.writer import read_exchange, writer_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mockserver.activated import Activated
    from mockserver.recording.recorder import Summary

#: Told by clocks and counters: another at each run.
VOLATILE = {"job_timestamp", "job_no", "sampling_steps", "sampling_step", "app_id"}


@pytest.fixture
def mock() -> Iterator[Activated]:
    with activate(clock=ManualClock()) as active:
        yield active


def record(url: str, folder: Path, budget: int = plan.BUDGET) -> Summary:
    server = LiveServer(url)
    return Recorder(server, writer_for(server, folder)).record(budget)


def steady(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: steady(item) for key, item in value.items() if key not in VOLATILE}
    return [steady(item) for item in value] if isinstance(value, list) else value


def content(folder: Path) -> dict[str, Any]:
    """All files of a set, JSON without what is volatile, but for the manifest's hashes."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*.*")):
        name = path.relative_to(folder).as_posix()
        found[name] = path.read_bytes()
        if path.suffix == ".json":
            found[name] = steady(json.loads(found[name]))
    for key in ("files", "redacted"):
        del found["manifest.json"][key]
    return found


@pytest.mark.parametrize(
    "config",
    [
        *(pytest.param({"profile": name}, id=name) for name in profile_names()),
        pytest.param({"nowebui": True}, id="without its web UI"),
    ],
)
def test_what_is_recorded_from_a_stand_in_is_what_it_stands_in_for(
    tmp_path: Path, config: dict[str, Any]
) -> None:
    with activate(clock=ManualClock(), **config) as active:
        record(active.url, tmp_path / "first")
    found = stand_in(tmp_path / "first")
    more = {"nowebui": True} if found.nowebui else {}
    with activate(profile=found.profile, clock=ManualClock(), **more) as active:
        record(active.url, tmp_path / "second")

    first, second = content(tmp_path / "first"), content(tmp_path / "second")

    assert found.profile.name == config.get("profile", "a1111-1.10.1")
    assert list(second) == list(first)
    for name in first:
        assert second[name] == first[name], name


def test_a_stand_in_has_the_lists_and_defaults_of_the_recorded_server(
    mock: Activated, tmp_path: Path
) -> None:
    requests.post(f"{mock.url}/sdapi/v1/options", json={"jpeg_quality": 33}, timeout=5)
    record(mock.url, tmp_path)
    found = stand_in(tmp_path)

    with activate("http://127.0.0.1:7999", profile=found.profile) as active:
        options = requests.get(f"{active.url}/sdapi/v1/options", timeout=5).json()

    assert options["jpeg_quality"] == 33


@pytest.fixture(scope="module")
def recorded_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """A recording of the default mock, which nobody changes."""
    folder: Path = tmp_path_factory.mktemp("once")
    with activate(clock=ManualClock()) as active:
        return folder, record(active.url, folder)


def test_the_manifest_says_what_was_recorded(recorded_once: tuple[Path, Summary]) -> None:
    folder, summary = recorded_once
    manifest = check_set(folder)

    assert summary.identity.sentence == (
        "AUTOMATIC1111 stable-diffusion-webui v1.10.1; rules of profile a1111-1.10.1"
    )
    assert manifest["version"] == "v1.10.1"
    assert manifest["commit"] == "82a973c04367123ae98bd9abdf80d9eda9b910e2"
    assert manifest["plan"]["txt2img-batch"] == 2
    assert manifest["pictures"] == sum(manifest["plan"].values()) <= plan.BUDGET
    assert manifest["absent"] == ["sd-modules"]
    assert summary.changed == []


def test_pictures_are_files_and_json_is_for_people(recorded_once: tuple[Path, Summary]) -> None:
    folder, _ = recorded_once
    kept = (folder / "exchanges" / "txt2img-batch.json").read_text()
    body = json.loads(kept)["response"]["json"]

    assert body["images"][1] == {"$file": "pictures/txt2img-batch-2.png"}
    assert body["info"]["$json"]["all_seeds"] == [42, 43]
    assert (folder / "pictures" / "txt2img-batch-2.png").read_bytes().startswith(b"\x89PNG")
    assert max(len(line) for line in kept.splitlines()) < 400


def test_a_kept_exchange_can_be_read_as_it_went_over_the_wire(
    mock: Activated, tmp_path: Path
) -> None:
    server = LiveServer(mock.url)
    writer = writer_for(server, tmp_path)
    Recorder(server, writer).record()
    (step,) = [step for step in plan.exchanges("Euler") if step.name == "img2img"]
    again = server.ask(step).json

    body = read_exchange(writer.folder, "img2img")

    assert body["request"]["json"] == step.json
    assert body["response"]["json"]["images"] == again["images"]
    assert (
        json.loads(body["response"]["json"]["info"])["infotexts"]
        == (json.loads(again["info"])["infotexts"])
    )


def test_the_server_is_left_as_it_was(mock: Activated, tmp_path: Path) -> None:
    before = requests.get(f"{mock.url}/sdapi/v1/options", timeout=5).json()
    record(mock.url, tmp_path)

    assert requests.get(f"{mock.url}/sdapi/v1/options", timeout=5).json() == before
    steps = plan.exchanges("Euler")
    assert not [step for step in steps if "options" in step.path and step.method == "POST"]
    assert not [step for step in steps if step.json and "override_settings" in step.json]


def test_the_budget_bounds_the_pictures_over_all_runs(mock: Activated, tmp_path: Path) -> None:
    first = record(mock.url, tmp_path, 3)
    manifest = json.loads((tmp_path / "manifest.json").read_text())

    assert first.pictures == 3
    assert "img2img" in first.left_out
    assert manifest["pictures"] == 3
    assert record(mock.url, tmp_path, 3).recorded == 0


def test_the_plan_is_cut_to_the_budget() -> None:
    kept, left_out = plan.within(plan.exchanges("Euler"), 1)

    assert sum(step.pictures for step in kept) == 1
    assert {step.name for step in left_out} >= {"txt2img-batch", "img2img"}
    assert sum(step.pictures for step in plan.exchanges("")) <= plan.BUDGET


def test_a_server_that_dies_loses_nothing_and_the_recording_goes_on(tmp_path: Path) -> None:
    with leaky_server() as leaky:
        leaky.dies_at = ("sdapi/v1/img2img", 1)

        with pytest.raises(Unreachable, match=r"\(at img2img\); what is recorded stays in .*again"):
            record(leaky.url, tmp_path)
        kept = {path.name: path.read_bytes() for path in (tmp_path / "exchanges").iterdir()}

        assert set(kept) == {"progress.json", "txt2img.json", "txt2img-batch.json"}
        manifest = json.loads((tmp_path / "manifest.json").read_text())
        assert set(manifest["files"]) >= {f"exchanges/{name}" for name in kept}
        leaky.dies_at = None
        leaky.calls.clear()
        summary = record(leaky.url, tmp_path)

    assert leaky.calls.count("sdapi/v1/txt2img") == 6
    assert summary.kept == 22 + len(kept)
    assert check_set(tmp_path)["complete"]
    for name, data in kept.items():
        assert (tmp_path / "exchanges" / name).read_bytes() == data


def test_a_server_that_dies_at_the_first_list_can_be_recorded_later(tmp_path: Path) -> None:
    with leaky_server() as leaky:
        leaky.dies_at = ("openapi.json", 1)
        with pytest.raises(Unreachable, match=r"\(at openapi\)"):
            record(leaky.url, tmp_path)
        leaky.dies_at = None

        assert record(leaky.url, tmp_path, 0).recorded > 20


def test_an_answer_that_never_comes_is_recorded_where_the_server_lives_on(tmp_path: Path) -> None:
    with leaky_server() as leaky:
        leaky.silent_at = "sdapi/v1/extra-single-image"
        record(leaky.url, tmp_path)

    kept = json.loads((tmp_path / "exchanges" / "extras.json").read_text())

    assert kept["response"] == {"status": None, "headers": {}}


def test_a_folder_begun_with_another_server_is_refused(tmp_path: Path) -> None:
    with activate(clock=ManualClock()) as active:
        server = LiveServer(active.url)
        Recorder(server, writer_for(server, tmp_path)).record_lists()
    with (
        activate(profile="a1111-1.9.0") as active,
        pytest.raises(RecordError, match="another server, or it was upgraded since; name"),
    ):
        record(active.url, tmp_path)


def test_a_server_at_work_is_left_alone(
    mock: Activated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = LiveServer.get

    def busy(server: LiveServer, path: str) -> Any:
        answer = get(server, path)
        if "progress" not in path:
            return answer
        state = {**answer.json, "state": {"job": "scripts_txt2img", "job_count": 1}}
        return type(answer)(answer.status, answer.headers, json.dumps(state).encode())

    monkeypatch.setattr(LiveServer, "get", busy)

    with pytest.raises(RecordError, match="at work for somebody else; what is recorded stays"):
        record(mock.url, tmp_path)
    assert (tmp_path / "samplers.json").is_file()
    assert not (tmp_path / "exchanges" / "txt2img.json").exists()


def test_options_that_changed_meanwhile_are_reported(mock: Activated, tmp_path: Path) -> None:
    def meddle(_done: int, _total: int, name: str) -> None:
        if name == "extras":
            requests.post(f"{mock.url}/sdapi/v1/options", json={"jpeg_quality": 9}, timeout=5)

    server = LiveServer(mock.url)
    summary = Recorder(server, writer_for(server, tmp_path), meddle).record()

    assert summary.changed == ["jpeg_quality"]


def test_credentials_are_asked_for_and_used(tmp_path: Path) -> None:
    with activate(auth=(("u", "long-password"),)) as active:
        with pytest.raises(RecordError, match="wants credentials, or others; give --auth env:NAME"):
            record(active.url, tmp_path)
        server = LiveServer(active.url, ("u", "long-password"))
        Recorder(server, writer_for(server, tmp_path / "set")).record_lists()

    assert json.loads((tmp_path / "set" / "manifest.json").read_text())["auth"] is True
    for path in (tmp_path / "set").glob("*.*"):
        assert b"long-password" not in path.read_bytes()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("127.0.0.1:7860", "is no address; write it as http://", id="no scheme"),
        pytest.param("http://", "is no address", id="no host"),
        pytest.param("http://127.0.0.1:99999", "is no address", id="no such port"),
        pytest.param("http://127.0.0.1:1", "does not answer; start it, or name", id="nobody there"),
    ],
)
def test_an_address_that_is_none_is_reported(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(MockError, match=words):
        record(url, tmp_path)


def test_a_server_that_is_no_such_api_is_reported(tmp_path: Path) -> None:
    with (
        activate("http://127.0.0.1:7860/elsewhere"),
        pytest.raises(RecordError, match=r"but not as /sdapi/v1 does \(404 at samplers\)"),
    ):
        record("http://127.0.0.1:7860/elsewhere/nothing", tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        pytest.param("thesis.odt", "x", r"holds something else \(thesis.odt\)", id="other files"),
        pytest.param("manifest.json", "{", "is not JSON", id="a broken manifest"),
        pytest.param(
            "manifest.json", '{"files": {}}', "has not written; name a new", id="no recorder's"
        ),
    ],
)
def test_a_folder_that_holds_something_else_is_not_touched(
    mock: Activated, tmp_path: Path, name: str, text: str, words: str
) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(RecordError, match=words):
        record(mock.url, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == text


def test_a_full_disk_is_reported_and_what_was_written_stays(
    mock: Activated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def full(source: str, target: Path) -> None:
        if "img2img" in str(target):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(RecordError, match="No space left on device; make room or name another"):
        record(mock.url, tmp_path)
    monkeypatch.undo()

    assert not list(tmp_path.rglob(".partly-*"))
    assert record(mock.url, tmp_path).recorded > 0
    assert check_set(tmp_path)["complete"]


def test_a_recording_can_be_moved(recorded_once: tuple[Path, Summary], tmp_path: Path) -> None:
    shutil.copytree(recorded_once[0], tmp_path / "here")
    shutil.move(tmp_path / "here", tmp_path / "there")

    assert stand_in(tmp_path / "there").profile.name == "a1111-1.10.1"
    assert Config().nowebui is stand_in(tmp_path / "there").nowebui


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        pytest.param("LARGEST", 100, "sent more than 0 MiB; name another address", id="size"),
        pytest.param("_CHUNK", 1, "does not answer in time; give it a longer", id="time"),
    ],
)
def test_an_answer_that_does_not_end_is_given_up(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, words: str
) -> None:
    monkeypatch.setattr(f"mockserver.recording.live_server.{limit}", value)
    # Each byte is taken for a second.
    monkeypatch.setattr("mockserver.recording.live_server.monotonic", count().__next__)
    with activate() as active, pytest.raises(Unreachable, match=words):
        LiveServer(active.url, timeout=600.0).get("/sdapi/v1/samplers")
