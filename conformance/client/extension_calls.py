"""The typed calls of the client to routes of extensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.client.answers import picture_of
from conformance.client.image import PictureSource, encode_image
from conformance.client.records import read_object, read_record
from conformance.client.requester import Requester, read_json
from conformance.client.scripts import check_detect
from conformance.errors import MalformedAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.client.image import DecodedImage
    from conformance.exchange import Exchange


class ExtensionCalls(Requester):
    """Calls of ControlNet and ADetailer, where a server has them.

    Each raises ServerRefused, MalformedAnswer or ConnectionFailed.
    """

    def controlnet_version(self) -> int:
        """GET /controlnet/version: 3 since 1.1.448, 2 before."""
        value, exchange = self._outside("GET", "/controlnet/version")
        version = value.get("version")
        if not isinstance(version, int):
            raise MalformedAnswer("an integer under 'version' was expected", exchange)
        return version

    def controlnet_models(self) -> list[str]:
        """GET /controlnet/model_list: names with the hash in brackets."""
        return self._names("/controlnet/model_list", "model_list")

    def controlnet_modules(self) -> list[str]:
        """GET /controlnet/module_list: names of the preprocessors."""
        return self._names("/controlnet/module_list", "module_list")

    def controlnet_detect(
        self,
        images: Sequence[PictureSource],
        module: str = "none",
        *,
        masks: Sequence[PictureSource] = (),
        processor_res: int = -1,
        thresholds: tuple[float, float] = (-1, -1),
    ) -> list[DecodedImage]:
        """POST /controlnet/detect: the map of each picture.

        Args:
            images: files, Pillow images, bytes or base64.
            module: the preprocessor's name.
            masks: one for each picture, or none.
            processor_res: the shorter edge in pixels.
            thresholds: a and b of the preprocessor.

        Raises:
            PayloadError: no picture, or a mask of one channel, over which the server fails.
        """
        body = {
            "controlnet_module": module,
            "controlnet_input_images": [encode_image(image) for image in images],
            "controlnet_masks": [encode_image(mask) for mask in masks],
            "controlnet_processor_res": processor_res,
            "controlnet_threshold_a": thresholds[0],
            "controlnet_threshold_b": thresholds[1],
        }
        check_detect(images, masks)
        value, exchange = self._outside("POST", "/controlnet/detect", json=body)
        maps = read_record(_Maps, value, exchange).images
        return [picture_of(text, f"images[{i}]", exchange) for i, text in enumerate(maps)]

    def adetailer_models(self) -> list[str]:
        """GET /adetailer/v1/ad_model: names of the detectors."""
        return self._names("/adetailer/v1/ad_model", "ad_model")

    def _names(self, path: str, key: str) -> list[str]:
        value, exchange = self._outside("GET", path)
        names = value.get(key)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise MalformedAnswer(f"an array of texts under {key!r} was expected", exchange)
        return names

    def _outside(self, method: str, path: str, **request: Any) -> tuple[dict[str, Any], Exchange]:
        exchange = self.ask_path(method, path, **request)
        return read_object(read_json(exchange), exchange), exchange


@dataclass(frozen=True)
class _Maps:
    images: list[str]
