"""A mock with extensions, asked without a network, and pictures to send to it."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from mockserver import Config, create_app
from mockserver.backends.registry import simulate

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from mockserver.core.clock import Clock

SMALL = {"width": 64, "height": 64, "steps": 2, "seed": 1234, "prompt": "a red fox"}


class Extended:
    """A mock of v1.10.1 with extensions.

    Args:
        extensions: their names.
        clock: its time.
        config: how it was started beyond that.
    """

    def __init__(self, *extensions: str, clock: Clock | None = None, **config: Any) -> None:
        start = Config(extensions=extensions, **config)
        self.webui: Any = simulate("a1111-1.10.1", start, clock=clock)
        self.client: FlaskClient = create_app(self.webui).test_client()

    def get(self, path: str) -> Any:
        """The JSON value at an address."""
        return self.client.get(path).get_json()

    def post(self, path: str, **fields: Any) -> Any:
        """The JSON value that comes for a JSON body."""
        return self.client.post(path, json=fields).get_json()

    def answer(self, path: str, fields: Any) -> TestResponse:
        """The whole answer."""
        return self.client.post(path, json=fields)

    def txt2img(self, scripts: dict[str, list[Any]] | None = None, **fields: Any) -> Made:
        """A small txt2img with arguments for always-on scripts."""
        return self._made("txt2img", scripts, fields)

    def img2img(self, scripts: dict[str, list[Any]] | None = None, **fields: Any) -> Made:
        """A small img2img with arguments for always-on scripts."""
        start = {"init_images": [encoded(picture())], "denoising_strength": 0.5}
        return self._made("img2img", scripts, start | fields)

    def _made(self, tab: str, scripts: dict[str, list[Any]] | None, fields: Any) -> Made:
        alwayson = {name: {"args": args} for name, args in (scripts or {}).items()}
        body = SMALL | fields | ({"alwayson_scripts": alwayson} if alwayson else {})
        return Made(self.answer(f"/sdapi/v1/{tab}", body))


class Made:
    """The answer of a generation."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.json: Any = response.get_json()

    @property
    def info(self) -> dict[str, Any]:
        """The parsed ``info``."""
        found: dict[str, Any] = json.loads(self.json["info"])
        return found

    @property
    def told(self) -> dict[str, Any]:
        """The extra parameters."""
        found: dict[str, Any] = self.info["extra_generation_params"]
        return found

    @property
    def images(self) -> list[Image.Image]:
        """The pictures."""
        return [decoded(text) for text in self.json["images"]]

    @property
    def crash(self) -> tuple[str, str]:
        """Class and text of the exception of a 500."""
        return self.json["error"], self.json["errors"]


def picture(size: tuple[int, int] = (64, 64), mode: str = "RGB") -> Image.Image:
    """A picture with a dark disc in its middle, on white."""
    image = Image.new("RGB", size, "white")
    box = (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4)
    ImageDraw.Draw(image).ellipse(box, fill=(180, 40, 40))
    return image.convert(mode)


def flat(size: tuple[int, int] = (64, 64)) -> Image.Image:
    """A picture of one colour."""
    return Image.new("RGB", size, (120, 130, 140))


def encoded(image: Image.Image) -> str:
    """A picture as base64 of a PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def decoded(text: str) -> Image.Image:
    """The picture of base64 or a data URI, loaded."""
    image = Image.open(io.BytesIO(base64.b64decode(text.rpartition(",")[2])))
    image.load()
    return image
