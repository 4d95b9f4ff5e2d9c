"""A client and a conformance suite for servers of the stable-diffusion-webui HTTP API.

The names below are loaded when they are used, for the pytest plugin of this package is part of
every run of pytest, and must not slow it down.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.checks import check
    from conformance.client import Client, Img2Img, Timeouts, Txt2Img
    from conformance.detection.profile import ServerProfile
    from conformance.detection.target import Target
    from conformance.errors import ConformanceError
    from conformance.requirements.catalogue import load_catalogue
    from conformance.runner.check_context import CheckContext
    from conformance.verdict import Result, Verdict


__all__ = [
    "CheckContext",
    "Client",
    "ConformanceError",
    "Img2Img",
    "Result",
    "ServerProfile",
    "Target",
    "Timeouts",
    "Txt2Img",
    "Verdict",
    "check",
    "load_catalogue",
]

_HOMES = {
    "conformance.requirements.catalogue": ("load_catalogue",),
    "conformance.checks": ("check",),
    "conformance.client": ("Client", "Img2Img", "Timeouts", "Txt2Img"),
    "conformance.errors": ("ConformanceError",),
    "conformance.runner.check_context": ("CheckContext",),
    "conformance.detection.profile": ("ServerProfile",),
    "conformance.detection.target": ("Target",),
    "conformance.verdict": ("Result", "Verdict"),
}


def __getattr__(name: str) -> Any:
    """A public name, loaded now."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
