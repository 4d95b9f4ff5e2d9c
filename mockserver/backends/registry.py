"""Backends: which program a profile belongs to, a server of it, and the app around it.

A backend is a package here, named as profiles name it, whose module ``backend`` holds ``BACKEND``.
It is imported when a profile asks for it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from mockserver.core.config import Config
from mockserver.core.errors import ProfileError
from mockserver.core.simulated import DEFAULT_PROFILE
from mockserver.http.app import MockApp
from mockserver.profiles.loader import load_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.core.clock import Clock
    from mockserver.core.simulated import SimulatedServer
    from mockserver.profiles.profile import Profile


@dataclass(frozen=True)
class Backend:
    """One program.

    Attributes:
        server: class of its simulated server.
        fill: gives an app the answers of its server, ``app.webui``.
        starts: fields of Config that mean something to it; others must keep their default.
        routes: ``GET /sdapi/v1/samplers`` and so on, for a program without a document of its
            own that shows them.
        fields: likewise ``txt2img.steps`` to type, default and bounds.
    """

    server: type[SimulatedServer]
    fill: Callable[[MockApp], None]
    starts: frozenset[str]
    routes: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


_PACKAGE = "mockserver.backends"


@cache
def backend_names() -> tuple[str, ...]:
    """Names of all families, sorted."""
    package = import_module(_PACKAGE)
    found = [module.name for module in iter_modules(package.__path__) if module.ispkg]
    return tuple(sorted(name for name in found if name != "cpp_common"))


def backend_of(profile: Profile) -> Backend:
    """The family of a profile.

    Args:
        profile: with its rules.

    Raises:
        ProfileError: there is none of that name.
    """
    known = backend_names()
    if profile.family not in known:
        text = f"profile {profile.name}: no family {profile.family!r}; there are"
        raise ProfileError(f"{text} {', '.join(known)}")
    found: Backend = import_module(f"{_PACKAGE}.{profile.family}.backend").BACKEND
    return found


def simulate(
    profile: Profile | str = DEFAULT_PROFILE,
    config: Config | None = None,
    clock: Clock | None = None,
) -> SimulatedServer:
    """A simulated server of the profile's family.

    Args:
        profile: its rules, or the name of a packaged profile.
        config: how it was started.
        clock: its time; the machine's by default.

    Raises:
        ProfileError: no such profile or family, or a start that such a server does not know.
    """
    profile = load_profile(profile) if isinstance(profile, str) else profile
    family = backend_of(profile)
    _check_start(profile, family, config or Config())
    return family.server(profile, config, clock)


def _check_start(profile: Profile, family: Backend, config: Config) -> None:
    for start in dataclasses.fields(config):
        if start.name in family.starts or getattr(config, start.name) == start.default:
            continue
        text = f"profile {profile.name}: such a server is not started with {start.name!r}"
        raise ProfileError(f"{text}; leave it out")


__all__ = ["MockApp", "create_app"]


def create_app(webui: SimulatedServer | None = None) -> MockApp:
    """A WSGI app that answers as the simulated server does.

    Args:
        webui: the simulated server; one of the default profile when left out.
    """
    app = MockApp(webui or simulate())
    backend_of(app.webui.profile).fill(app)
    app.successor = lambda profile: create_app(simulate(profile, app.webui.config, app.webui.clock))
    app.control.remember_start()
    return app
