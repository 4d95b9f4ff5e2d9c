"""HAR 1.2 out of a journal and out of a recording."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import ManualClock, activate
from mockserver.cli import main
from mockserver.fixtures.check import complaints
from mockserver.recording.exchange import har_of_recording
from mockserver.recording.live_server import LiveServer
from mockserver.recording.recorder import Recorder
from mockserver.recording.writer import writer_for

if TYPE_CHECKING:
    from pathlib import Path

TEXT, NUMBER, INTEGER = {"type": "string"}, {"type": "number"}, {"type": "integer"}


def schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


PAIRS = {"type": "array", "items": schema(name=TEXT, value=TEXT)}
#: The required fields of HAR 1.2.
HAR = schema(
    log=schema(
        version={"enum": ["1.2"]},
        creator=schema(name=TEXT, version=TEXT),
        entries={
            "type": "array",
            "items": schema(
                startedDateTime=TEXT,
                time=NUMBER,
                request=schema(
                    method=TEXT,
                    url=TEXT,
                    httpVersion=TEXT,
                    cookies=PAIRS,
                    headers=PAIRS,
                    queryString=PAIRS,
                    headersSize=INTEGER,
                    bodySize=INTEGER,
                ),
                response=schema(
                    status=INTEGER,
                    statusText=TEXT,
                    httpVersion=TEXT,
                    cookies=PAIRS,
                    headers=PAIRS,
                    content=schema(size=INTEGER, mimeType=TEXT, text=TEXT),
                    redirectURL=TEXT,
                    headersSize=INTEGER,
                    bodySize=INTEGER,
                ),
                cache={"type": "object"},
                timings=schema(send=NUMBER, wait=NUMBER, receive=NUMBER),
            ),
        },
    )
)


def entries_of(found: Any) -> list[dict[str, Any]]:
    assert list(complaints(found, HAR, {})) == []
    entries: list[dict[str, Any]] = found["log"]["entries"]
    for entry in entries:
        assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
    return entries


def test_the_schema_can_be_broken() -> None:
    assert list(complaints({"log": {"version": "1.1"}}, HAR, {}))


def test_a_journal_is_given_as_har() -> None:
    with activate(clock=ManualClock()) as active:
        requests.get(f"{active.url}/sdapi/v1/progress?skip_current_image=true", timeout=5)
        requests.get(f"{active.url}/sdapi/v1/samplers/", timeout=5, allow_redirects=False)
        requests.post(f"{active.url}/sdapi/v1/options", json={"nope": 1}, timeout=5)
        found = requests.get(f"{active.url}/_mock/journal.har", timeout=5).json()
    asked, redirected, posted = entries_of(found)

    assert asked["request"]["url"] == f"{active.url}/sdapi/v1/progress?skip_current_image=true"
    assert asked["request"]["queryString"] == [{"name": "skip_current_image", "value": "true"}]
    assert asked["startedDateTime"] == "2023-11-14T22:13:20+00:00"
    assert redirected["response"]["redirectURL"].endswith("/sdapi/v1/samplers")
    assert redirected["response"]["statusText"] == "Temporary Redirect"
    assert posted["request"]["postData"] == {"mimeType": "application/json", "text": '{"nope": 1}'}
    assert posted["comment"] == "'nope' is no option: the server answers 500, KeyError"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("har") / "set"
    with activate(clock=ManualClock()) as active:
        server = LiveServer(active.url)
        Recorder(server, writer_for(server, folder)).record()
    return folder


def test_a_recording_is_given_as_har_with_its_pictures(recorded: Path) -> None:
    found, left_out = har_of_recording(recorded, 2**30)
    entries = {
        (entry["request"]["url"], entry["response"]["status"]) for entry in entries_of(found)
    }
    (batch,) = [
        e
        for e in entries_of(found)
        if '"batch_size":2' in e["request"].get("postData", {}).get("text", "")
    ]

    assert left_out == 0
    assert ("http://host.invalid/sdapi/v1/no-such-route", 404) in entries
    assert len(json.loads(batch["response"]["content"]["text"])["images"]) == 2
    assert json.loads(batch["response"]["content"]["text"])["images"][0].startswith("iVBOR")


def test_a_har_is_bounded(recorded: Path) -> None:
    found, left_out = har_of_recording(recorded, 10_000)

    assert entries_of(found)
    assert left_out == 17 - len(entries_of(found)) > 0


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, errors = capsys.readouterr()
    return int(str(ended.value.code or 0)), out, errors


def test_the_command_writes_both(
    capsys: pytest.CaptureFixture[str], recorded: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.har", tmp_path / "other.har"
    with activate() as active:
        requests.get(f"{active.url}/sdapi/v1/samplers", timeout=5)
        first = run(capsys, "har", active.url, "-o", str(one))
    second = run(capsys, "har", str(recorded), "-o", str(other))

    assert first == (0, f"1 exchanges in {one}\n", "")
    assert second == (0, f"17 exchanges in {other}\n", "")
    assert len(entries_of(json.loads(one.read_text()))) == 1
    assert len(entries_of(json.loads(other.read_text()))) == 17


@pytest.mark.parametrize(
    ("source", "expected", "words"),
    [
        pytest.param("nowhere", 2, "is no fixture set", id="no folder"),
        pytest.param("http://127.0.0.1:1", 3, "does not answer; start it", id="nobody there"),
        pytest.param("http://127.0.0.1:7860/x", 1, "has no journal (404); name a", id="other"),
    ],
)
def test_a_source_that_is_none_is_reported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, source: str, expected: int, words: str
) -> None:
    with activate():
        code, out, errors = run(capsys, "har", source, "-o", str(tmp_path / "x.har"))

    assert (code, out) == (expected, "")
    assert words in errors


def test_a_file_that_cannot_be_written_is_reported(
    capsys: pytest.CaptureFixture[str], recorded: Path, tmp_path: Path
) -> None:
    code, _, errors = run(capsys, "har", str(recorded), "-o", str(tmp_path / "no" / "x.har"))

    assert code == 1
    assert "No such file or directory; name a file that can be written" in errors
