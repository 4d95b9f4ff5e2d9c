"""The later form of the API guide: png-info for the metadata, override settings, options."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import pytest
import requests
from PIL import Image, PngImagePlugin

if TYPE_CHECKING:
    import mockserver

URL = "http://127.0.0.1:7860"
PUPPY = {"prompt": "puppy dog", "steps": 5, "width": 64, "height": 64, "seed": 7}


def guide(payload: dict[str, Any]) -> dict[str, Any]:
    """What the guide tells its reader to run."""
    response = requests.post(url=f"{URL}/sdapi/v1/txt2img", json=payload, timeout=60)
    answer: dict[str, Any] = response.json()
    for i in answer["images"]:
        image = Image.open(io.BytesIO(base64.b64decode(i.split(",", 1)[0])))
        png_payload = {"image": "data:image/png;base64," + i}
        response2 = requests.post(url=f"{URL}/sdapi/v1/png-info", json=png_payload, timeout=60)
        pnginfo = PngImagePlugin.PngInfo()
        pnginfo.add_text("parameters", response2.json().get("info"))
        image.save("output.png", pnginfo=pnginfo)
    return answer


def set_options(**options: Any) -> requests.Response:
    """What the guide tells its reader to run for settings that stay."""
    return requests.post(url=f"{URL}/sdapi/v1/options", json=options, timeout=60)


def saved_infotext() -> str:
    with Image.open("output.png") as image:
        text: str = image.info["parameters"]
    return text


def test_the_guide_saves_a_picture_with_its_infotext() -> None:
    guide(PUPPY)
    assert saved_infotext().startswith("puppy dog\nSteps: 5, Sampler: Euler, Schedule type: ")
    assert "Seed: 7, Size: 64x64" in saved_infotext()


def test_override_settings_hold_for_one_request() -> None:
    guide({**PUPPY, "override_settings": {"CLIP_stop_at_last_layers": 2}})
    assert "Clip skip: 2" in saved_infotext()
    guide(PUPPY)
    assert "Clip skip" not in saved_infotext()


def test_an_override_that_the_server_no_longer_knows_is_an_error() -> None:
    override_settings = {"filter_nsfw": True, "CLIP_stop_at_last_layers": 2}
    payload = {**PUPPY, "override_settings": override_settings}
    response = requests.post(url=f"{URL}/sdapi/v1/txt2img", json=payload, timeout=60)
    assert response.status_code == 500
    assert response.json() == {
        "error": "KeyError",
        "detail": "",
        "body": "",
        "errors": "'filter_nsfw'",
    }
    with pytest.raises(KeyError, match="images"):
        guide(payload)


def test_options_are_set_to_stay() -> None:
    model = requests.get(url=f"{URL}/sdapi/v1/sd-models", timeout=60).json()[1]
    title = model["title"]
    response = set_options(sd_model_checkpoint=title, CLIP_stop_at_last_layers=2)
    assert (response.status_code, response.json()) == (200, None)
    options = requests.get(url=f"{URL}/sdapi/v1/options", timeout=60).json()
    assert options["sd_model_checkpoint"] == title
    assert options["CLIP_stop_at_last_layers"] == 2
    guide(PUPPY)
    assert f"Model hash: {model['hash']}, " in saved_infotext()
    assert "Clip skip: 2" in saved_infotext()


def test_an_option_that_the_server_does_not_know_is_an_error() -> None:
    response = set_options(filter_nsfw=True)
    assert (response.status_code, response.json()["errors"]) == (500, "'filter_nsfw'")


def test_a_model_that_the_server_does_not_have_is_an_error(
    webui: mockserver.Activated,
) -> None:
    before = webui.webui.options["sd_model_checkpoint"]
    response = set_options(sd_model_checkpoint="Anything-V3.0-pruned.ckpt [2700c435]")
    assert (response.status_code, response.json()["error"]) == (500, "RuntimeError")
    assert webui.webui.options["sd_model_checkpoint"] == before
