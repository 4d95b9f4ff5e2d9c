"""What can be done to a mock while it runs."""

from __future__ import annotations

import hashlib
import time
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import requests

import mockserver
from mockserver import ManualClock
from mockserver.core.errors import BadInput
from mockserver.faults import FaultError
from mockserver.faults.latency import GPUS, Latency, latency_of, parse_latency, work_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.activated import Activated

URL = "http://webui.test:7860"
SMALL = {"prompt": "cat", "steps": 4, "width": 64, "height": 64}


@pytest.fixture
def webui() -> Iterator[Activated]:
    with mockserver.activate(URL) as active:
        yield active


def get(name: str) -> Any:
    return requests.get(f"{URL}/sdapi/v1/{name}", timeout=5).json()


def post(name: str, body: Any = None, **more: Any) -> requests.Response:
    return requests.post(f"{URL}/sdapi/v1/{name}", json=body, timeout=5, **more)


def steer(name: str, body: Any = None) -> requests.Response:
    return requests.post(f"{URL}/_mock/{name}", json=body, timeout=5)


def test_a_reset_makes_everything_as_at_the_start(webui: Activated) -> None:
    before = get("options"), get("sd-models"), get("loras"), get("embeddings"), get("prompt-styles")
    post("options", {"jpeg_quality": 7, "sd_model_checkpoint": "tiny-b"})
    post("create/embedding", {"name": "new", "num_vectors_per_token": 1, "overwrite_old": False})
    webui.models.add("my-model")
    webui.loras.add("my-lora")
    webui.styles.add("noir", "film noir, {prompt}")
    post("refresh-checkpoints")
    post("refresh-loras")
    webui.faults.add("oom")
    webui.set_latency(1.0)
    webui.control.set_auth(("u", "p"))
    webui.reset()

    assert webui.requests == []
    after = get("options"), get("sd-models"), get("loras"), get("embeddings"), get("prompt-styles")
    assert after == before
    assert post("txt2img", SMALL).ok
    assert get("progress")["state"]["job_timestamp"] != "0"


def test_a_reset_takes_a_millisecond(webui: Activated) -> None:
    webui.reset()
    taken = []
    for _ in range(20):
        began = time.perf_counter()
        webui.reset()
        taken.append(time.perf_counter() - began)

    assert min(taken) < 0.001


def test_a_reset_arms_the_faults_of_the_start_again() -> None:
    with mockserver.activate(URL, faults=["oom; times=1"]) as webui:
        assert [post("txt2img", SMALL).status_code for _ in range(2)] == [500, 200]
        assert steer("reset").json() == {}
        assert post("txt2img", SMALL).status_code == 500
        assert webui.requests[0].faults == ("oom",)


def test_a_model_is_seen_when_the_webui_looks_again(webui: Activated) -> None:
    webui.models.add("my-model", content=b"weights")
    assert "my-model" not in str(get("sd-models"))
    post("refresh-checkpoints")
    (listed,) = [model for model in get("sd-models") if model["model_name"] == "my-model"]
    assert (listed["title"], listed["sha256"]) == ("my-model.safetensors", None)

    post("options", {"sd_model_checkpoint": "my-model"})
    title = get("options")["sd_model_checkpoint"]
    assert title == f"my-model.safetensors [{hashlib.sha256(b'weights').hexdigest()[:10]}]"


def test_files_of_every_kind_come_and_go(webui: Activated) -> None:
    webui.loras.add("my-lora", alias="mine")
    webui.embeddings.add("my-face", vectors=4)
    webui.embeddings.add("xl-face", shape=1280)
    webui.styles.add("noir", "film noir, {prompt}")
    for name in ("refresh-loras", "refresh-embeddings"):
        post(name)

    assert "mine" in [lora["alias"] for lora in get("loras")]
    assert get("embeddings")["loaded"]["my-face"]["vectors"] == 4
    assert "xl-face" in get("embeddings")["skipped"]
    info = post("txt2img", {**SMALL, "styles": ["noir"]}).json()["info"]
    assert "film noir, cat" in info

    webui.loras.remove("my-lora")
    webui.styles.remove("noir")
    post("refresh-loras")
    assert "mine" not in [lora["alias"] for lora in get("loras")]
    assert "noir" not in [style["name"] for style in get("prompt-styles")]


