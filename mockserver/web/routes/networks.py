"""/sd_extra_networks/*: what the page's extra networks tab asks.

Source: modules/ui_extra_networks.py. The simulated server has model files but no previews.
"""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

from mockserver.errors import Crash, HTTPRefusal
from mockserver.web.answers import json_response
from mockserver.web.rendering import render_standard
from mockserver.web.route import QUERY, Call, Route
from mockserver.webui.pages import PAGES, known_files, page_metadata

if TYPE_CHECKING:
    from flask import Response

    from mockserver.webui.server import Webui

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


def _thumb(call: Call) -> None:
    """A preview's file: there is none, and other files are not given away."""
    name = call.values["filename"]
    if name not in known_files(call.webui):
        raise HTTPRefusal(404, "File not found")
    raise Crash("ValueError", f"File cannot be fetched: {name}. Extensions allowed: {_PREVIEWS}.")


def _cover(_: Call) -> None:
    raise HTTPRefusal(404, "File not found")


def _metadata(call: Call) -> Response:
    found = page_metadata(call.webui, call.values["page"]).get(call.values["item"])
    answer: dict[str, Any] = {}
    if found:
        answer["metadata"] = json.dumps(found, indent=4, ensure_ascii=False)
    return json_response(render_standard(answer))


def _card(call: Call) -> Response:
    if call.values["page"] not in PAGES:
        raise Crash("AttributeError", "'NoneType' object has no attribute 'items'")
    name = html.escape(call.values["name"])
    card = f'<div class="card" data-name="{name}"><span class="name">{name}</span></div>'
    return json_response(render_standard({"html": card}))
