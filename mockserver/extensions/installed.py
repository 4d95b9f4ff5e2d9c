"""Which extensions there are, and those that are installed on a simulated webui.

There is every package below this one whose module exports EXTENSION.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import BadInput
from mockserver.extensions.own import OwnExtension

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.base import Extension, Script
    from mockserver.extensions.disabled import Disabled


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


class InstalledExtensions:
    """The extensions of one server; they can be added and removed while it runs.

    Args:
        changed: called after every change.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._installed: list[Extension] = []
        self._webui: Webui | None = None

    def __iter__(self) -> Iterator[Extension]:
        return iter(self._installed)

    def __len__(self) -> int:
        return len(self._installed)

    @property
    def names(self) -> list[str]:
        """Names of those installed, in the order in which they are loaded."""
        return [extension.name for extension in self._installed]

    def loaded(self) -> Sequence[Extension]:
        """Those installed, in the order in which they are loaded."""
        return tuple(self._installed)

    def scripts(self) -> list[Script]:
        """Their scripts, in that order."""
        return [script for extension in self._installed for script in extension.scripts]

    def start(self, webui: Webui, specs: tuple[str, ...], disabled: Disabled) -> None:
        """Install what the server is started with.

        Args:
            webui: the simulated server.
            specs: ``name`` or ``name@version`` each.
            disabled: what was switched off, which is left out.

        Raises:
            BadInput: an unknown name.
        """
        self._webui = webui
        built_in = webui.profile.built_in
        every = [kind(webui, version) for kind, version in expand(specs, built_in)]
        self._installed = [extension for extension in every if disabled.allows(extension.folder)]
        asked = {kind.name for kind, _ in expand(specs)}
        for extension in self._installed:
            extension.asked = extension.name in asked
        self._sort()

    def add(
        self,
        name: str,
        *,
        args: Sequence[Any] | None = None,
        routes: Mapping[str, Callable[[Any], Any]] | None = None,
        tabs: Sequence[str] = ("txt2img", "img2img"),
        models: Iterable[str] | Mapping[str, Any] = (),
    ) -> Extension:
        """Install an extension: a packaged one by its name, or one of your own.

        Args:
            name: ``controlnet``, ``controlnet@1.1.447``; or the title of your own script.
            args: your script's arguments: default values, or items as script-info has them.
            routes: your routes: ``"GET /path"`` to a function of the JSON body.
            tabs: where your script is.
            models: files in its folder of models beside those it has: names, or names to what
                they do (detectors of ADetailer: to the boxes that they find).

        Returns:
            What was installed; one of the same name is replaced.

        Raises:
            BadInput: neither `args` nor `routes`, and no packaged extension of that name.
        """
        webui = self._server()
        new: Extension
        if args is None and routes is None:
            ((kind, version),) = expand((name,), self._built_in(webui, name))
            new = kind(webui, version)
        else:
            new = OwnExtension(webui, name, args or (), routes, tabs)
        if models:
            new.add_models(models)
        self._installed = [e for e in self._installed if e.name != new.name] + [new]
        self._sort()
        self._changed()
        return new

    def remove(self, name: str) -> None:
        """Uninstall an extension.

        Args:
            name: with or without ``@version``.

        Raises:
            BadInput: none of that name is installed.
        """
        if name.lower() not in self.names:
            there = ", ".join(self.names) or "none"
            raise BadInput(f"no extension {name!r} is installed; there are: {there}")
        self._installed = [e for e in self._installed if e.name != name.lower()]
        self._changed()

    @staticmethod
    def _built_in(webui: Webui, name: str) -> tuple[str, ...]:
        """What the program has of itself under that name."""
        wanted = name.strip().lower().partition("@")[0]
        return tuple(spec for spec in webui.profile.built_in if spec.partition("@")[0] == wanted)

    def change(self, asked: Mapping[str, Any]) -> None:
        """Add and remove as ``{"add": [...], "remove": [...]}`` says.

        Args:
            asked: names; an object ``{"name", "models"}`` is one with other models, one of
                ``{"title", "args", "routes"}`` your own, whose routes answer their values.

        Raises:
            BadInput: another key, or a name that there is not.
        """
        unknown = set(asked) - {"add", "remove"}
        if unknown:
            raise BadInput(f"{min(unknown)!r}: write {{'add': [...], 'remove': [...]}}")
        for name in _listed(asked.get("remove", ())):
            self.remove(str(name))
        for new in _listed(asked.get("add", ())):
            if isinstance(new, dict) and "name" in new:
                self.add(str(new["name"]), models=new.get("models", ()))
            elif isinstance(new, dict):
                values = new.get("routes") or {}
                routes = {key: lambda _, value=value: value for key, value in values.items()}
                self.add(str(new.get("title", "")), args=new.get("args", ()), routes=routes)
            else:
                self.add(str(new))

    def renewed(self) -> None:
        """What is installed was put back as it was: everything that follows from it is anew."""
        self._changed()

    def _sort(self) -> None:
        self._installed.sort(key=lambda extension: extension.folder.lower())

    def _server(self) -> Webui:
        if self._webui is None:
            raise BadInput("extensions are added to a server that was started")
        return self._webui


def _listed(given: Any) -> Sequence[Any]:
    return given if isinstance(given, list | tuple) else (given,)
