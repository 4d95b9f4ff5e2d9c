"""Short words for the tests of SD.Next: a client, and requests with what a test is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generations import in_base64
from PIL import Image

from mockserver import Config, create_app
from mockserver.backends.registry import simulate
from mockserver.backends.sdnext.server import SdNext

if TYPE_CHECKING:
    from mockserver.core.clock import Clock

PROFILE = "sdnext-2025-03"
FOX = {"prompt": "a red fox", "width": 64, "height": 64, "steps": 2, "seed": 1234}


class Sdn:
    """A simulated SD.Next and a client before it.

    Attributes:
        server: the simulated server.
    """

    def __init__(self, clock: Clock | None = None, **config: Any) -> None:
        found = simulate(PROFILE, Config(**config), clock)
        assert isinstance(found, SdNext)
        self.server = found
        self._client = create_app(found).test_client()

    def get(self, route: str) -> tuple[int, Any]:
        return self._told(self._client.get(f"/sdapi/v1/{route}"))

    def post(self, route: str, **body: Any) -> tuple[int, Any]:
        return self._told(
            self._client.post(
                f"/sdapi/v1/{route}", data=json.dumps(body), content_type="application/json"
            )
        )

    def txt2img(self, **fields: Any) -> dict[str, Any]:
        """The answer, its info parsed."""
        return self._made("txt2img", fields)

    def img2img(self, **fields: Any) -> dict[str, Any]:
        """The answer, its info parsed; a wide picture is begun with if a test names none."""
        return self._made("img2img", {"init_images": [picture((96, 64))], **fields})

    def _made(self, route: str, fields: dict[str, Any]) -> dict[str, Any]:
        status, answer = self.post(route, **{**FOX, **fields})
        assert status == 200, answer
        return {**answer, "info": json.loads(answer["info"])}

    @staticmethod
    def _told(response: Any) -> tuple[int, Any]:
        return response.status_code, json.loads(response.get_data())


def picture(size: tuple[int, int] = (64, 64), colour: str = "navy", mode: str = "RGB") -> str:
    """A picture of one colour in base64."""
    return in_base64(Image.new(mode, size, colour))


def line(answer: dict[str, Any], number: int = 0) -> str:
    """The parameter line of a picture's infotext."""
    found: str = answer["info"]["infotexts"][number]
    return found.splitlines()[-1]
