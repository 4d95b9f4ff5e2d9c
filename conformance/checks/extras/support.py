"""How checks ask for upscaled pictures, and what they read from the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect, pictures
from conformance.checks.support.settings import options
from conformance.client.image import DecodedImage, decode_image
from conformance.errors import ImageError
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from PIL import Image

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


SINGLE = "extra-single-image"
BATCH = "extra-batch-images"
# Upscalers that need no model.
LANCZOS, NEAREST = "Lanczos", "Nearest"
WIDTH, HEIGHT = 32, 16


def subject() -> Image.Image:
    """A small picture of four colours, wider than high."""
    return pictures.quarters(WIDTH, HEIGHT)


def single(context: CheckContext, image: Image.Image | bytes | str, **fields: Any) -> Exchange:
    """The answer of extra-single-image to a picture; text is sent as it is.

    Args:
        context: of the check.
        image: a picture, which is encoded, or any text.
        fields: further ones, by name.
    """
    text = image if isinstance(image, str) else pictures.text_of(image)
    return context.post(SINGLE, json={"image": text, **fields})


def batch(context: CheckContext, images: dict[str, Image.Image], **fields: Any) -> Exchange:
    """The answer of extra-batch-images to pictures: file name -> picture.

    Args:
        context: of the check.
        images: by file name.
        fields: further ones, by name.
    """
    items = [{"data": pictures.text_of(image), "name": name} for name, image in images.items()]
    return context.post(BATCH, json={"imageList": items, **fields})


def with_upscaler(context: CheckContext, name: str = LANCZOS) -> dict[str, str]:
    """The field that chooses an upscaler of the server's list.

    Args:
        context: of the check.
        name: of the upscaler; Lanczos by default.

    Raises:
        Skip: it is not listed, or a saved setting takes upscaling out of extras.
    """
    if name not in context.names.upscalers:
        raise Skip(f"the server lists no upscaler {name}")
    needs_upscaling(context)
    return {"upscaler_1": name}


def needs_upscaling(context: CheckContext) -> None:
    """Skip where a saved setting takes upscaling out of extras, with it the names of upscalers.

    Args:
        context: of the check.
    """
    if "Upscale" in (options(context).get("postprocessing_disable_in_extras") or ()):
        raise Skip("the option postprocessing_disable_in_extras takes upscaling out of extras")


def upscaled(exchange: Exchange) -> DecodedImage:
    """The picture of extra-single-image's answer, which has to be a success.

    Args:
        exchange: the request with its answer.
    """
    __tracebackhide__ = True
    body = expect.json_object(expect.ok(exchange))
    expect.keys(body, ("image",), "the answer", exchange)
    return _decoded(body["image"], "image", exchange)


def all_upscaled(exchange: Exchange) -> list[DecodedImage]:
    """The pictures of extra-batch-images' answer, which has to be a success.

    Args:
        exchange: the request with its answer.
    """
    __tracebackhide__ = True
    body = expect.json_object(expect.ok(exchange))
    images = body.get("images")
    if not isinstance(images, list):
        raise Failed("images as an array", f"images is {expect.kind(images)}", exchange)
    return [_decoded(text, f"images[{n}]", exchange) for n, text in enumerate(images)]


def has_size(picture: DecodedImage, width: int, height: int, exchange: Exchange) -> None:
    """A picture has exactly this size.

    Args:
        picture: of the answer.
        width: in pixels.
        height: in pixels.
        exchange: the request with its answer.
    """
    __tracebackhide__ = True
    if picture.size != (width, height):
        actual = f"it has {picture.size[0]}x{picture.size[1]}"
        raise Failed(f"a picture of {width}x{height}", actual, exchange)


def html_of(exchange: Exchange) -> str:
    """``html_info`` of an answer, which has to be text.

    Args:
        exchange: the request with its answer.
    """
    __tracebackhide__ = True
    html = expect.json_object(expect.ok(exchange)).get("html_info")
    if not isinstance(html, str):
        raise Failed("html_info as text", f"html_info is {expect.kind(html)}", exchange)
    return html


def _decoded(text: Any, where: str, exchange: Exchange) -> DecodedImage:
    __tracebackhide__ = True
    if not isinstance(text, str):
        raise Failed(f"{where} as base64 text", f"it is {expect.kind(text)}", exchange)
    try:
        return decode_image(text)
    except ImageError as error:
        raise Failed(f"{where} to be a picture", str(error), exchange) from error
