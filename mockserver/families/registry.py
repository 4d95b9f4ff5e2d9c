"""Which family a profile belongs to, and a server of it.

A family is a package here, named as profiles name it, that exports ``FAMILY``; packages whose
name begins with an underscore are what several families share. It is imported
when a profile asks for it.
"""

from __future__ import annotations

import dataclasses
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from mockserver.errors import ProfileError
from mockserver.profile import load_profile
from mockserver.webui.config import Config
from mockserver.webui.simulated import DEFAULT_PROFILE

if TYPE_CHECKING:
    from mockserver.families.family import Family
    from mockserver.profile import Profile
    from mockserver.webui.clock import Clock
    from mockserver.webui.simulated import Simulated

_PACKAGE = "mockserver.families"


def family_names() -> list[str]:
    """Names of all families, sorted."""
    package = import_module(_PACKAGE)
    found = [module.name for module in iter_modules(package.__path__) if module.ispkg]
    return sorted(name for name in found if not name.startswith("_"))


def family_of(profile: Profile) -> Family:
    """The family of a profile.

    Raises:
        ProfileError: there is none of that name.
    """
    known = family_names()
    if profile.family not in known:
        words = f"profile {profile.name}: no family {profile.family!r}; there are"
        raise ProfileError(f"{words} {', '.join(known)}")
    found: Family = import_module(f"{_PACKAGE}.{profile.family}").FAMILY
    return found


def simulate(
    profile: Profile | str = DEFAULT_PROFILE,
    config: Config | None = None,
    clock: Clock | None = None,
) -> Simulated:
    """A simulated server of the profile's family.

    Args:
        profile: its rules, or the name of a packaged profile.
        config: how it was started.
        clock: its time; the machine's by default.

    Raises:
        ProfileError: no such profile or family, or a start that such a server does not know.
    """
    profile = load_profile(profile) if isinstance(profile, str) else profile
    family = family_of(profile)
    _check_start(profile, family, config or Config())
    return family.server(profile, config, clock)


def _check_start(profile: Profile, family: Family, config: Config) -> None:
    for field in dataclasses.fields(config):
        if field.name in family.starts or getattr(config, field.name) == field.default:
            continue
        words = f"profile {profile.name}: such a server is not started with {field.name!r}"
        raise ProfileError(f"{words}; leave it out")
