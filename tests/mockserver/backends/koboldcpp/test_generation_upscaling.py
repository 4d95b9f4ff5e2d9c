"""KoboldCpp's upscaler."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Asker, opened, picture

from mockserver.backends.registry import simulate

HTML = "<p>Postprocess upscale by: 2.0, Postprocess upscaler: ESRGAN_4x</p>"


@pytest.fixture
def ask() -> Asker:
    return Asker(simulate("koboldcpp-1.111"))


@pytest.mark.parametrize("name", ["extra-single-image", "upscale"])
@pytest.mark.parametrize("factor", [0.5, 2, 3])
def test_it_knows_one_factor_and_one_sentence(ask: Asker, name: str, factor: float) -> None:
    body = {"image": picture((16, 8)), "upscaling_resize": factor, "upscaler_1": "Lanczos"}
    told = ask.post(name, body).json
    assert opened(told["image"]).size == (64, 32)
    assert told["html_info"] == HTML


@pytest.mark.parametrize(
    "image",
    [
        pytest.param("@@", id="no base64"),
        pytest.param(f"data:image/png;base64,{picture()}", id="a data URI"),
        pytest.param(picture(kind="WEBP"), id="WEBP"),
        pytest.param("", id="empty"),
    ],
)
def test_what_it_cannot_read_gives_an_empty_text(ask: Asker, image: str) -> None:
    heard = ask.post("extra-single-image", {"image": image})
    assert (heard.status, heard.json) == (200, {"html_info": HTML, "image": ""})


def test_a_picture_beyond_its_memory_gives_one_too(ask: Asker) -> None:
    heard = ask.post("extra-single-image", {"image": picture((4096, 2048))})
    assert heard.json["image"] == ""


@pytest.mark.parametrize("image", [5, None, [picture()]], ids=["number", "null", "list"])
def test_what_is_no_text_breaks_the_connection(ask: Asker, image: Any) -> None:
    assert ask.post("extra-single-image", {"image": image}).status is None
