"""The recording proxy: what passes, what is kept."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import activate
from mockserver.fixtures.check import check_set
from mockserver.recording.live_server import LiveServer
from mockserver.recording.proxy import ProxyRecorder, create_proxy
from mockserver.recording.recorder import Recorder
from mockserver.recording.stand_in import stand_in
from mockserver.recording.writer import writer_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from mockserver.recording.writer import RecordingWriter

PLENTY = 2**30


class Passing:
    """A proxy in front of a mock, and what it told."""

    def __init__(self, url: str, folder: Path, limit: int = PLENTY, **options: Any) -> None:
        self.server = LiveServer(url, **options)
        self.writer: RecordingWriter = writer_for(self.server, folder)
        Recorder(self.server, self.writer).record_lists()
        self.told: list[str] = []
        recorder = ProxyRecorder(self.writer, limit, self.told.append)
        self.client: FlaskClient = create_proxy(self.server, recorder).test_client()

    @property
    def exchanges(self) -> list[str]:
        return [name for name in sorted(self.writer.folder.files) if name.startswith("exchanges")]


@pytest.fixture
def passing(tmp_path: Path) -> Iterator[Passing]:
    with activate() as active:
        yield Passing(active.url, tmp_path / "set")


def test_answers_pass_as_they_are(passing: Passing) -> None:
    with activate("http://127.0.0.1:7001") as other:
        plain = LiveServer(other.url).get("/sdapi/v1/schedulers")
    answer = passing.client.get("/sdapi/v1/schedulers")

    assert (answer.status_code, answer.data) == (200, plain.body)
    assert "X-Process-Time" in answer.headers
    assert answer.headers["Content-Type"] == "application/json"


def test_packed_answers_pass_packed_and_are_kept_unpacked(passing: Passing) -> None:
    answer = passing.client.get("/sdapi/v1/samplers", headers={"Accept-Encoding": "gzip"})
    kept = passing.writer.folder.read_json("exchanges/00001-samplers.json")

    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.data)) == kept["response"]["json"]


def test_requests_pass_as_they_are(passing: Passing) -> None:
    broken = passing.client.post("/sdapi/v1/txt2img", data='{"prompt": ')
    queried = passing.client.get("/sdapi/v1/progress?skip_current_image=maybe")
    unknown = passing.client.put("/nowhere//to/go")

    assert (broken.status_code, queried.status_code, unknown.status_code) == (422, 422, 404)
    assert passing.exchanges == [
        "exchanges/00001-txt2img.json",
        "exchanges/00002-progress.json",
        "exchanges/00003-other.json",
    ]


def test_a_redirect_leads_back_to_the_proxy(passing: Passing) -> None:
    answer = passing.client.get("/sdapi/v1/samplers/", base_url="http://127.0.0.1:7777")

    assert answer.status_code == 307
    assert answer.headers["Location"] == "http://127.0.0.1:7777/sdapi/v1/samplers"


def test_the_same_exchange_is_kept_once(passing: Passing) -> None:
    for _ in range(3):
        passing.client.get("/sdapi/v1/samplers")

    assert passing.exchanges == ["exchanges/00001-samplers.json"]


def test_each_exchange_is_on_the_disk_at_once(passing: Passing) -> None:
    passing.client.get("/sdapi/v1/samplers")
    manifest = json.loads((passing.writer.folder.folder / "manifest.json").read_text())

    assert "exchanges/00001-samplers.json" in manifest["files"]


def test_a_later_run_goes_on_behind_the_last_number(tmp_path: Path) -> None:
    with activate() as active:
        Passing(active.url, tmp_path / "set").client.get("/sdapi/v1/samplers")
        again = Passing(active.url, tmp_path / "set")
        again.client.get("/sdapi/v1/upscalers")

    assert again.exchanges == ["exchanges/00001-samplers.json", "exchanges/00002-upscalers.json"]


def test_the_recorded_session_can_be_served(passing: Passing) -> None:
    passing.client.get("/sdapi/v1/samplers")
    Recorder(passing.server, passing.writer).finish()

    assert check_set(passing.writer.folder.folder)["complete"]
    assert stand_in(passing.writer.folder.folder).profile.version == "v1.10.1"


def test_beyond_the_limit_all_still_passes(tmp_path: Path) -> None:
    with activate() as active:
        passing = Passing(active.url, tmp_path / "set", limit=1)
        answers = [passing.client.get(f"/sdapi/v1/{name}") for name in ("samplers", "upscalers")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(passing.exchanges) == 1
    assert passing.told == ["nothing more is kept, all still passes: 0 MB are written (--limit)"]


def test_credentials_of_the_proxy_are_added_where_a_client_has_none(tmp_path: Path) -> None:
    with activate(auth=(("user", "long-password"),)) as active:
        passing = Passing(active.url, tmp_path / "set", auth=("user", "long-password"))
        without = passing.client.get("/sdapi/v1/samplers")
        wrong = passing.client.get("/sdapi/v1/samplers", auth=("user", "other-password"))

    assert (without.status_code, wrong.status_code) == (200, 401)


def test_a_server_that_is_gone_is_a_bad_gateway(tmp_path: Path) -> None:
    with activate() as active:
        passing = Passing(active.url, tmp_path / "set")
    passing.server.url = "http://127.0.0.1:1"
    answer = passing.client.get("/sdapi/v1/samplers")

    assert answer.status_code == 502
    assert answer.text == "the server behind this proxy does not answer (ConnectionError)\n"
    kept = passing.writer.folder.read_json("exchanges/00001-samplers.json")
    assert kept["response"]["status"] is None
