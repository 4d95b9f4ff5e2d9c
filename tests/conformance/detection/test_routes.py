"""Which routes a server offers, and which its operator took away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from conformance.detection.profile import ServerProfile
from conformance.detection.routes import OfferedRoute, offered_routes, switched_off

if TYPE_CHECKING:
    from conformance.detection.probe import Probe


class _Shows:
    """A server that shows these flags and options."""

    def __init__(self, flags: Any, options: Any) -> None:
        self._shown = {"cmd-flags": flags, "options": options}

    def json(self, path: str) -> Any:
        return self._shown[path.rpartition("/")[2]]


def _why(path: str, flags: Any = None, options: Any = None) -> str:
    return switched_off(cast("Probe", _Shows(flags, options)), path)


@pytest.mark.parametrize(
    ("flags", "options", "by"),
    [
        pytest.param({"disable_all_extensions": True}, {}, "--disable-all-extensions", id="a flag"),
        pytest.param(
            {}, {"disable_all_extensions": "all"}, "the option disable_all_extensions", id="all"
        ),
        pytest.param(
            None, {"disabled_extensions": ["x", "Lora"]}, "the option disabled_extensions", id="it"
        ),
        pytest.param(
            [], {"disabled_extensions": ["sd_forge_lora"]}, "the option disabled_ext", id="Forge's"
        ),
    ],
)
@pytest.mark.parametrize("path", ["/sdapi/v1/loras?a=1", "/sdapi/v1/refresh-loras"])
def test_an_operator_switches_a_built_in_extension_off(
    path: str, flags: Any, options: Any, by: str
) -> None:
    assert _why(path, flags, options).startswith(by)
    assert _why(path, flags, options).endswith("the built-in extension Lora, which has this route")


@pytest.mark.parametrize(
    ("flags", "options"),
    [
        pytest.param({"disable_all_extensions": "True"}, {}, id="a text"),
        pytest.param({}, {"disable_all_extensions": "extra"}, id="others' extensions"),
        pytest.param({}, {"disabled_extensions": ["ldsr"]}, id="another"),
        pytest.param({}, {"disabled_extensions": "Lora"}, id="no list"),
        pytest.param(None, None, id="a server that shows neither"),
    ],
)
def test_a_route_that_is_missing_for_no_reason_has_none(flags: Any, options: Any) -> None:
    assert _why("/sdapi/v1/loras", flags, options) == ""


def test_other_routes_are_of_no_extension() -> None:
    assert _why("/sdapi/v1/samplers", {"disable_all_extensions": True}, {}) == ""


_NEEDS = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}},
}
_DOCUMENT = {
    "paths": {
        "/sdapi/v1/samplers/": {"get": {}},
        "/sdapi/v1/jobs/{id}": {"get": {}},
        "/sdapi/v1/unload-checkpoint": {"get": {}},
        "/extra/act": {"post": {"requestBody": _NEEDS}, "head": {}},
        "/extra/any": {"post": {}, "delete": {}},
        "/extra/odd": [],
    },
    "components": {"schemas": {"Body": {"type": "object"}}},
}


def _offered(document: Any) -> dict[str, OfferedRoute]:
    probe = cast("Probe", SimpleNamespace(json=lambda _: document))
    found = offered_routes(probe, ServerProfile.parse("a1111-1.10.1"))
    assert len({str(route) for route in found}) == len(found)
    return {str(route): route for route in found}


@pytest.mark.parametrize(
    ("route", "unasked"),
    [
        pytest.param("GET /sdapi/v1/samplers", "", id="a list"),
        pytest.param("GET /sdapi/v1/jobs/{id}", "its path has a part that", id="a placeholder"),
        pytest.param("GET /sdapi/v1/unload-checkpoint", "could do what", id="a GET that acts"),
        pytest.param("POST /extra/act", "", id="a POST that needs an object"),
        pytest.param("POST /extra/any", "could do what", id="a POST of anything"),
        pytest.param("DELETE /extra/any", "could do what", id="another method"),
        pytest.param("GET /sdapi/v1/options", "", id="a route of its kind"),
        pytest.param("POST /sdapi/v1/txt2img", "no document says", id="a POST of its kind"),
    ],
)
def test_a_route_is_asked_where_that_does_nothing(route: str, unasked: str) -> None:
    offered = _offered(_DOCUMENT)[route]
    assert unasked in offered.unasked
    assert bool(offered.unasked) is bool(unasked)
    assert bool(offered.body) is (offered.method == "POST")


@pytest.mark.parametrize("document", [None, [], "no document", {"paths": []}])
def test_a_server_without_a_document_has_the_routes_of_its_kind(document: Any) -> None:
    assert "GET /sdapi/v1/samplers" in _offered(document)
    assert "HEAD /extra/act" not in _offered(_DOCUMENT)
