"""WD14 tagger as an extension: three routes.

Source: tagger/api.py at e72d984b; recorded: x-tagger/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.extensions.base import Extension
from mockserver.http.routing import Call, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.server import Webui


_PATH = "/tagger/v1"
_BODY = "TaggerInterrogateRequest"


class Tagger(Extension):
    """The extension stable-diffusion-webui-wd14-tagger, picobyte's fork."""

    name = "tagger"
    folder = "stable-diffusion-webui-wd14-tagger"
    versions = ("e72d984b",)
    summary = "tags of a picture with their scores: POST /tagger/v1/interrogate"
    imports_api = True

    def __init__(self, webui: Webui, version: str) -> None:
        super().__init__(webui, version)
        self._loaded: set[str] = set()

    def routes(self) -> Sequence[Route]:
        """Its three routes."""
        return (
            Route("POST", f"{_PATH}/interrogate", self._interrogate, _BODY, guarded=False),
            Route("GET", f"{_PATH}/interrogators", self._interrogators, guarded=False),
            Route("POST", f"{_PATH}/unload-interrogators", self._unload, guarded=False),
        )

    def _interrogators(self, _: Call) -> dict[str, Any]:
        return {"models": self.fixtures.get("models")}

    def _interrogate(self, call: Call) -> dict[str, Any]:
        """Tags and rating; the model is looked up before the picture is."""
        from mockserver.extensions.pictures import not_found, picture_sent  # noqa: PLC0415
        from mockserver.extensions.tagger.tags import rating, tags  # noqa: PLC0415

        values = call.values
        if values["model"] not in self.fixtures.get("models"):
            raise not_found("Model not found")
        image = picture_sent(self.webui, values["image"])
        self._loaded.add(values["model"])
        return {"caption": {"tag": tags(image, values["threshold"]), "rating": rating()}}

    def _unload(self, _: Call) -> str:
        count = len(self._loaded)
        self._loaded.clear()
        return f"Successfully unload {count} model(s)"


EXTENSION = Tagger
