"""create/*, train/* and preprocess."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from typing import Any

    from mockserver.backends.a1111.server import Webui


def routes(_: Webui) -> list[Route]:
    """The routes; each takes any object as keyword arguments."""
    return [
        _route("create/embedding", create_embedding),
        _route("create/hypernetwork", create_hypernetwork),
        _route("train/embedding", train_embedding),
        _route("train/hypernetwork", train_hypernetwork),
        _route("preprocess", preprocess, gone=True),
    ]


def _route(
    name: str, work: Callable[[Webui, dict[str, Any]], dict[str, str]], *, gone: bool = False
) -> Route:
    def answer(call: Call[Webui]) -> dict[str, str]:
        return work(call.webui, call.values)

    return Route("POST", f"/sdapi/v1/{name}", answer, OBJECT, gone=gone)
