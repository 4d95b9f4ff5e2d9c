"""png-info, extras, interrogate, create/*, train/* and preprocess: work that is no generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.training import (
    create_embedding,
    create_hypernetwork,
    preprocess,
    train_embedding,
    train_hypernetwork,
)
from mockserver.http.routing import OBJECT, Call, Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.backends.a1111.server import Webui


# Pillow is imported with the first picture, not when the server starts.


def routes(_: Webui) -> list[Route]:
    """The routes; those of training take any object as keyword arguments."""
    return [
        Route("POST", "/sdapi/v1/png-info", _png_info, "PNGInfoRequest"),
        Route("POST", "/sdapi/v1/extra-single-image", _single, "ExtrasSingleImageRequest"),
        Route("POST", "/sdapi/v1/extra-batch-images", _batch, "ExtrasBatchImagesRequest"),
        Route("POST", "/sdapi/v1/interrogate", _interrogate, "InterrogateRequest"),
        _training("create/embedding", create_embedding),
        _training("create/hypernetwork", create_hypernetwork),
        _training("train/embedding", train_embedding),
        _training("train/hypernetwork", train_hypernetwork),
        _training("preprocess", preprocess, gone=True),
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


def _training(
    name: str, work: Callable[[Webui, dict[str, Any]], dict[str, str]], *, gone: bool = False
) -> Route:
    def answer(call: Call[Webui]) -> dict[str, str]:
        return work(call.webui, call.values)

    return Route("POST", f"/sdapi/v1/{name}", answer, OBJECT, gone=gone)
