"""MockApp: the Flask app around one simulated server, before it has any route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response
from werkzeug.exceptions import InternalServerError
from werkzeug.routing import BaseConverter, Map, Rule

from mockserver.journal import Journal
from mockserver.journal.layer import JournalLayer
from mockserver.web.lifecycle import KEY, Endless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from mockserver.webui.simulated import Simulated


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


class MockApp(Flask):
    """A Flask app whose routes answer as those of a simulated server.

    Args:
        webui: the simulated server.

    Attributes:
        webui: the simulated server.
        journal: what it was asked.
        journal_layer: what writes the journal.
    """

    url_rule_class = _ExactRule

    def __init__(self, webui: Simulated) -> None:
        super().__init__("mockserver.web", static_folder=None)
        self.webui = webui
        self.journal = Journal()
        self.journal_layer = JournalLayer(super().wsgi_app, self.journal, webui)
        self.url_map = self.new_url_map(())
        self.extensions[KEY] = Endless()
        self.register_error_handler(InternalServerError, _failed)

    def new_url_map(self, rules: Iterable[Rule]) -> Map:
        """A map of routes that takes paths as they are."""
        found = self.url_map_class(host_matching=False, merge_slashes=False)
        found.converters = {**found.converters, "any_path": _AnyPath}
        for rule in rules:
            found.add(rule)
        return found

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, and write it into the journal."""
        return self.journal_layer(environ, start_response)


def _failed(error: InternalServerError) -> Response:
    words = f"The mock failed, not the webui it simulates: {error.original_exception!r}\n"
    return Response(words, 500, mimetype="text/plain")
