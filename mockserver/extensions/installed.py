"""A simulated webui on which extensions can be installed, and the ones that are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.server import Webui, shared_models
from mockserver.core.errors import BadInput
from mockserver.core.simulated import DEFAULT_PROFILE
from mockserver.extensions.calls import ScriptCalls
from mockserver.extensions.lists import ListsWithExtensions, hides_options
from mockserver.extensions.own import OwnExtension
from mockserver.extensions.registry import expand
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import is_packaged
from mockserver.pydantic_compat.models import Models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mockserver.backends.a1111.options import OptionStore
    from mockserver.core.clock import Clock
    from mockserver.core.config import Config
    from mockserver.extensions.base import Extension, Script
    from mockserver.http.routing import Route
    from mockserver.profiles.profile import Profile
    from mockserver.pydantic_compat.models import Model


#: What is computed from lists once and has to be computed anew when they change.
_COMPUTED = ("flags", "option_labels")


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

    def start(self, webui: Webui, specs: tuple[str, ...]) -> None:
        """Install what the server is started with.

        Raises:
            BadInput: an unknown name.
        """
        self._webui = webui
        built_in = webui.profile.built_in
        self._installed = [kind(webui, version) for kind, version in expand(specs, built_in)]
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


class ExtensibleWebui(Webui):
    """A simulated webui with extensions.

    Args:
        profile: its rules, or the name of a packaged profile.
        config: how it was started; its ``extensions`` are installed.
        clock: its time.

    Attributes:
        extensions: those installed.
        started: when it was started, in the clock's seconds.
    """

    def __init__(
        self,
        profile: Profile | str = DEFAULT_PROFILE,
        config: Config | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.extensions = InstalledExtensions(self._extensions_changed)
        self._listeners: list[Callable[[], None]] = []
        super().__init__(profile, config, clock)
        self.callbacks = ScriptCalls(self)
        self.started = self.clock.now()

    def on_extensions_changed(self, listener: Callable[[], None]) -> None:
        """Have `listener` run after extensions were added or removed."""
        self._listeners.append(listener)

    @property
    def world(self) -> tuple[Any, ...]:
        """What the webui's depends on, and its extensions."""
        return (*super().world, *self.extensions.loaded(), self.extensions_loaded)

    @property
    def extensions_loaded(self) -> bool:
        """Whether the routes of extensions exist by now."""
        return self.clock.now() >= self.started + self.config.extensions_late

    def _recorded(self, mode: str) -> FixtureSet:
        """The lists of the machine on which extensions were recorded, if there are any."""
        name = f"{self.profile.fixtures}-extensions"
        if not self.config.extensions or not FixtureSet.is_packaged(name):
            return super()._recorded(mode)
        return FixtureSet.packaged(name, mode)

    def _answered(self, recorded: FixtureSet) -> FixtureSet:
        lists = ListsWithExtensions(recorded, self.extensions.loaded)
        self.fixtures = lists
        self.extensions.start(self, self.config.extensions)
        return lists

    def _request_models(self) -> Models:
        if self.extensions or not is_packaged(self.profile):
            lists = self.fixtures
            return Models(lists.get("openapi"), self.profile.requests, lists.spare_document)
        return shared_models(self.profile.fixtures, self.fixtures.mode, self.profile.name)

    def _models_of_options(self) -> tuple[Model, Model | None]:
        """The model of all options, and that of GET's answer where it lacks some."""
        lists = self.fixtures
        if not self.extensions or not isinstance(lists, ListsWithExtensions):
            return self.models.get("Options"), None
        document, spare = lists.openapi_of_all_options(), lists.spare_document
        every = Models(document, self.profile.requests, spare).get("Options")
        return every, self.models.get("Options")

    def _option_store(self) -> OptionStore:
        store = super()._option_store()
        for extension in self.extensions:
            self._store_options(store, extension)
        return store

    @staticmethod
    def _store_options(store: OptionStore, extension: Extension) -> None:
        """Options of an extension are stored with their default wherever nothing was saved."""
        for name, value in extension.listed("options", {}).items():
            if name not in store.stored:
                store.put(name, value)

    def _extensions_changed(self) -> None:
        lists = self.fixtures
        if isinstance(lists, ListsWithExtensions):
            self.fixtures = ListsWithExtensions(lists.plain, self.extensions.loaded)
        self.models = self._request_models()
        self.options.renew(*self._models_of_options())
        for extension in self.extensions:
            self._store_options(self.options, extension)
        for name in _COMPUTED:
            self.__dict__.pop(name, None)
        self.forget_context()
        for listener in self._listeners:
            listener()

    @property
    def own_paths(self) -> set[str]:
        """Paths of its document, without those of extensions."""
        new = {p for e in self.extensions for p in e.listed("openapi", {}).get("paths", {})}
        return super().own_paths - new

    @property
    def hides_options(self) -> bool:
        """Whether GET options lacks what is registered late."""
        return hides_options(self.extensions.loaded())


def extension_routes(webui: ExtensibleWebui) -> list[Route]:
    """The routes of what is installed, in the order in which it is loaded.

    Recorded: ext-auth/*: they ask for no credentials where the API does.
    """
    found = [route for extension in webui.extensions for route in extension.routes()]
    if not webui.config.extensions_late:
        return found
    return [replace(route, exists=lambda: webui.extensions_loaded) for route in found]
