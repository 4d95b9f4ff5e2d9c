"""Routes of a simulated webui."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mockserver.backends.a1111.routes import (
    control,
    documents,
    generation,
    gradio,
    internal,
    lists,
    recorded,
    tools,
)
from mockserver.core.errors import RouteError
from mockserver.core.simulated import DEFAULT_PROFILE
from mockserver.fixtures.fixture_set import FixtureSet

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui
    from mockserver.http.routing import Route


_API = (generation, tools, control, lists)
_WITH_WEB_UI = (gradio, internal)


def all_routes(webui: Webui) -> list[Route]:
    """The routes that exist on `webui`: with ``--nowebui`` the API's alone.

    Its OpenAPI document says which of them its version has.

    Args:
        webui: the simulated server.

    Raises:
        RouteError: neither that document nor the newest webui's has a route, which is none of
            those that are gone: its path is misspelt.
    """
    modules = _API if webui.config.nowebui else (*_API, *_WITH_WEB_UI)
    known = webui.documented_paths
    found = [route for module in modules for route in module.routes(webui)]
    there: list[Route] = []
    absent: list[Route] = []
    for route in found:
        (there if not _documented(route) or _path(route) in known else absent).append(route)
    _check_spelling([route for route in absent if not route.gone])
    ruled = [*there, *documents.routes(webui)]
    return [*ruled, *recorded.routes(webui.fixtures, ruled)]


def _check_spelling(absent: list[Route]) -> None:
    """Distinguish a route that the version lacks from one that no version has."""
    for route in absent:
        if _path(route) not in _newest_paths():
            raise RouteError(
                f"no document has {route.method} {_path(route)}; "
                "write the path as the document does, or mark the route as gone"
            )


@cache
def _newest_paths() -> frozenset[str]:
    """Paths of the newest webui's document."""
    return frozenset(FixtureSet.packaged(DEFAULT_PROFILE).get("openapi")["paths"])


def _path(route: Route) -> str:
    return route.document or route.path


def _documented(route: Route) -> bool:
    """Whether a server that has the route names it in its document, in these words."""
    return "<" not in _path(route)
