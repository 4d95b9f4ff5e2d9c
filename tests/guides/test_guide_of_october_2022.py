"""The first form of the API guide: text2img alone, posted as text without a content type."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import requests
from PIL import Image, PngImagePlugin

URL = "http://127.0.0.1:7860"


def guide(payload: dict[str, Any], output: str = "output.png") -> dict[str, Any]:
    """What the guide tells its reader to run."""
    response = requests.post(url=f"{URL}/sdapi/v1/txt2img", data=json.dumps(payload), timeout=60)
    answer: dict[str, Any] = response.json()
    for i in answer["images"]:
        image = Image.open(io.BytesIO(base64.b64decode(i)))
        pnginfo = PngImagePlugin.PngInfo()
        pnginfo.add_text("parameters", str(answer["info"]))
        image.save(output, pnginfo=pnginfo)
    return answer


def test_the_guide_saves_a_picture_of_the_default_size() -> None:
    guide({"prompt": "puppy dog", "steps": 5})
    with Image.open("output.png") as image:
        assert (image.format, image.size) == ("PNG", (512, 512))


def test_the_saved_picture_says_how_it_was_made() -> None:
    answer = guide({"prompt": "puppy dog", "steps": 5, "width": 64, "height": 64})
    with Image.open("output.png") as image:
        saved = json.loads(image.info["parameters"])
    assert saved == json.loads(answer["info"])
    assert saved["infotexts"][0].startswith("puppy dog\nSteps: 5, Sampler: Euler, ")
    assert (saved["prompt"], saved["steps"]) == ("puppy dog", 5)


def test_the_request_had_no_content_type() -> None:
    request = requests.Request("POST", URL, data=json.dumps({"prompt": "puppy dog"})).prepare()
    assert "Content-Type" not in request.headers


def test_the_same_prompt_and_seed_give_the_same_picture() -> None:
    payload = {"prompt": "puppy dog", "steps": 5, "width": 64, "height": 64, "seed": 7}
    first, again = guide(payload, "a.png"), guide(payload, "b.png")
    other = guide({**payload, "prompt": "kitten"}, "c.png")
    assert first["images"] == again["images"] != other["images"]
    assert Path("a.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
