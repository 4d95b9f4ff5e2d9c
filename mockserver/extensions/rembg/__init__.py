"""rembg: the background of a picture is cut away.

Source: scripts/api.py at a4c07b85; recorded: x-rembg/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.extensions.base import Extension
from mockserver.http.routing import EMBEDDED, Call, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.server import Webui

_BODY = f"{EMBEDDED}Body_rembg_remove_rembg_post"
_NONE = "None"


class Rembg(Extension):
    """The extension stable-diffusion-webui-rembg."""

    name = "rembg"
    folder = "stable-diffusion-webui-rembg"
    versions = ("a4c07b85",)
    summary = "cuts the background of a picture away: POST /rembg"
    imports_api = True

    def routes(self) -> Sequence[Route]:
        """Its one route."""
        return (Route("POST", "/rembg", self._remove, _BODY, guarded=False),)

    def _remove(self, call: Call[Webui]) -> dict[str, Any] | None:
        """The cut-out, or its mask; null without a model, whatever model where it is unknown."""
        from mockserver.extensions.lists import as_base64, picture_sent  # noqa: PLC0415
        from mockserver.extensions.rembg.cutout import cut_out, foreground  # noqa: PLC0415

        values = call.values
        if not values["model"] or values["model"] == _NONE:
            return None
        image = picture_sent(self.webui, values["input_image"])
        mask = foreground(image)
        made = mask if values["return_mask"] else cut_out(image, mask)
        return {"image": as_base64(made)}


EXTENSION = Rembg
