"""Segment Anything: masks of what stands at a point, in a box, or is of a category.

Source: scripts/api.py at 982138cf; recorded: x-sam/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError
from mockserver.extensions.base import Extension
from mockserver.http.routing import EMBEDDED, Call, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from mockserver.backends.a1111.server import Webui


# ruff: noqa: PLC0415

_SEGMENTED = f"{EMBEDDED}Body_api_controlnet_seg_sam_controlnet_seg_post"
_CATEGORIES = f"{EMBEDDED}Body_api_category_mask_sam_category_mask_post"

# Pillow is imported with the first picture, not when the server starts.


class SegmentAnything(Extension):
    """The extension sd-webui-segment-anything."""

    name = "segment-anything"
    folder = "sd-webui-segment-anything"
    versions = ("982138cf",)
    summary = "masks of what stands at a point: POST /sam/sam-predict"
    imports_api = True

    def routes(self) -> Sequence[Route]:
        """Its routes."""
        return (
            _route("GET", "heartbeat", lambda _: {"msg": "Success!"}),
            _route("GET", "sam-model", lambda _: self.fixtures.get("models")),
            _route("POST", "sam-predict", self._predict, "SamPredictRequest"),
            _route("POST", "dino-predict", self._boxes, "DINOPredictRequest"),
            _route("POST", "dilate-mask", self._dilate, "DilateMaskRequest"),
            _route("POST", "controlnet-seg", self._segments, _SEGMENTED),
            _route("POST", "category-mask", self._category, _CATEGORIES),
        )

    def _sent(self, text: Any, mode: str) -> Image.Image:
        from mockserver.extensions.lists import picture_sent

        return picture_sent(self.webui, text).convert(mode)

    def _load(self, model: str) -> None:
        if model not in self.fixtures.get("models"):
            raise ServerError(
                "Exception", f"{model} not found, please download model to models/sam."
            )

    def _predict(self, call: Call[Webui]) -> dict[str, Any]:
        from mockserver.extensions.segment_anything.answers import prediction

        image = self._sent(call.values["input_image"], "RGBA")
        self._load(call.values["sam_model_name"])
        return prediction(image, call.values)

    def _boxes(self, call: Call[Webui]) -> dict[str, Any]:
        from mockserver.extensions.segment_anything.answers import boxes_found

        return boxes_found(self._sent(call.values["input_image"], "RGBA"), call.values)

    def _dilate(self, call: Call[Webui]) -> dict[str, Any]:
        from mockserver.extensions.segment_anything.answers import dilation

        image = self._sent(call.values["input_image"], "RGBA")
        mask = self._sent(call.values["mask"], "L")
        return dilation(image, mask, call.values["dilate_amount"])

    def _segments(self, call: Call[Webui]) -> dict[str, Any]:
        from mockserver.extensions.segment_anything.answers import segments

        payload = call.values["payload"]
        image = self._sent(payload["input_image"], "RGB")
        self._load(payload["sam_model_name"])
        return segments(image)

    def _category(self, call: Call[Webui]) -> dict[str, Any]:
        from mockserver.extensions.segment_anything.answers import category_mask

        payload = call.values["payload"]
        image = self._sent(payload["input_image"], "RGBA")
        self._load(payload["sam_model_name"])
        return category_mask(image)


def _route(method: str, name: str, answer: Any, takes: str = "") -> Route:
    return Route(method, f"/sam/{name}", answer, takes, guarded=False)


EXTENSION = SegmentAnything
