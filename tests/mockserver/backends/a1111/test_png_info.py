"""Answers of png-info, of this version and of earlier ones."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from mockserver import Webui
from mockserver.backends.a1111.png_info import png_info, sampler_names
from mockserver.core.errors import HTTPError, ServerError
from mockserver.fixtures.fixture_set import fixtures_root
from mockserver.fixtures.recording import Case, read_recording, reduce_answer
from mockserver.profiles.generation import PngInfoRules
from mockserver.profiles.loader import load_profile

EARLIER = {
    "a1111-1.9.0": PngInfoRules(exif_comment_item=True, text_comment=False),
    "a1111-1.7.0": PngInfoRules("1.7", exif_comment_item=True, text_comment=False),
    "a1111-1.6.0": PngInfoRules("", exif_comment_item=True, text_comment=False),
}


def recorded(name: str) -> list[Case]:
    cases = read_recording(fixtures_root() / "recordings" / f"{name}.jsonl")
    return [case for case in cases if case.group == "png-info"]


def server(rules: PngInfoRules) -> Webui:
    return Webui(dataclasses.replace(load_profile("a1111-1.10.1"), png_info=rules))


def told(webui: Webui, values: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and body, errors in the shape that recordings show."""
    try:
        return 200, png_info(webui, values)
    except HTTPError as refusal:
        named, texts = "HTTPException", (refusal.detail, "")
        status = refusal.status
    except ServerError as crash:
        named, texts, status = crash.name, ("", crash.text), 500
    return status, {"error": named, "detail": texts[0], "body": "", "errors": texts[1]}


@pytest.mark.parametrize(
    ("rules", "case"),
    [
        pytest.param(EARLIER[name], case, id=f"{name}/{case.id}")
        for name in EARLIER
        for case in recorded(name)
    ],
)
def test_earlier_versions_answer_as_recorded(rules: PngInfoRules, case: Case) -> None:
    step = case.steps[0]

    status, body = told(server(rules), step.json)

    assert status == step.answer.status
    assert json.dumps(reduce_answer(body)) == json.dumps(step.answer.body)


def png(**text: str) -> str:
    info = PngImagePlugin.PngInfo()
    for key, value in text.items():
        info.add_text(key, value)
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG", pnginfo=info)
    return base64.b64encode(out.getvalue()).decode()


def test_the_text_is_answered_and_parsed() -> None:
    text = "a fox\nSteps: 5, Sampler: Euler, CFG scale: 7"

    found = png_info(Webui(), {"image": f"\n {png(parameters=text, Title='x')} "})

    assert list(found) == ["info", "items", "parameters"]
    assert found["info"] == text
    assert found["items"] == {"Title": "x"}
    assert found["parameters"]["Steps"] == "5"


def test_the_server_s_styles_are_recognised() -> None:
    text = "cinematic still, a fox, film grain, 35mm\nNegative prompt: cartoon, drawing"

    found = png_info(Webui(), {"image": png(parameters=text)})

    assert found["parameters"]["Styles array"] == ["cinematic"]
    assert found["parameters"]["Prompt"] == "a fox"


def test_the_server_s_loras_are_recognised_by_their_hashes() -> None:
    webui = Webui()
    (short_hash, name), *_ = webui.networks.lora_names.items()
    line = f'Steps: 5, Sampler: Euler, CFG scale: 7, Lora hashes: "ink: {short_hash}"'

    found = png_info(webui, {"image": png(parameters=f"a <lora:ink:0.5>\n{line}")})

    assert found["parameters"]["Prompt"] == f"a <lora:{name}:0.5>"


def test_a_gif_says_its_version_and_comment() -> None:
    out = io.BytesIO()
    Image.new("P", (8, 8)).save(out, "GIF", comment=b"a fox")

    found = png_info(Webui(), {"image": base64.b64encode(out.getvalue()).decode()})

    assert found["info"] == "a fox"
    assert found["items"] == {"version": "GIF89a", "comment": "a fox"}


def test_samplers_are_known_by_name_and_alias_in_lower_case() -> None:
    listed = [{"name": "Euler a", "aliases": ["k_euler_a", "k_Euler_ancestral"], "options": {}}]

    assert sampler_names(listed) == dict.fromkeys(
        ("euler a", "k_euler_a", "k_euler_ancestral"), "Euler a"
    )
