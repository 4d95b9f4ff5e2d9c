"""/internal/*: what the webui's own page asks, and clients probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.web.route import QUERY, Call, Route
from mockserver.webui.progress import internal_progress, pending_tasks
from mockserver.webui.sysinfo import file_name, startup_profile, sysinfo_text

if TYPE_CHECKING:
    from mockserver.webui.server import Webui

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
    ]


def _progress(call: Call) -> dict[str, Any]:
    return internal_progress(
        call.webui,
        call.values["id_task"],
        call.values["id_live_preview"],
        # Before 1.6 nobody could say that no preview is wanted.
        live_preview=call.values.get("live_preview", True),
    )


def _hints(call: Call) -> list[dict[str, str]]:
    labels = call.webui.option_labels
    return [{"name": name, "label": label} for name, label in labels.items()]


def _sysinfo_as_asked(call: Call) -> Response:
    return _sysinfo(call, attachment=call.values["attachment"])


def _sysinfo(call: Call, *, attachment: bool) -> Response:
    response = Response(sysinfo_text(call.webui), mimetype="text/plain")
    kind = "attachment" if attachment else "inline"
    name = file_name(call.webui.clock.now())
    response.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    return response
