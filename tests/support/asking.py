"""Short words for tests of simulated servers: one question, one answer, without a socket."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver.backends.registry import create_app
from mockserver.http.in_process import sender_to

if TYPE_CHECKING:
    from mockserver.core.simulated import SimulatedServer


@dataclass(frozen=True)
class Heard:
    """An answer; status None where the connection broke."""

    status: int | None
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def info(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.json["info"])
        return found

    @property
    def image(self) -> Image.Image:
        """The first of its pictures."""
        return opened(self.json["images"][0])


class Asker:
    """Asks one simulated server."""

    def __init__(self, server: SimulatedServer) -> None:
        self._send = sender_to(create_app(server))

    def __call__(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Heard:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Heard(*self._send(method, path, named, body))

    def get(self, name: str) -> Heard:
        return self("GET", f"/sdapi/v1/{name}")

    def post(self, name: str, body: Any) -> Heard:
        return self("POST", f"/sdapi/v1/{name}", json.dumps(body).encode())

    def draw(self, **fields: Any) -> Heard:
        """txt2img of the smallest picture."""
        small = {"prompt": "a red fox", "width": 64, "height": 64, "steps": 1, "seed": 7}
        return self.post("txt2img", small | fields)

    def redraw(self, **fields: Any) -> Heard:
        """The same with img2img."""
        small = {"prompt": "a red fox", "width": 64, "height": 64, "steps": 2, "seed": 7}
        return self.post("img2img", small | fields)


def picture(
    size: tuple[int, int] = (64, 64), mode: str = "RGB", kind: str = "PNG", colour: Any = 128
) -> str:
    """A picture of one colour, as base64."""
    fill = colour if len(Image.new(mode, (1, 1)).getbands()) == 1 else (colour,) * len(mode)
    out = io.BytesIO()
    Image.new(mode, size, fill).save(out, kind)
    return base64.b64encode(out.getvalue()).decode()


def opened(text: str) -> Image.Image:
    """The picture of base64 text."""
    image = Image.open(io.BytesIO(base64.b64decode(text)))
    image.load()
    return image
