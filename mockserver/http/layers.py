"""A Flask app in layers: journal, faults, flags of the start, and the short way to answers."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

from flask import Flask, Response
from werkzeug.exceptions import InternalServerError
from werkzeug.routing import BaseConverter, Map, Rule

from mockserver.core.errors import ProfileError
from mockserver.faults import Faults
from mockserver.faults.middleware import EndingLayer, FaultLayer
from mockserver.http.dispatch import Dispatcher, StartFlagsLayer, failure_response
from mockserver.journal.journal import Journal
from mockserver.journal.middleware import JournalMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from mockserver.core.simulated import SimulatedServer


#: Where an app keeps its lifecycle, among Flask's extensions.
KEY = "sdapi_lifecycle"


class Lifecycle(Protocol):
    """What server-stop and server-kill call."""

    def stop(self) -> None:
        """End once the answer under way has been sent."""
        ...

    def kill(self) -> None:
        """End at once: the client gets no answer, its connection breaks."""
        ...

    def reset_connection(self, host: str, port: str) -> None:
        """Have a client's connection reset, and not closed, when it breaks.

        Args:
            host: address of the client.
            port: its port.
        """
        ...


class Endless:
    """The lifecycle of an app that somebody else serves: it cannot be ended from inside."""

    def stop(self) -> None:
        """Nothing."""

    def kill(self) -> None:
        """Nothing."""

    def reset_connection(self, host: str, port: str) -> None:
        """Nothing.

        Args:
            host: address of the client.
            port: its port.
        """


class _ExactRule(Rule):
    """A rule that answers the methods it names and no others: HEAD does not follow GET."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        wanted = {method.upper() for method in kwargs.get("methods") or ()}
        super().__init__(*args, **kwargs)
        self.methods = wanted

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        """Compile what builds an address when one is first built, which the mock never does.

        Werkzeug compiles two for each rule at once, two thirds of the time a fresh app takes.
        """
        compiling = super()._compile_builder

        def build(rule: Rule, /, *args: Any, **kwargs: Any) -> Any:
            return compiling(append_unknown).__get__(rule, None)(*args, **kwargs)

        return build


class _AnyPath(BaseConverter):
    """Whatever is left of the path, slashes at its start too."""

    regex = ".*"
    part_isolating = False


class LayeredApp(Flask):
    """A Flask app whose routes answer as those of a simulated server.

    Args:
        webui: the simulated server.

    Attributes:
        webui: the simulated server.
        dispatcher: the short way to answers.
        journal: what it was asked.
        journal_layer: what writes the journal.
        flags_layer: what the start's flags decide.
        successor: makes an app of another profile, started as this one was.
        faults: what goes wrong on demand.
        fault_layer: what lets it go wrong.
        ending_layer: what breaks connections.
    """

    url_rule_class = _ExactRule

    def __init__(self, webui: SimulatedServer) -> None:
        self._routes_to_come: Callable[[], None] | None = None
        self._routes_lock = RLock()
        super().__init__("mockserver.http", static_folder=None)
        self.webui = webui
        self.successor: Callable[[str], LayeredApp] = _no_successor
        self.journal = Journal()
        self.url_map = self.new_url_map(())
        self.faults = Faults()
        self.dispatcher = Dispatcher(self, super().wsgi_app)
        self.flags_layer = StartFlagsLayer(self.dispatcher, webui)
        self.fault_layer = FaultLayer(self.flags_layer, self.faults, webui)
        self.journal_layer = JournalMiddleware(self.fault_layer, self.journal, webui)
        self.ending_layer = EndingLayer(self.journal_layer, webui.clock, self._reset_connection)
        self.extensions[KEY] = Endless()
        self.register_error_handler(InternalServerError, _failed)

    @property
    def url_map(self) -> Map:
        """The routes, as Flask looks for them; they are added when somebody asks."""
        with self._routes_lock:
            coming, self._routes_to_come = self._routes_to_come, None
            if coming is not None:
                coming()
        return self._url_map

    @url_map.setter
    def url_map(self, found: Map) -> None:
        self._url_map = found

    def add_routes_later(self, add: Callable[[], None]) -> None:
        """Add routes when Flask is first asked for them; most requests never do.

        Args:
            add: adds them; takes the place of one that was not called yet.
        """
        self._routes_to_come = add

    def become(self, other: LayeredApp) -> None:
        """Answer as another app from the next request on; journal and faults stay.

        Args:
            other: made for it, and not served itself.
        """
        self.webui = other.webui
        other.config["PROPAGATE_EXCEPTIONS"] = self.config["PROPAGATE_EXCEPTIONS"]
        other.extensions = self.extensions
        self.flags_layer.answer_for(other.dispatcher, other.webui)
        for layer in (self.fault_layer, self.journal_layer):
            layer.answer_for(other.webui)

    def new_url_map(self, rules: Iterable[Rule]) -> Map:
        """A map of routes that takes paths as they are.

        Args:
            rules: the routes, in the order of their registration.
        """
        found = self.url_map_class(host_matching=False, merge_slashes=False)
        found.converters = {**found.converters, "any_path": _AnyPath}
        for rule in rules:
            found.add(rule)
        return found

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, and write it into the journal.

        Args:
            environ: as WSGI has it.
            start_response: likewise.
        """
        environ[KEY] = self.extensions[KEY]
        return self.ending_layer(environ, start_response)

    def _reset_connection(self, environ: WSGIEnvironment) -> None:
        """Let the server that runs this app reset a connection when it breaks."""
        lifecycle: Lifecycle = self.extensions[KEY]
        lifecycle.reset_connection(environ.get("REMOTE_ADDR", ""), environ.get("REMOTE_PORT", ""))


def _no_successor(profile: str) -> LayeredApp:
    raise ProfileError(f"this mock cannot become {profile}")


def _failed(error: InternalServerError) -> Response:
    return failure_response(error.original_exception)
