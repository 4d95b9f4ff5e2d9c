"""A request that was answered before is answered as if it were worked out anew."""

from __future__ import annotations

import json
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.backends.a1111.routes import generation
from mockserver.backends.a1111.routes.generation import Repeats
from mockserver.backends.registry import create_app, simulate
from mockserver.core.clock import ManualClock
from mockserver.core.config import Config
from mockserver.http.in_process import call

if TYPE_CHECKING:
    from mockserver.http.app import MockApp

ADDRESS = "http://127.0.0.1:7860"
PLAIN = {"prompt": "a red fox", "seed": 3, "steps": 4, "width": 64, "height": 64}


class Server:
    """One server with a time of its own."""

    def __init__(self, **config: Any) -> None:
        self.clock = ManualClock()
        self.app: MockApp = create_app(simulate(config=Config(seed=5, **config), clock=self.clock))

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        method = "GET" if body is None else "POST"
        sent = json.dumps(body).encode() if body is not None else b""
        headers = {"Content-Type": "application/json"}
        status, _, answer = call(self.app, method, f"{ADDRESS}{path}", headers, sent)
        return status, json.loads(answer)

    def txt2img(self, **fields: Any) -> Any:
        return self.ask("/sdapi/v1/txt2img", PLAIN | fields)

    def left(self) -> Any:
        progress = self.ask("/sdapi/v1/progress")
        progress[1].pop("eta_relative")
        state = {
            k: v for k, v in vars(self.app.webui.state).items() if k not in {"clock", "latent"}
        }
        return progress, state


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many answers were given again."""
    given: list[int] = []
    again = Repeats._again  # noqa: SLF001 - what is counted

    def counting(self: Repeats, kept: Any) -> Any:
        given.append(1)
        return again(self, kept)

    monkeypatch.setattr(Repeats, "_again", counting)
    return given


def never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Repeats, "find", lambda *_: None)


ASKED: list[dict[str, Any]] = [
    {}, {}, {}, {"seed": 4}, {}, {"seed": 4}, {},
    *[{"batch_size": 2, "n_iter": 2}] * 3,
    *[{"prompt": "a (cat:1.2), <lora:nothing:1>"}] * 3,
    *[{"negative_prompt": "ugly", "subseed": 9}] * 3,
    {"seed": -1}, {},
    *[{"send_images": False}] * 3,
]  # fmt: skip


def test_answers_and_state_are_those_of_a_server_that_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch, counted: list[int]
) -> None:
    keeping = Server()
    kept = []
    for fields in ASKED:
        keeping.clock.advance(7)
        kept.append((keeping.txt2img(**fields), keeping.left()))
    assert len(counted) >= 5

    never(monkeypatch)
    forgetting = Server()
    for fields, expected in zip(ASKED, kept, strict=True):
        forgetting.clock.advance(7)
        assert (forgetting.txt2img(**fields), forgetting.left()) == expected


def test_the_same_request_is_worked_out_once_with_and_once_without_the_text_encoder(
    counted: list[int],
) -> None:
    server = Server()
    for _ in range(5):
        server.txt2img()

    assert len(counted) == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"seed": -1},
        {"seed": None},
        {"override_settings": {"CLIP_stop_at_last_layers": 2}},
        {"enable_hr": True},
        {"subseed_strength": 0.5},
        {"script_name": "Prompt matrix", "script_args": [False, False, "positive", "comma", 0]},
        {"alwayson_scripts": {"Hypertile": {"args": []}}},
        {"styles": ["none"]},
        {"force_task_id": "mine"},
    ],
)
def test_what_is_left_to_chance_or_changes_the_server_is_worked_out(
    counted: list[int], fields: dict[str, Any]
) -> None:
    server = Server()
    for _ in range(3):
        server.txt2img(**fields)

    assert counted == []


def test_another_option_means_another_answer(counted: list[int]) -> None:
    server = Server()
    first = [server.txt2img() for _ in range(3)][-1]
    server.ask("/sdapi/v1/options", {"CLIP_stop_at_last_layers": 3})

    changed = server.txt2img()

    assert len(counted) == 1
    assert first[1]["images"] != changed[1]["images"]
    assert "Clip skip: 3" in json.loads(changed[1]["info"])["infotexts"][0]


def test_a_server_whose_steps_take_time_works_everything_out(counted: list[int]) -> None:
    server = Server(step_time=1e-6)
    for _ in range(2):
        sent = Thread(target=server.txt2img)
        sent.start()
        while sent.is_alive():
            server.clock.advance(1)
            sent.join(0.01)

    assert counted == []


def test_credentials_are_asked_for_again(counted: list[int]) -> None:
    server = Server(auth=(("user", "secret"),))
    for _ in range(2):
        assert server.txt2img()[0] == 401

    assert counted == []


def test_room_is_bounded(monkeypatch: pytest.MonkeyPatch, counted: list[int]) -> None:
    monkeypatch.setattr(generation, "_ROOM", 60_000)
    server = Server()
    for seed in range(30):
        server.txt2img(seed=seed)
    server.txt2img(seed=0)
    assert counted == []

    for _ in range(3):
        server.txt2img(seed=0)
    assert len(counted) >= 1


def test_the_journal_keeps_the_same_of_it() -> None:
    server = Server()
    for _ in range(3):
        server.txt2img(width=512, height=512)
    once, _, again = server.app.journal.calls("/sdapi/v1/txt2img")

    images = [call.response.json["images"] for call in (once, again)]
    assert images[0] == images[1]
    assert images[0][0].startswith("sha256:")
    assert once.request.body == again.request.body
