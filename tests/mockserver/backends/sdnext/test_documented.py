"""Routes that only the document tells of, and the limit on requests."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Asker, opened, picture

from mockserver import ManualClock
from mockserver.backends.registry import simulate
from mockserver.backends.sdnext.server import SdNext

PROFILES = pytest.mark.parametrize("profile", ["sdnext-2025-03", "sdnext-2026-07"])
LEFT_OUT = {"/sdapi/v1/shutdown", "/sdapi/v1/restart"}


@pytest.fixture
def ask() -> Asker:
    return Asker(simulate("sdnext-2025-03"))


@PROFILES
def test_every_documented_route_is_there(profile: str) -> None:
    server = simulate(profile)
    assert isinstance(server, SdNext)
    ask = Asker(server)
    for path, operations in server.document["paths"].items():
        if not path.startswith("/sdapi/v1/") or "{" in path or path in LEFT_OUT:
            continue
        for method in operations:
            heard = ask(method.upper(), path, b"{}" if method == "post" else None)
            assert heard.body != b'{"detail":"Not Found"}', path
            assert b"The mock failed" not in heard.body, path


@pytest.mark.parametrize(
    ("name", "body", "status", "answer"),
    [
        pytest.param("history", {"name": "x"}, 200, -1, id="no history"),
        pytest.param(
            "preprocess",
            {"image": picture(), "model": "x"},
            400,
            {"error": "Processor model not found: id=x"},
            id="no such preprocessor",
        ),
        pytest.param(
            "mask",
            {"image": picture(), "type": "x"},
            400,
            {"error": "Mask type not found: id=x"},
            id="no such mask",
        ),
        pytest.param("vqa", {"image": picture()}, 200, {"answer": ""}, id="a question"),
    ],
)
def test_what_the_source_says(
    ask: Asker, name: str, body: dict[str, Any], status: int, answer: Any
) -> None:
    heard = ask.post(name, body)
    assert (heard.status, heard.json) == (status, answer)


def test_what_is_logged_is_shown_until_it_is_cleared(ask: Asker) -> None:
    ask.post("log", {"message": "hello"})
    assert ask.get("log?clear=true").json == ["hello"]
    assert ask.get("log").json == []


def test_networks_are_chosen_by_the_query(ask: Asker) -> None:
    assert {row["type"] for row in ask.get("extra-networks?page=lora").json} == {"lora"}
    assert len(ask.get("extra-networks").json) > len(ask.get("extra-networks?page=lora").json)


def test_control_draws_from_a_prompt(ask: Asker) -> None:
    size = {"width_before": 64, "height_before": 128}
    heard = ask.post("control", {"prompt": "a fox", "steps": 1, **size})
    assert opened(heard.json["images"][0]).size == (64, 128)


def test_a_detected_server_says_what_it_is_and_that_it_is_idle(ask: Asker) -> None:
    assert ask.get("version").json["app"] == "sd.next"
    assert ask.get("status").json["status"] == "idle"


def test_too_many_requests_within_a_minute_are_refused() -> None:
    clock = ManualClock()
    server = simulate("sdnext-2026-07", clock=clock)
    ask = Asker(server)
    assert all(ask.get("samplers").status == 200 for _ in range(400))
    ask.post("options", {"server_rate_limit": 10})

    assert [ask.get("samplers").status for _ in range(11)] == [200] * 10 + [429]
    assert [ask.draw().status for _ in range(3)] == [200, 200, 429]
    assert ask.get("sd-models").status == 200
    refused = ask.get("samplers").json
    assert (refused["error"], refused["code"]) == ("HTTPException", 429)
    assert refused["detail"].endswith(":/sdapi/v1/samplers: rate limit exceeded")
    clock.advance(60)
    assert ask.get("samplers").status == 200
