"""The lists: samplers, models, scripts and their kin, and refreshing them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError
from mockserver.http.answers import Prepared, render_standard
from mockserver.http.routing import Call, Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.backends.a1111.server import Webui


#: Lists that stay as they were recorded.
_RECORDED = (
    "samplers",
    "schedulers",
    "upscalers",
    "latent-upscale-modes",
    "sd-vae",
    "sd-modules",
    "face-restorers",
    "realesrgan-models",
    "prompt-styles",
    "memory",
    "scripts",
    "script-info",
    "extensions",
)
#: Lists that this version cannot answer: list to class and text of the exception.
_FAILURES = "failures"
#: Lists of a version that nobody recorded: of artists' names, gone by 1.0.
_EMPTY = ("artists", "artist-categories")
#: Refreshed behind the queue; the Lora extension does not wait.
_IN_TURN = ("refresh-embeddings", "refresh-vae")


def routes(webui: Webui) -> list[Route]:
    """Routes of the lists that this server has.

    Args:
        webui: the simulated server.
    """
    failures: dict[str, Any] = (
        webui.fixtures.get(_FAILURES) if webui.fixtures.has(_FAILURES) else {}
    )
    recorded = [
        Route("GET", f"/sdapi/v1/{name}", _recorded(webui, name, failures), ready=True)
        for name in _RECORDED
        if webui.fixtures.has(name)
    ]
    return [
        *recorded,
        *(Route("GET", f"/sdapi/v1/{name}", lambda _: [], gone=True) for name in _EMPTY),
        Route("GET", "/sdapi/v1/cmd-flags", _flags(failures.get("cmd-flags"))),
        Route("GET", "/sdapi/v1/sd-models", lambda call: call.webui.checkpoints.listed()),
        Route("GET", "/sdapi/v1/embeddings", lambda call: call.webui.networks.embeddings.listed()),
        Route("GET", "/sdapi/v1/hypernetworks", _hypernetworks),
        Route("GET", "/sdapi/v1/loras", lambda call: call.webui.networks.listed_loras()),
        *(Route("POST", f"/sdapi/v1/{name}", _refresh_in_turn(name)) for name in _IN_TURN),
        Route("POST", "/sdapi/v1/refresh-checkpoints", _refresh_checkpoints),
        Route("POST", "/sdapi/v1/refresh-loras", _refresh_loras),
    ]


def _recorded(
    webui: Webui, name: str, failures: dict[str, Any]
) -> Callable[[Call[Webui]], Prepared]:
    """Answers as recorded; some versions fail at a list of their own, always in the same words."""
    if name in failures:
        return _failing(failures[name])

    @cache
    def rendered() -> Prepared:
        return Prepared(render_standard(webui.fixtures.get(name)))

    def answer(_: Call[Webui]) -> Prepared:
        changed = webui.changed_lists.get(name)
        return rendered() if changed is None else Prepared(render_standard(changed))

    return answer


def _flags(crash: dict[str, Any] | None) -> Callable[[Call[Webui]], dict[str, Any]]:
    """Answers the flags; Forge fails where one has a number, and shows them all the same."""

    def flags(call: Call[Webui]) -> dict[str, Any]:
        if crash is not None:
            shown = call.webui.flags | crash.get("body", {})
            raise ServerError(crash["error"], crash["errors"], shown)
        return call.webui.flags

    return flags


def _failing(crash: dict[str, str]) -> Callable[[Call[Webui]], Prepared]:
    def fail(_: Call[Webui]) -> Prepared:
        raise ServerError(crash["error"], crash["errors"])

    return fail


def _hypernetworks(call: Call[Webui]) -> list[dict[str, Any]]:
    return call.webui.networks.listed_hypernetworks()


def _refresh_checkpoints(call: Call[Webui]) -> None:
    with call.webui.queue:
        call.webui.machine.refresh("refresh-checkpoints")
        call.webui.checkpoints.refresh()


def _refresh_in_turn(name: str) -> Callable[[Call[Webui]], None]:
    """Looks at the disk, behind whatever is running."""

    def refresh(call: Call[Webui]) -> None:
        with call.webui.queue:
            call.webui.machine.refresh(name)

    return refresh


def _refresh_loras(call: Call[Webui]) -> None:
    call.webui.machine.refresh("refresh-loras")
