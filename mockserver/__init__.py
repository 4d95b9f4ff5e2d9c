"""A mock of the stable-diffusion-webui HTTP API that behaves as the real server does."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.activated import Activated
    from mockserver.backends.a1111.server import Webui
    from mockserver.backends.registry import create_app
    from mockserver.core.clock import ManualClock
    from mockserver.core.config import Config
    from mockserver.core.errors import MockError, ProfileError, ServeError
    from mockserver.faults import FaultError
    from mockserver.http.app import MockApp
    from mockserver.http.serve import serve
    from mockserver.http.threaded_server import ThreadedServer
    from mockserver.intercept.responses_mock import add_to
    from mockserver.journal.call import Call
    from mockserver.journal.journal import Journal
    from mockserver.journal.verification import JournalMismatch
    from mockserver.profiles.loader import load_profile
    from mockserver.profiles.profile import Profile
    from mockserver.testing import activate, serve_in_thread


__all__ = [
    "Activated",
    "Call",
    "Config",
    "FaultError",
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
    "add_to",
    "create_app",
    "load_profile",
    "serve",
    "serve_in_thread",
]

_HOMES = {
    "Activated": "mockserver.activated",
    "Call": "mockserver.journal.call",
    "Config": "mockserver.core.config",
    "FaultError": "mockserver.faults",
    "Journal": "mockserver.journal.journal",
    "JournalMismatch": "mockserver.journal.journal",
    "ManualClock": "mockserver.core.clock",
    "MockApp": "mockserver.backends.registry",
    "MockError": "mockserver.core.errors",
    "Profile": "mockserver.profiles.profile",
    "ProfileError": "mockserver.core.errors",
    "ServeError": "mockserver.core.errors",
    "ThreadedServer": "mockserver.http.threaded_server",
    "Webui": "mockserver.backends.a1111.server",
    "activate": "mockserver.testing",
    "add_to": "mockserver.intercept.responses_mock",
    "create_app": "mockserver.backends.registry",
    "load_profile": "mockserver.profiles.loader",
    "serve": "mockserver.http.serve",
    "serve_in_thread": "mockserver.testing",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: the pytest plugin is loaded in every run."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mockserver' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
