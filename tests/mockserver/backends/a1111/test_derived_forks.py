"""Forge Neo and ersatzForge, as their source differs from Forge's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.backends.registry import create_app, simulate
from mockserver.core.config import Config
from mockserver.http.in_process import sender_to

SMALL = {"prompt": "a fox", "negative_prompt": "a cat", "steps": 2, "width": 64, "height": 64}
HIRES = {**SMALL, "enable_hr": True, "hr_upscaler": "Latent", "denoising_strength": 0.5}


def _asked(profile: str, path: str, body: Any = None) -> tuple[int | None, Any]:
    send = sender_to(create_app(simulate(profile, Config())))
    data = None if body is None else json.dumps(body).encode()
    method = "GET" if body is None else "POST"
    headers = {"content-type": "application/json"}
    status, _, answer = send(method, f"/sdapi/v1/{path}", headers, data)
    return status, json.loads(answer)


def _info(profile: str, body: Any) -> Any:
    status, answer = _asked(profile, "txt2img", body)
    assert status == 200, answer
    return json.loads(answer["info"])


@pytest.mark.parametrize(
    ("profile", "path", "body", "status"),
    [
        pytest.param("forge-neo", "interrogate", {}, 404, id="Neo does not interrogate"),
        pytest.param("forge-neo", "hypernetworks", None, 404, id="Neo has no hypernetworks"),
        pytest.param("forge-neo", "realesrgan-models", None, 404, id="Neo has no such list"),
        pytest.param("forge-neo", "reload-checkpoint", {}, 404, id="Neo loads for a job alone"),
        pytest.param("forge-neo", "create/embedding", {}, 404, id="Neo creates nothing"),
        pytest.param("forge-neo", "sd-modules", None, 200, id="Neo has modules"),
        pytest.param("ersatzforge", "create/embedding", {}, 404, id="ersatzForge creates nothing"),
        pytest.param("ersatzforge", "hypernetworks", None, 200, id="ersatzForge lists them"),
    ],
)
def test_routes(profile: str, path: str, body: Any, status: int) -> None:
    assert _asked(profile, path, body)[0] == status


def test_an_unknown_sampler_is_refused_by_neo_alone() -> None:
    unknown = SMALL | {"sampler_name": "No Such"}
    assert _asked("forge-neo", "txt2img", unknown) == (400, {"detail": "Sampler not found"})
    assert _asked("ersatzforge", "txt2img", unknown)[0] == 200
    assert _info("forge-neo", SMALL | {"sampler_name": "Euler Karras"})["sampler_name"] == "Euler"


def test_neo_says_where_its_pydantic_explains_errors() -> None:
    _, answer = _asked("forge-neo", "txt2img", {"steps": "many"})
    assert answer["detail"][0]["url"] == "https://errors.pydantic.dev/2.10/v/int_parsing"


def test_versions_distinguish_the_programs() -> None:
    assert _info("forge-neo", SMALL)["infotexts"][0].endswith("Version: neo")
    info = _info("ersatzforge", SMALL)
    assert info["infotexts"][0].endswith("Version: f2.ersatz")
    assert "version" not in info


def test_a_second_pass_without_modules_fails_but_for_ersatzforge() -> None:
    for profile in ("forge", "forge-neo"):
        assert _asked(profile, "txt2img", HIRES)[0] == 500
    assert _asked("ersatzforge", "txt2img", HIRES)[0] == 200


def test_ersatzforge_spells_hires_in_its_own_way() -> None:
    info = _info("ersatzforge", HIRES | {"hr_prompt": "a wolf", "hr_cfg": 2.0})
    keys = {"HiRes upscale", "HiRes prompt", "HiRes CFG scale", "HiRes negative prompt"}
    assert keys <= info["extra_generation_params"].keys()
    assert "HiRes prompt: a wolf" in info["infotexts"][0]
    assert not any("Hires" in key for key in info["extra_generation_params"])


def test_ersatzforge_reads_its_own_spelling_in_an_infotext() -> None:
    text = "a fox\nSteps: 3, Sampler: Euler, Denoising strength: 0.4, HiRes upscale: 1.5"
    body = {"infotext": text, "styles": [], "width": 64, "height": 64}
    hires = {"hr_upscaler": "Latent", "hr_sampler_name": "Euler", "hr_scheduler": "Karras"}
    _, answer = _asked("ersatzforge", "txt2img", body | hires)
    assert (answer["parameters"]["enable_hr"], answer["parameters"]["hr_scale"]) == (True, 1.5)


def test_ersatzforge_says_no_negative_prompt_that_has_no_effect() -> None:
    infotext = _info("ersatzforge", SMALL | {"cfg_scale": 1})["infotexts"][0]
    assert "Negative prompt" not in infotext
    assert "Negative prompt: a cat" in _info("ersatzforge", SMALL)["infotexts"][0]


def test_options_that_no_document_says_outlive_a_change_of_extensions() -> None:
    webui = simulate("forge", Config())
    name = next(iter(webui.fixtures.get("options-unlisted")))
    webui.extensions.renewed()
    send = sender_to(create_app(webui))
    body = json.dumps({name: 1}).encode()
    assert send("POST", "/sdapi/v1/options", {"content-type": "application/json"}, body)[0] == 200
