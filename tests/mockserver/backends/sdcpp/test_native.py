"""Routes beside the web UI's API: those of OpenAI, and stable-diffusion.cpp's own."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from asking import Asker, Heard, opened

from mockserver.backends.registry import simulate


@pytest.fixture
def ask() -> Asker:
    return Asker(simulate("sdcpp-master-827"))


def post(ask: Asker, path: str, **body: Any) -> Heard:
    return ask("POST", path, json.dumps(body).encode())


def test_its_page_and_its_one_model_are_there(ask: Asker) -> None:
    assert ask("GET", "/").headers["content-type"].startswith("text/html")
    assert ask("GET", "/v1/models").json["data"][0]["id"] == "sd-cpp-local"


def test_openai_s_route_draws(ask: Asker) -> None:
    heard = post(ask, "/v1/images/generations", prompt="a fox", n=2, size="128x64")
    assert heard.status == 200
    assert [opened(item["b64_json"]).size for item in heard.json["data"]] == [(128, 64)] * 2


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(b"", "empty body", id="no body"),
        pytest.param(b"{}", "prompt required", id="no prompt"),
    ],
)
def test_openai_s_route_says_what_it_lacks(ask: Asker, body: bytes, error: str) -> None:
    heard = ask("POST", "/v1/images/generations", body)
    assert (heard.status, heard.json) == (400, {"error": error})


def test_capabilities_name_what_the_lists_name(ask: Asker) -> None:
    found = ask("GET", "/sdcpp/v1/capabilities").json
    assert found["model"]["stem"] == ask.get("options").json["sd_model_checkpoint"]
    assert found["defaults"]["sample_params"]["sample_steps"] == 20
    assert {"name": "esrgan_random_x4", "model": True} in found["upscalers"]


def test_a_job_is_drawn_behind_its_answer(ask: Asker) -> None:
    sample = {"sample_steps": 2, "sample_method": "heun"}
    job = post(
        ask, "/sdcpp/v1/img_gen", prompt="fox", width=64, height=64, seed=7, sample_params=sample
    )
    assert (job.status, job.json["status"]) == (202, "queued")
    while not (done := ask("GET", job.json["poll_url"]).json)["completed"]:
        time.sleep(0.01)
    picture = opened(done["result"]["images"][0]["b64_json"])
    assert (done["status"], picture.size) == ("completed", (64, 64))
    assert "Steps: 2" in picture.info["parameters"]
    assert "Sampler: heun" in picture.info["parameters"]
    assert post(ask, f"{job.json['poll_url']}/cancel").json["status"] == "completed"


def test_what_is_no_job_is_reported(ask: Asker) -> None:
    heard = ask("GET", "/sdcpp/v1/jobs/none")
    assert (heard.status, heard.json) == (404, {"error": "job not found"})
    broken = ask("POST", "/sdcpp/v1/img_gen", b"{")
    assert (broken.status, broken.json["error"]) == (400, "invalid json")
    wrong = post(ask, "/sdcpp/v1/img_gen", strength=2)
    assert (wrong.status, wrong.json) == (400, {"error": "invalid generation parameters"})


@pytest.mark.parametrize("path", ["/sdapi/v1/txt2img", "/nowhere", "/v1/images/generations"])
def test_parts_without_a_boundary_are_refused_everywhere(ask: Asker, path: str) -> None:
    heard = ask("POST", path, b"{}", Content_Type="multipart/form-data")
    assert (heard.status, heard.body) == (400, b"")


def test_parts_are_no_body(ask: Asker) -> None:
    kind = "multipart/form-data; boundary=x"
    heard = ask("POST", "/sdapi/v1/txt2img", b"--x--\r\n", Content_Type=kind)
    assert (heard.status, heard.json) == (400, {"error": "empty body"})
