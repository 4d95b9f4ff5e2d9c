"""What the webui says is on a picture."""

from __future__ import annotations

import base64

import pytest
from generations import in_base64
from PIL import Image

from mockserver import Webui
from mockserver.backends.a1111.input_images import interrogate
from mockserver.core.errors import HTTPError, ServerError

PICTURE = in_base64(Image.linear_gradient("L"))


@pytest.mark.parametrize(
    ("model", "caption"),
    [
        pytest.param("clip", "<error>", id="clip"),
        pytest.param("deepdanbooru", "no humans", id="db"),
    ],
)
def test_a_model_says_what_it_sees(model: str, caption: str) -> None:
    assert interrogate(Webui(), {"image": PICTURE, "model": model}) == {"caption": caption}


@pytest.mark.parametrize(
    ("image", "model", "refusal"),
    [
        pytest.param("", "clip", "500 Invalid encoded image", id="no picture"),
        pytest.param(PICTURE, "nope", "404 Model not found", id="no such model"),
        pytest.param("", "nope", "500 Invalid encoded image", id="neither"),
    ],
)
def test_the_picture_is_looked_at_before_the_model(image: str, model: str, refusal: str) -> None:
    with pytest.raises(HTTPError, match=refusal):
        interrogate(Webui(), {"image": image, "model": model})


def test_a_picture_has_to_be_whole() -> None:
    short = base64.b64encode(base64.b64decode(PICTURE)[:-40]).decode()

    with pytest.raises(ServerError, match="OSError: image file is truncated"):
        interrogate(Webui(), {"image": short, "model": "nope"})
