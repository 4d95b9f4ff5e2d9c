"""A mock of the stable-diffusion-webui HTTP API that behaves as the real server does."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.errors import MockError, ProfileError, ServeError
    from mockserver.journal import Call, Journal, JournalMismatch
    from mockserver.profile import Profile, load_profile
    from mockserver.web.activation import Activated, activate
    from mockserver.web.app import MockApp, create_app
    from mockserver.web.serving import ThreadedServer, serve
    from mockserver.webui.clock import ManualClock
    from mockserver.webui.config import Config
    from mockserver.webui.server import Webui

__all__ = [
    "Activated",
    "Call",
    "Config",
    "Journal",
    "JournalMismatch",
    "ManualClock",
    "MockApp",
    "MockError",
    "Profile",
    "ProfileError",
    "ServeError",
    "ThreadedServer",
    "Webui",
    "activate",
    "create_app",
    "load_profile",
    "serve",
]

_HOMES = {
    "Activated": "mockserver.web.activation",
    "Call": "mockserver.journal",
    "Config": "mockserver.webui.config",
    "Journal": "mockserver.journal",
    "JournalMismatch": "mockserver.journal",
    "ManualClock": "mockserver.webui.clock",
    "MockApp": "mockserver.web.app",
    "MockError": "mockserver.errors",
    "Profile": "mockserver.profile",
    "ProfileError": "mockserver.errors",
    "ServeError": "mockserver.errors",
    "ThreadedServer": "mockserver.web.serving",
    "Webui": "mockserver.webui.server",
    "activate": "mockserver.web.activation",
    "create_app": "mockserver.web.app",
    "load_profile": "mockserver.profile",
    "serve": "mockserver.web.serving",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: the pytest plugin is loaded in every run."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mockserver' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
