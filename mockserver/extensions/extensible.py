"""A simulated webui on which extensions can be installed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.server import Webui, shared_models
from mockserver.core.simulated import DEFAULT_PROFILE
from mockserver.extensions.calls import ScriptCalls
from mockserver.extensions.disabled import Disabled
from mockserver.extensions.installed import InstalledExtensions
from mockserver.extensions.lists import ListsWithExtensions, hides_options
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import is_packaged
from mockserver.pydantic_compat.models import Models

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.backends.a1111.options import OptionStore
    from mockserver.core.clock import Clock
    from mockserver.core.config import Config
    from mockserver.extensions.base import Extension
    from mockserver.http.routing import Route
    from mockserver.profiles.profile import Profile
    from mockserver.pydantic_compat.models import Model


#: What is computed from lists once and has to be computed anew when they change.
_COMPUTED = ("flags", "option_labels")


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
        self.callbacks = ScriptCalls(self, self.extensions)
        self.started = self.clock.now()

    def on_extensions_changed(self, listener: Callable[[], None]) -> None:
        """Have `listener` run after extensions were added or removed.

        Args:
            listener: called without arguments.
        """
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
        disabled = Disabled.of(self.config)
        lists = ListsWithExtensions(recorded, self.extensions.loaded, disabled)
        self.fixtures = lists
        self.extensions.start(self, self.config.extensions, disabled)
        return lists

    def _request_models(self) -> Models:
        off = Disabled.of(self.config)
        changed = off or self.config.extensions or self._document_grows
        if changed or not is_packaged(self.profile):
            lists = self.fixtures
            return Models(lists.get("openapi"), self.profile.requests, lists.spare_document)
        return shared_models(self.profile.fixtures, self.fixtures.mode, self.profile.name)

    @property
    def _document_grows(self) -> bool:
        """Whether an extension changes the document; one that a program has built in does not."""
        return any(one.imports_api or one.listed("openapi", None) for one in self.extensions)

    def _models_of_options(self) -> tuple[Model, Model | None]:
        """The model of all options, and that of GET's answer where it lacks some."""
        lists = self.fixtures
        if not self._document_grows or not isinstance(lists, ListsWithExtensions):
            return self.models.get("Options"), None
        document, spare = lists.openapi_of_all_options(), lists.spare_document
        every = Models(document, self.profile.requests, spare).get("Options")
        return every, self.models.get("Options")

    def _option_store(self) -> OptionStore:
        store = super()._option_store()
        for extension in self.extensions:
            self._store_options(store, extension)
        if self.config.disabled_extensions:
            store.put("disabled_extensions", list(self.config.disabled_extensions))
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
            self.fixtures = ListsWithExtensions(lists.plain, self.extensions.loaded, lists.disabled)
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

    Args:
        webui: the simulated server.

    Recorded: ext-auth/*: they ask for no credentials where the API does.
    """
    found = [route for extension in webui.extensions for route in extension.routes()]
    if not webui.config.extensions_late:
        return found
    return [replace(route, exists=lambda: webui.extensions_loaded) for route in found]