def test_a_file_that_is_not_there_cannot_be_removed(webui: Activated) -> None:
    with pytest.raises(BadInput, match="no checkpoint 'nope'; there are: "):
        webui.models.remove("nope")


@pytest.mark.usefixtures("webui")
def test_a_world_is_given_at_the_start_or_over_http() -> None:
    steer("world", {"models": ["one"], "loras": [{"name": "two", "alias": "zwei"}]})

    assert "one.safetensors" in [model["title"] for model in get("sd-models")]
    assert "zwei" in [lora["alias"] for lora in get("loras")]
    assert steer("world", {"model": []}).status_code == 400
    with mockserver.activate("http://other.test", world={"models": ["three"]}) as other:
        assert "three" in other.models


def test_somebody_elses_job_comes_first() -> None:
    clock = ManualClock()
    with mockserver.activate(URL, clock=clock) as webui:
        job = webui.other_job(10)
        clock.wait_for_sleepers()
        assert get("progress")["state"]["job"] == "scripts_txt2img"
        mine = Thread(target=post, args=("txt2img", SMALL))
        mine.start()
        while not webui.webui.queue.waiting:
            time.sleep(0)
        while not job.done:
            clock.advance(10)
        mine.join(5)

        assert job.status == 200
        webui.verify("txt2img", times=1)


@pytest.mark.usefixtures("webui")
def test_the_api_can_be_off() -> None:
    steer("flags", {"no_api": True})

    answer = requests.get(f"{URL}/sdapi/v1/samplers", timeout=5)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert requests.get(f"{URL}/internal/ping", timeout=5).json() == {}


def test_credentials_come_and_go(webui: Activated) -> None:
    steer("auth", {"users": [["u", "p"]]})
    assert requests.get(f"{URL}/sdapi/v1/samplers", timeout=5).status_code == 401
    assert requests.get(f"{URL}/sdapi/v1/samplers", auth=("u", "p"), timeout=5).ok

    webui.control.set_auth()
    assert requests.get(f"{URL}/sdapi/v1/samplers", timeout=5).ok


@pytest.mark.parametrize(
    ("flags", "origin", "allowed"),
    [
        ({"cors_origins": ("http://a.example",)}, "http://a.example", "http://a.example"),
        ({"cors_origins": ("http://a.example",)}, "http://b.example", None),
        ({"cors_origins": ("*",)}, "http://b.example", "*"),
        ({"cors_regex": r"http://\w+\.example"}, "http://b.example", "http://b.example"),
        ({"cors_regex": r"http://\w+\.example"}, "http://b.example.evil", None),
        ({}, "http://a.example", None),
    ],
)
def test_pages_that_may_ask(flags: dict[str, Any], origin: str, allowed: str | None) -> None:
    with mockserver.activate(URL, **flags):
        answer = requests.get(f"{URL}/sdapi/v1/samplers", headers={"Origin": origin}, timeout=5)

    assert answer.headers.get("Access-Control-Allow-Origin") == allowed
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"


@pytest.mark.parametrize(
    ("origin", "status", "text"),
    [("http://a.example", 200, "OK"), ("http://b.example", 400, "Disallowed CORS origin")],
)
def test_preflights(origin: str, status: int, text: str) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    with mockserver.activate(URL, cors_origins=("http://a.example",)):
        answer = requests.options(f"{URL}/sdapi/v1/txt2img", headers=headers, timeout=5)

    assert (answer.status_code, answer.text) == (status, text)


