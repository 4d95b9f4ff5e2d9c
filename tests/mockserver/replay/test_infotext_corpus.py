"""png-info reads infotexts of many programs as the server that is simulated does."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
import requests
from infotexts import corpus
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mockserver import ManualClock, activate


def picture_with(infotext: str) -> str:
    info, file = PngInfo(), io.BytesIO()
    info.add_itxt("parameters", infotext)
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=info)
    return base64.b64encode(file.getvalue()).decode()


def read(url: str, infotext: str) -> Any:
    body = {"image": picture_with(infotext)}
    answer = requests.post(f"{url}/sdapi/v1/png-info", json=body, timeout=10)
    found = answer.json()
    return found["parameters"] if answer.ok else {"error": found["errors"]}


def test_the_corpus_has_texts_of_many_programs() -> None:
    assert len(corpus()) >= 150
    assert len({name.partition("/")[0] for name in corpus()}) >= 20


@pytest.mark.parametrize(
    "profile", ["a1111-1.10.1", "a1111-1.9.0", "sdnext-2025-03", "sdnext-2026-07"]
)
def test_a_server_reads_each_text_as_recorded(profile: str) -> None:
    with activate(profile=profile, clock=ManualClock()) as active:
        found = {name: read(active.url, row["text"]) for name, row in corpus().items()}

    assert found == {name: row["readings"][profile] for name, row in corpus().items()}
