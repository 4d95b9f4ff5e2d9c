"""Which extensions there are: every package below this one whose module exports EXTENSION."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from mockserver.core.errors import BadInput

if TYPE_CHECKING:
    from mockserver.extensions.base import Extension


_PACKAGE = "mockserver.extensions"
#: Stands for every packaged extension in its newest version.
ALL = "all"


@cache
def packaged() -> dict[str, type[Extension]]:
    """All packaged extensions by name, in the order in which the webui loads their folders."""
    package = import_module(_PACKAGE)
    folders = [module.name for module in iter_modules(package.__path__) if module.ispkg]
    kinds: list[type[Extension]] = [
        import_module(f"{_PACKAGE}.{folder}").EXTENSION for folder in folders
    ]
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: kind.folder.lower())}


def find(spec: str) -> tuple[type[Extension], str]:
    """The extension that ``name`` or ``name@version`` names, and the version.

    Args:
        spec: as the command line or a test has it.

    Raises:
        BadInput: there is none of that name, or none of that version.
    """
    name, _, version = spec.strip().partition("@")
    known = packaged()
    kind = known.get(name.lower())
    if kind is None:
        close = get_close_matches(name.lower(), known, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise BadInput(f"no extension {name!r}; there are {', '.join(known)}{meant}")
    version = version or kind.versions[0]
    found = kind.of(version)
    if found is None:
        raise BadInput(f"no version {version!r} of {name}; there are {', '.join(kind.versions)}")
    return found, version


def expand(
    specs: tuple[str, ...], built_in: tuple[str, ...] = ()
) -> list[tuple[type[Extension], str]]:
    """What several names stand for, each extension once; ``all`` for every one.

    Args:
        specs: ``name``, ``name@version`` or ``all``; what stands later wins.
        built_in: likewise, what the program has of itself; a name without a version means it.

    Raises:
        BadInput: one of them is unknown.
    """
    found = {kind.name: (kind, version) for kind, version in map(find, built_in)}
    fixed = set(found)
    for spec in specs:
        every = spec.strip().lower() == ALL
        for name in packaged() if every else (spec,):
            kind, version = find(name)
            if kind.name not in fixed or "@" in name:
                found[kind.name] = kind, version
    return list(found.values())
