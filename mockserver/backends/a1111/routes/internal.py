"""/internal/* and /sd_extra_networks/*: what the webui's own page asks, and clients probe."""

from __future__ import annotations

import hashlib
import html
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.backends.a1111.progress import internal_progress, pending_tasks
from mockserver.core.errors import HTTPError, ServerError
from mockserver.http.answers import json_response, render_standard
from mockserver.http.routing import QUERY, Call, Route

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui


_PLACE_OF_SUM = "0" * 64


def sysinfo_text(webui: Webui) -> str:
    """The report as JSON text, with the SHA-256 of itself (taken with a fixed text there).

    Args:
        webui: the simulated server.
    """
    text = json.dumps(_report(webui), indent=4, ensure_ascii=False)
    digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
    return text.replace(_PLACE_OF_SUM, digest)


def file_name(now: float) -> str:
    """Name under which the report is saved: ``sysinfo-2024-07-27-12-30.json``, UTC.

    Args:
        now: seconds since 1970.
    """
    return datetime.fromtimestamp(now, UTC).strftime("sysinfo-%Y-%m-%d-%H-%M.json")


def startup_profile() -> dict[str, Any]:
    """How long each part of starting took: nothing, in a mock."""
    return {"total": 0.0, "records": {}}


def _report(webui: Webui) -> dict[str, Any]:
    root = webui.flags["data_dir"]
    return {
        "Platform": "Linux",
        "Python": "3.11",
        "Version": webui.profile.version,
        "Commit": webui.fixtures.manifest.get("commit"),
        "Script path": root,
        "Data path": root,
        "Extensions dir": f"{root}/extensions",
        "Checksum": _PLACE_OF_SUM,
        "Commandline": ["launch.py"],
        "Exceptions": [],
        "RAM": webui.fixtures.get("memory")["ram"],
        # v1.6.0 has this report and no list of extensions.
        "Extensions": webui.fixtures.get("extensions") if webui.fixtures.has("extensions") else [],
        "Environment": {},
        "Config": webui.options.snapshot(webui.options.names),
        "Startup": startup_profile(),
        "Packages": [],
    }


_SYSINFO = "/internal/sysinfo"


def routes(_: Webui) -> list[Route]:
    """Routes of the page; none asks for the API's credentials."""
    plain = [
        ("ping", lambda _: {}),
        ("pending-tasks", lambda call: pending_tasks(call.webui)),
        ("quicksettings-hint", _hints),
        ("profile-startup", lambda _: startup_profile()),
        ("sysinfo-download", lambda call: _sysinfo(call, attachment=True)),
    ]
    return [
        Route("POST", "/internal/progress", _progress, "ProgressRequest", guarded=False),
        *(Route("GET", f"/internal/{name}", answer, guarded=False) for name, answer in plain),
        Route("GET", _SYSINFO, _sysinfo_as_asked, QUERY, guarded=False),
        *_of_networks(),
    ]


def _progress(call: Call[Webui]) -> dict[str, Any]:
    return internal_progress(
        call.webui,
        call.values["id_task"],
        call.values["id_live_preview"],
        # Before 1.6 nobody could say that no preview is wanted.
        live_preview=call.values.get("live_preview", True),
    )


def _hints(call: Call[Webui]) -> list[dict[str, str]]:
    labels = call.webui.option_labels
    return [{"name": name, "label": label} for name, label in labels.items()]


def _sysinfo_as_asked(call: Call[Webui]) -> Response:
    return _sysinfo(call, attachment=call.values["attachment"])


def _sysinfo(call: Call[Webui], *, attachment: bool) -> Response:
    response = Response(sysinfo_text(call.webui), mimetype="text/plain")
    kind = "attachment" if attachment else "inline"
    name = file_name(call.webui.clock.now())
    response.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    return response


_PAGES = ("textual inversion", "hypernetworks", "checkpoints", "lora")


def _known_files(webui: Webui) -> set[str]:
    """Files of the simulated server that a list says of."""
    networks = webui.networks
    return {
        *(checkpoint.filename for checkpoint in webui.checkpoints),
        *(item["filename"] for item in webui.listed("sd-vae")),
        *networks.hypernetworks.values(),
        *(lora.path for lora in networks.loras),
        *(networks.embeddings.path(name) for name in networks.embeddings.loaded),
    }


def _page_metadata(webui: Webui, page: str) -> dict[str, dict[str, Any]]:
    """Metadata of each item of a page, by name; only Lora files have any here."""
    if page != "lora":
        return {}
    return {lora.name: lora.metadata for lora in webui.networks.loras if lora.metadata}


_ROOT = "/sd_extra_networks/"
_PREVIEWS = ["png", "jpg", "jpeg", "webp", "gif"]


def _of_networks() -> list[Route]:
    """What the page's extra networks tab asks."""
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
    if name not in _known_files(call.webui):
        raise HTTPError(404, "File not found")
    raise ServerError(
        "ValueError", f"File cannot be fetched: {name}. Extensions allowed: {_PREVIEWS}."
    )


def _cover(_: Call[Webui]) -> None:
    raise HTTPError(404, "File not found")


def _metadata(call: Call[Webui]) -> Response:
    found = _page_metadata(call.webui, call.values["page"]).get(call.values["item"])
    answer: dict[str, Any] = {}
    if found:
        answer["metadata"] = json.dumps(found, indent=4, ensure_ascii=False)
    return json_response(render_standard(answer))


def _card(call: Call[Webui]) -> Response:
    if call.values["page"] not in _PAGES:
        raise ServerError("AttributeError", "'NoneType' object has no attribute 'items'")
    name = html.escape(call.values["name"])
    card = f'<div class="card" data-name="{name}"><span class="name">{name}</span></div>'
    return json_response(render_standard({"html": card}))
