"""ReActor: the face of one picture in another, by a script and on routes.

Source: scripts/reactor_api.py at 2c6a6e63; recorded: x-reactor/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.extensions.base import Extension, Script
from mockserver.http.routing import EMBEDDED, Call, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.server import Webui


# Pillow is imported with the first picture, not when the server starts.
# ruff: noqa: PLC0415

_IMAGE = f"{EMBEDDED}Body_reactor_image_reactor_image_post"
_FACE_MODEL = f"{EMBEDDED}Body_reactor_facemodels_build_reactor_facemodels_post"


class ReActorExtension(Extension):
    """The extension sd-webui-reactor."""

    name = "reactor"
    folder = "sd-webui-reactor"
    versions = ("2c6a6e63",)
    summary = "puts the face of one picture into another"
    imports_api = True

    def make_scripts(self) -> Sequence[Script]:
        """Its one script."""
        from mockserver.extensions.reactor.script import ReActor

        return (ReActor(self.webui, self.fixtures.get("models")),)

    def routes(self) -> Sequence[Route]:
        """Its routes."""
        return (
            _route("POST", "image", self._image, _IMAGE),
            _route("GET", "models", lambda _: {"models": self.fixtures.get("models")}),
            _route("GET", "upscalers", self._upscalers),
            _route("GET", "facemodels", lambda _: {"facemodels": []}),
            _route("POST", "facemodels", self._face_model, _FACE_MODEL),
        )

    def _upscalers(self, _: Call[Webui]) -> dict[str, Any]:
        return {"upscalers": [item["name"] for item in self.webui.listed("upscalers")]}

    def _image(self, call: Call[Webui]) -> dict[str, Any]:
        """The target with the source's face; as it was without a face or without the model."""
        from mockserver.extensions.lists import as_base64, picture_sent
        from mockserver.extensions.reactor.script import Enhancement, swapped

        values = call.values
        source = None
        if values["select_source"] == 0:
            source = picture_sent(self.webui, values["source_image"])
        target = picture_sent(self.webui, values["target_image"])
        if source is None or values["model"] not in self.fixtures.get("models"):
            return {"image": as_base64(target)}
        after = Enhancement(values["upscaler"], values["scale"], values["upscale_force"])
        faces = values["source_faces_index"] or [0], values["face_index"] or [0]
        made, _ = swapped(source, target, *faces, after)
        return {"image": as_base64(made)}

    def _face_model(self, call: Call[Webui]) -> str:
        """Build a face model: the pictures are looked at, and nothing is kept."""
        from mockserver.extensions.lists import picture_sent

        for text in call.values["source_images"]:
            picture_sent(self.webui, text)
        return "Done"


def _route(method: str, name: str, answer: Any, takes: str = "") -> Route:
    return Route(method, f"/reactor/{name}", answer, takes, guarded=False)


EXTENSION = ReActorExtension
