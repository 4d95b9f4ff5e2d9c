"""/sd_extra_networks/*: what the page's extra networks tab asks."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import HTTPError, ServerError
from mockserver.http.answers import json_response, render_standard
from mockserver.http.routing import QUERY, Call, Route

if TYPE_CHECKING:
    from flask import Response

    from mockserver.backends.a1111.server import Webui


PAGES = ("textual inversion", "hypernetworks", "checkpoints", "lora")


def known_files(webui: Webui) -> set[str]:
    """Files of the simulated server that a list says of.

    Args:
        webui: the simulated server.
    """
    networks = webui.networks
    return {
        *(checkpoint.filename for checkpoint in webui.checkpoints),
        *(item["filename"] for item in webui.listed("sd-vae")),
        *networks.hypernetworks.values(),
        *(lora.path for lora in networks.loras),
        *(networks.embeddings.path(name) for name in networks.embeddings.loaded),
    }


def page_metadata(webui: Webui, page: str) -> dict[str, dict[str, Any]]:
    """Metadata of each item of a page, by name; only Lora files have any here.

    Args:
        webui: the simulated server.
        page: ``lora``, ``checkpoints`` and so on.
    """
    if page != "lora":
        return {}
    return {lora.name: lora.metadata for lora in webui.networks.loras if lora.metadata}


_ROOT = "/sd_extra_networks/"
_PREVIEWS = ["png", "jpg", "jpeg", "webp", "gif"]


def routes(_: Webui) -> list[Route]:
    """The four routes."""
    found = {
        "thumb": _thumb,
        "cover-images": _cover,
        "metadata": _metadata,
        "get-single-card": _card,
    }
    return [
        Route("GET", _ROOT + name, answer, QUERY, guarded=False) for name, answer in found.items()
    ]


def _thumb(call: Call[Webui]) -> None:
    """A preview's file: there is none, and other files are not given away."""
    name = call.values["filename"]
    if name not in known_files(call.webui):
        raise HTTPError(404, "File not found")
    raise ServerError(
        "ValueError", f"File cannot be fetched: {name}. Extensions allowed: {_PREVIEWS}."
    )


def _cover(_: Call[Webui]) -> None:
    raise HTTPError(404, "File not found")


def _metadata(call: Call[Webui]) -> Response:
    found = page_metadata(call.webui, call.values["page"]).get(call.values["item"])
    answer: dict[str, Any] = {}
    if found:
        answer["metadata"] = json.dumps(found, indent=4, ensure_ascii=False)
    return json_response(render_standard(answer))


def _card(call: Call[Webui]) -> Response:
    if call.values["page"] not in PAGES:
        raise ServerError("AttributeError", "'NoneType' object has no attribute 'items'")
    name = html.escape(call.values["name"])
    card = f'<div class="card" data-name="{name}"><span class="name">{name}</span></div>'
    return json_response(render_standard({"html": card}))
