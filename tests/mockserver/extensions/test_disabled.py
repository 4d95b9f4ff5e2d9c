"""Extensions that somebody switched off leave no trace but their flags."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from mockserver import activate
from mockserver.extensions.disabled import BUILT_IN

API = "/sdapi/v1/"
PICTURE = {"steps": 1, "width": 64, "height": 64, "seed": 1}


def got(webui: Any, name: str) -> Any:
    return requests.get(webui.url + API + name, timeout=9).json()


def test_without_any_extension_its_lists_options_and_scripts_are_gone() -> None:
    with activate(disable_all_extensions=True) as webui:
        missing = requests.get(webui.url + API + "loras", timeout=9).status_code
        options, flags = got(webui, "options"), got(webui, "cmd-flags")
        names = [item["name"] for item in got(webui, "upscalers")]
        scripts = got(webui, "scripts")["img2img"]
        paths = requests.get(webui.url + "/openapi.json", timeout=9).json()["paths"]

    assert missing == 404
    assert "/sdapi/v1/loras" not in paths
    assert (flags["disable_all_extensions"], flags["lora_dir"]) == (True, "/webui/models/Lora")
    starts = tuple(start for one in BUILT_IN.values() for start in one.options)
    assert [name for name in options if name.startswith(starts)] == []
    assert names[-1] == "R-ESRGAN 4x+ Anime6B"
    assert {"soft inpainting", "Hypertile", "extra options"}.isdisjoint(scripts)


@pytest.mark.parametrize("fresh", [False, True])
def test_a_lora_of_a_prompt_does_nothing_where_its_extension_is_off(fresh: bool) -> None:
    with activate(disabled_extensions=("Lora",), fresh=fresh) as webui:
        url = webui.url + API + "txt2img"
        body = {**PICTURE, "prompt": "cat <lora:tiny-lora:1>"}
        info = requests.post(url, json=body, timeout=9).json()["info"]
        listed = got(webui, "options")["disabled_extensions"]

    assert "Lora hashes" not in info
    assert listed == ["Lora"]


def test_only_what_is_built_in_stays_without_the_extras() -> None:
    with activate(extensions=("adetailer",), disable_extra_extensions=True) as webui:
        scripts = got(webui, "scripts")["txt2img"]

    assert "adetailer" not in scripts
    assert "Hypertile" in scripts


def test_without_hashing_no_model_has_a_hash() -> None:
    with activate(no_hashing=True) as webui:
        models, shown = got(webui, "sd-models"), got(webui, "options")["sd_model_checkpoint"]
        url = webui.url + API + "txt2img"
        info = requests.post(url, json=PICTURE, timeout=9).json()["info"]

    assert {(item["hash"], item["sha256"]) for item in models} == {(None, None)}
    assert shown == "tiny-a.safetensors"
    assert "Model hash" not in info
