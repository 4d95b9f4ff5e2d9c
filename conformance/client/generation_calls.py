"""Calls that make, change or read pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from conformance.client.answers import (
    GenerationAnswer,
    PngInfo,
    UpscaledImage,
    UpscaledImages,
)
from conformance.client.caller import Caller
from conformance.client.field_check import check_fields
from conformance.client.fields import ExtrasFields
from conformance.client.image import PictureSource, encode_image
from conformance.client.reading import read_record
from conformance.errors import MalformedAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.client.payload import Img2Img, Txt2Img
    from conformance.client.timeouts import Timeouts


class GenerationCalls(Caller):
    """Each call raises ServerRefused, MalformedAnswer or ConnectionFailed."""

    def txt2img(self, payload: Txt2Img, *, timeout: Timeouts | None = None) -> GenerationAnswer:
        """POST txt2img; waits in the server's queue and for the pictures."""
        value, exchange = self.read("POST", "txt2img", json=payload.to_json(), timeout=timeout)
        return GenerationAnswer.read(value, exchange)

    def img2img(self, payload: Img2Img, *, timeout: Timeouts | None = None) -> GenerationAnswer:
        """POST img2img; waits in the server's queue and for the pictures."""
        value, exchange = self.read("POST", "img2img", json=payload.to_json(), timeout=timeout)
        return GenerationAnswer.read(value, exchange)

    def extra_single_image(
        self,
        image: PictureSource,
        **fields: Unpack[ExtrasFields],
    ) -> UpscaledImage:
        """POST extra-single-image: upscale one picture.

        Raises:
            PayloadError: names the field that is unknown, of a wrong type or impossible.
        """
        body = _extras_body(fields, {"image": encode_image(image)})
        value, exchange = self.read("POST", "extra-single-image", json=body)
        return read_record(UpscaledImage, value, exchange)

    def extra_batch_images(
        self,
        images: Sequence[tuple[str, PictureSource]],
        **fields: Unpack[ExtrasFields],
    ) -> UpscaledImages:
        """POST extra-batch-images: upscale pictures, each with a file name.

        Raises:
            PayloadError: names the field that is unknown, of a wrong type or impossible.
        """
        named = [{"data": encode_image(image), "name": name} for name, image in images]
        body = _extras_body(fields, {"imageList": named})
        value, exchange = self.read("POST", "extra-batch-images", json=body)
        return read_record(UpscaledImages, value, exchange)

    def png_info(self, image: PictureSource) -> PngInfo:
        """POST png-info: read the words in a picture; nothing is generated."""
        body = {"image": encode_image(image)}
        value, exchange = self.read("POST", "png-info", json=body)
        return read_record(PngInfo, value, exchange)

    def interrogate(self, image: PictureSource, model: str = "clip") -> str:
        """POST interrogate: a caption for a picture; downloads the model at its first use."""
        body = {"image": encode_image(image), "model": model}
        value, exchange = self.read("POST", "interrogate", json=body)
        caption = value.get("caption") if isinstance(value, dict) else None
        if not isinstance(caption, str):
            raise MalformedAnswer("an object with a text under 'caption' was expected", exchange)
        return caption


def _extras_body(fields: ExtrasFields, pictures: dict[str, Any]) -> dict[str, Any]:
    check_fields(ExtrasFields, dict(fields))
    return {**fields, **pictures}