@pytest.mark.parametrize("latency", [2.0, "2s", "2000ms", "rtx-3060", "lognormal 2s 0.0"])
def test_a_latency_passes_on_the_mocks_clock_while_progress_moves(latency: Any) -> None:
    clock = ManualClock()
    with mockserver.activate(URL, clock=clock, latency=latency):
        work = Thread(target=post, args=("txt2img", {"steps": 10}))
        work.start()
        clock.wait_for_sleepers()
        began, seen = clock.now(), set()
        while work.is_alive():
            seen.add(get("progress")["progress"])
            clock.advance_to_next()
        took = clock.now() - began

    assert len(seen) > 5
    expected = 2.0 if latency != "rtx-3060" else work_of({"steps": 10}) * GPUS["rtx-3060"].step_time
    assert took == pytest.approx(expected, rel=0.3)


def test_a_latency_ends_with_an_interrupt() -> None:
    clock = ManualClock()
    with mockserver.activate(URL, clock=clock, latency=60):
        work = Thread(target=post, args=("txt2img", {"steps": 20}))
        work.start()
        clock.wait_for_sleepers()
        post("interrupt")
        began = clock.now()
        while work.is_alive():
            clock.advance_to_next()

        assert clock.now() - began < 30


def test_a_log_normal_latency_varies_and_can_be_repeated() -> None:
    def drawn() -> list[float | None]:
        latency = Latency(seconds=2.0, sigma=0.5, seed=3)
        return [latency.step_time_of({}) for _ in range(5)]

    assert drawn() == drawn()
    assert len(set(drawn())) == 5


@pytest.mark.parametrize("name", GPUS)
def test_every_gpu_has_a_source(name: str) -> None:
    assert GPUS[name].source
    assert parse_latency(name).step_time == pytest.approx(1 / GPUS[name].speed, rel=0.01)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("rtx3060", "did you mean 'rtx-3060'"), ("1 2 3", "is no latency"), ("2h", "no duration")],
)
def test_what_is_no_latency_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(FaultError, match=sentence):
        parse_latency(text)


def test_a_latency_over_http(webui: Activated) -> None:
    assert steer("latency", {"gpu": "t4"}).json()["step_time"] == pytest.approx(0.1818, rel=0.01)
    assert steer("latency", {"latencey": "2s"}).status_code == 400
    assert webui.app.fault_layer.latency == latency_of({"gpu": "t4"})


def test_what_was_answered_before_a_reset_is_not_answered_after_it(webui: Activated) -> None:
    asked = {**SMALL, "seed": 1}
    answers = []
    for clip_skip in (1, 2):
        webui.reset()
        post("options", {"CLIP_stop_at_last_layers": clip_skip})
        answers.append(post("txt2img", asked).json()["info"])

    assert "Clip skip: 2" not in answers[0]
    assert "Clip skip: 2" in answers[1]


def test_an_upgrade_keeps_options_journal_and_faults(webui: Activated) -> None:
    with mockserver.activate("http://old.test", profile="a1111-1.6.0") as old:
        url = f"{old.url}/sdapi/v1"
        requests.post(f"{url}/options", json={"jpeg_quality": 33}, timeout=5)
        old.faults.add("oom", after=1)
        assert requests.get(f"{url}/schedulers", timeout=5).status_code == 404
        old.upgrade("a1111-1.10.1")

        assert old.webui.profile.name == "a1111-1.10.1"
        assert requests.get(f"{url}/schedulers", timeout=5).ok
        assert requests.get(f"{url}/options", timeout=5).json()["jpeg_quality"] == 33
        info = requests.post(f"{url}/txt2img", json=SMALL, timeout=5).json()["info"]
        assert "v1.10.1" in info
        assert requests.post(f"{url}/txt2img", json=SMALL, timeout=5).status_code == 500
        assert len(old.requests) == 6
    assert steer("profile", {"profile": "forg"}).status_code == 400
    assert steer("profile", {"profile": "forge"}).json() == {"profile": "forge"}
    assert get("sd-modules") is not None
    assert webui.app.webui.profile.name == "forge"


@pytest.mark.parametrize("body", [{"seconds": 1e300}, {"seconds": -1}, {"step_time": "x"}])
@pytest.mark.usefixtures("webui")
def test_no_latency_is_longer_than_a_day(body: dict[str, Any]) -> None:
    assert steer("latency", body).status_code == 400
