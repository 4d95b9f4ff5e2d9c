"""Lint says what a server does with a request, and what was meant."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import requests
from mistakes_of_payloads import MISTAKES, Mistake

from mockserver import activate
from mockserver.backends.registry import create_app, simulate
from mockserver.core.config import Config
from mockserver.http.in_process import call
from mockserver.lint import Finding, Linter
from mockserver.lint.facts import Facts

if TYPE_CHECKING:
    from mockserver.core.simulated import SimulatedServer


@cache
def server(profile: str) -> SimulatedServer:
    return simulate(profile)


def lint(route: str, body: Any, profile: str = "a1111-1.10.1") -> tuple[Finding, ...]:
    method, _, target = route.partition(" ")
    path, _, query = target.partition("?")
    whole = path if path.startswith("/") else f"/sdapi/v1/{path}"
    return Linter(Facts(server(profile))).lint(method, whole, body, query)


def test_the_table_is_long() -> None:
    assert len(MISTAKES) >= 200


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.route} {str(m.body)[:60]}")
def test_a_mistake_is_found(mistake: Mistake) -> None:
    found = lint(mistake.route, mistake.body, mistake.profile)

    assert mistake.rule in [finding.rule for finding in found], [str(f) for f in found]
    assert any(f.rule == mistake.rule and mistake.words in str(f) for f in found), [
        str(f) for f in found
    ]


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("POST txt2img", {"prompt": "cat", "steps": 20, "sampler_name": "Euler a"}),
        ("POST txt2img", {"sampler_name": "DPM++ 2M", "scheduler": "Karras"}),
        ("POST txt2img", {"scheduler": "karras", "sampler_name": None}),
        ("POST txt2img", {"override_settings": None, "alwayson_scripts": {}, "styles": []}),
        ("POST txt2img", {"enable_hr": True, "denoising_strength": 0.6, "hr_upscaler": "Latent"}),
        ("POST txt2img", {"enable_hr": False, "hr_scale": 2, "hr_upscaler": "", "hr_prompt": ""}),
        ("POST txt2img", {"alwayson_scripts": []}),
        ("POST txt2img", {"alwayson_scripts": {"seed": {"args": []}}}),
        ("POST txt2img", {"subseed": -1, "subseed_strength": 0, "s_noise": 1.0, "s_churn": 0}),
        ("POST txt2img", ["prompt"]),
        ("POST img2img", {"init_images": ["aGVsbG8="], "mask_blur": 4}),
        ("POST img2img", {"init_images": ["data:image/png;base64,aGk="], "mask": "aGk="}),
        ("POST options", {"jpeg_quality": 80, "CLIP_stop_at_last_layers": 2}),
        ("POST extra-single-image", {"image": "aGk=", "upscaler_1": "Lanczos"}),
        ("POST png-info", {"image": "data:image/png;base64,aGk="}),
        ("GET progress?skip_current_image=true", None),
        ("GET sd-models", None),
        ("POST interrupt", None),
        ("GET /", None),
        ("GET /internal/ping", None),
    ],
)
def test_what_the_server_does_as_asked_is_left_alone(route: str, body: Any) -> None:
    assert lint(route, body) == ()


@pytest.mark.parametrize("profile", ["koboldcpp-1.111", "sdcpp-master-827"])
def test_a_server_without_a_document_is_not_linted(profile: str) -> None:
    assert lint("POST txt2img", {"zzz": 1}, profile) == ()


def test_a_fresh_server_leaks_overrides() -> None:
    fresh = simulate("a1111-1.10.1", Config(fresh=True))
    body = {"override_settings": {"jpeg_quality": 70}}
    (found,) = Linter(Facts(fresh)).lint("POST", "/sdapi/v1/txt2img", body)

    assert (found.rule, found.kind) == ("override-leaks", "note")


def test_the_server_does_what_lint_says_of_samplers() -> None:
    app = create_app(simulate())
    body = {"sampler_name": "k_euler_a", "steps": 1, "width": 64, "height": 64}
    answer = call(
        app, "POST", "http://webui.test/sdapi/v1/txt2img",
        {"Content-Type": "application/json"}, json.dumps(body).encode(),
    )[2]  # fmt: skip

    assert "runs DPM++ 2M Karras" in str(lint("POST txt2img", body)[0])
    assert json.loads(json.loads(answer)["info"])["sampler_name"] == "DPM++ 2M"


def test_the_journal_and_the_header_say_it() -> None:
    with activate("http://webui.test:7860") as webui:
        webui.app.journal_layer.lint_header = True
        answer = requests.get(f"{webui.url}/sdapi/v1/options?key=x", timeout=5)

        assert "is no parameter" in answer.headers["X-Sdapi-Mock-Lint"]
        assert "is no parameter" in webui.requests[0].lint[0]


def test_strict_refuses_what_a_webui_takes_without_a_word() -> None:
    with activate("http://webui.test:7860") as webui:
        webui.app.journal_layer.strict = True
        url = f"{webui.url}/sdapi/v1/txt2img"
        refused = requests.post(url, json={"sampler_name": "euler a", "steps": 1}, timeout=5)
        small = {"sampler_name": "Euler a", "steps": 1, "width": 64, "height": 64}

        assert refused.status_code == 400
        assert "did you mean 'Euler a'" in refused.json()["lint"][0]
        assert requests.post(url, json=small, timeout=5).ok
