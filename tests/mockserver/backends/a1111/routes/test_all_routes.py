"""Which routes a server has, and what becomes of one whose path is misspelt."""

from __future__ import annotations

import pytest

from mockserver import Config, Webui
from mockserver.backends.a1111.routes import all_routes, control
from mockserver.backends.registry import simulate
from mockserver.core.errors import RouteError
from mockserver.http.routing import Route
from mockserver.profiles.loader import profile_names


def _paths(webui: Webui) -> set[tuple[str, str]]:
    return {(route.method, route.path) for route in all_routes(webui)}


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize("nowebui", [False, True])
def test_no_route_of_any_server_is_misspelt(profile: str, nowebui: bool) -> None:
    webui = simulate(profile)
    if isinstance(webui, Webui):
        again = simulate(profile, Config(nowebui=nowebui, api_server_stop=True))
        assert isinstance(again, Webui)
        assert _paths(again)


def test_a_route_that_no_document_has_ends_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    known = control.routes
    wrong = Route("GET", "/sdapi/v1/optoins", lambda _: {})
    monkeypatch.setattr(control, "routes", lambda webui: [*known(webui), wrong])

    with pytest.raises(RouteError, match="no document has GET /sdapi/v1/optoins"):
        all_routes(Webui())
    with pytest.raises(RouteError, match="optoins"):
        all_routes(Webui("a1111-1.6.0"))


def test_a_version_lacks_the_routes_that_its_document_lacks() -> None:
    old, new = _paths(Webui("a1111-1.6.0")), _paths(Webui())

    assert ("POST", "/sdapi/v1/preprocess") in old - new
    assert ("POST", "/sdapi/v1/refresh-vae") in new
    assert ("POST", "/sdapi/v1/refresh-vae") in old
    assert ("POST", "/sdapi/v1/refresh-embeddings") in new - old
