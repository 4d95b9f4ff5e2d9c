"""Routes that a server lacks because its operator switched off the extension that has them.

Source: modules/extensions.py, ``active``, and extensions-builtin/Lora of v1.10.1; Forge has the
same extension under a name of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API

if TYPE_CHECKING:
    from conformance.detection.probe import Probe


#: Path -> folders of the built-in extension that has it.
_OF_EXTENSIONS = {
    f"{API}/loras": ("Lora", "sd_forge_lora"),
    f"{API}/refresh-loras": ("Lora", "sd_forge_lora"),
}


def switched_off(probe: Probe, path: str) -> str:
    """Why a server lacks a route by its operator's will.

    Args:
        probe: of the server; asks for its flags and options.
        path: with any query.

    Returns:
        A sentence that names the flag or option; empty where neither switches the route off.
    """
    folders = _OF_EXTENSIONS.get(path.partition("?")[0])
    if folders is None:
        return ""
    flags, options = (_object(probe.json(f"{API}/{name}")) for name in ("cmd-flags", "options"))
    if flags.get("disable_all_extensions") is True:
        return _sentence(folders[0], "--disable-all-extensions")
    if options.get("disable_all_extensions") == "all":
        return _sentence(folders[0], "the option disable_all_extensions")
    disabled = options.get("disabled_extensions")
    if isinstance(disabled, list) and any(folder in disabled for folder in folders):
        return _sentence(folders[0], "the option disabled_extensions")
    return ""


def _sentence(folder: str, by: str) -> str:
    return f"{by} switches off the built-in extension {folder}, which has this route"


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
