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
    if version and version not in kind.versions:
        raise BadInput(f"no version {version!r} of {name}; there are {', '.join(kind.versions)}")
    return kind, version or kind.versions[0]


def expand(specs: tuple[str, ...]) -> list[tuple[type[Extension], str]]:
    """What several names stand for, each extension once; ``all`` for every one.

    Args:
        specs: ``name``, ``name@version`` or ``all``; what stands later wins.

    Raises:
        BadInput: one of them is unknown.
    """
    found: dict[type[Extension], str] = {}
    for spec in specs:
        if spec.strip().lower() == ALL:
            found |= {kind: kind.versions[0] for kind in packaged().values()}
        else:
            kind, version = find(spec)
            found[kind] = version
    return list(found.items())
