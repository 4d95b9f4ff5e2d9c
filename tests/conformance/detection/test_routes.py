"""Which routes a server offers, and which its operator took away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from conformance.detection.routes import switched_off

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
