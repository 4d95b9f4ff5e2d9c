"""png-info, extras and interrogate: routes that take pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.http.routing import Call, Route

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui


# Pillow is imported with the first picture, not when the server starts.


def routes(_: Webui) -> list[Route]:
    """The four routes."""
    return [
        Route("POST", "/sdapi/v1/png-info", _png_info, "PNGInfoRequest"),
        Route("POST", "/sdapi/v1/extra-single-image", _single, "ExtrasSingleImageRequest"),
        Route("POST", "/sdapi/v1/extra-batch-images", _batch, "ExtrasBatchImagesRequest"),
        Route("POST", "/sdapi/v1/interrogate", _interrogate, "InterrogateRequest"),
    ]


def _png_info(call: Call[Webui]) -> dict[str, Any]:
    from mockserver.backends.a1111.png_info import png_info  # noqa: PLC0415 - start-up time

    return png_info(call.webui, call.values)


def _single(call: Call[Webui]) -> dict[str, str]:
    from mockserver.backends.a1111.extras import extra_single_image  # noqa: PLC0415 - start-up time

    return extra_single_image(call.webui, call.values)


def _batch(call: Call[Webui]) -> dict[str, Any]:
    from mockserver.backends.a1111.extras import extra_batch_images  # noqa: PLC0415 - start-up time

    return extra_batch_images(call.webui, call.values)


def _interrogate(call: Call[Webui]) -> dict[str, str]:
    from mockserver.backends.a1111.input_images import interrogate  # noqa: PLC0415 - start-up time

    return interrogate(call.webui, call.values)
