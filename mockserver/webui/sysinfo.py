"""/internal/sysinfo: what a user pastes into a bug report; and the startup's profile.

Source: modules/sysinfo.py, modules/timer.py. Figures of the machine are the recorded ones or
left out: the simulated server has none of its own.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.webui.server import Webui

_PLACE_OF_SUM = "0" * 64


def sysinfo_text(webui: Webui) -> str:
    """The report as JSON text, with the SHA-256 of itself (taken with a fixed text there)."""
    text = json.dumps(_report(webui), indent=4, ensure_ascii=False)
    digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
    return text.replace(_PLACE_OF_SUM, digest)


def file_name(now: float) -> str:
    """Name under which the report is saved: ``sysinfo-2024-07-27-12-30.json``, UTC."""
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
