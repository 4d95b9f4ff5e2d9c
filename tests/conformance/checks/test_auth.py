"""Servers that are not protected as they seem, and the requirement that convicts them."""

from __future__ import annotations

import pytest
from doubles import Ask, Server, Told, broken, instead, mock, told
from judging import judged
from recorded import Recorded

from conformance.catalogue import load_catalogue
from conformance.client.credentials import Basic
from conformance.verdict import Verdict

_USER, _OTHER = Basic("user", "pass"), Basic("other", "word")


def _guarded() -> Server:
    return mock(auth=(("user", "pass"), ("other", "word")))


def _open_route(route: str) -> Server:
    """One route that forgets to ask."""
    sound, anybody = _guarded(), mock()
    return lambda ask: (anybody if ask.route.endswith(route) else sound)(ask)


def _any_password(ask: Ask) -> Told:
    return (mock() if ask.headers.get("Authorization") else _guarded())(ask)


def _validates_after(ask: Ask) -> Told:
    if not ask.headers.get("Authorization"):
        return told({"detail": "Not authenticated"}, 401)
    return _guarded()(ask)


_CONVICTED = [
    pytest.param("AUTH-001", mock(), id="AUTH-001: nobody is asked"),
    pytest.param("AUTH-001", _open_route("sd-models"), id="AUTH-001: one list is open"),
    pytest.param("AUTH-001", _open_route("txt2img"), id="AUTH-001: txt2img is open"),
    pytest.param("AUTH-001", _open_route("options"), id="AUTH-001: options are open"),
    pytest.param("AUTH-002", _any_password, id="AUTH-002: any password will do"),
    pytest.param(
        "AUTH-003",
        broken(_guarded(), instead(told({"detail": "no"}, 403)), route="upscalers"),
        id="AUTH-003: one list stays shut",
    ),
    pytest.param("AUTH-003", mock(auth=(("a", "b"),)), id="AUTH-003: the user is unknown"),
    pytest.param(
        "AUTH-004",
        broken(_guarded(), lambda _, t: t.with_headers(www_authenticate="Basic"), status=401),
        id="AUTH-004: a browser would ask",
    ),
    pytest.param(
        "AUTH-004",
        broken(_guarded(), instead(told({"detail": "Denied"}, 401)), status=401),
        id="AUTH-004: other words",
    ),
    pytest.param("AUTH-005", _validates_after, id="AUTH-005: asked before the body is read"),
    pytest.param(
        "AUTH-006", mock(auth=(("user", "pass"),)), id="AUTH-006: the second user is unknown"
    ),
]


@pytest.mark.parametrize(("name", "server"), _CONVICTED)
def test_a_broken_server_is_convicted(name: str, server: Server) -> None:
    result = judged(server, name, auth=_USER, second_auth=_OTHER)
    assert result.verdict.unmet
    assert result.exchanges


def test_every_requirement_of_the_area_convicts_somebody() -> None:
    own = {r.id for r in load_catalogue() if r.area == "AUTH"}
    assert own == {param.values[0] for param in _CONVICTED}


@pytest.mark.parametrize("name", [r.id for r in load_catalogue() if r.area == "AUTH"])
def test_a_protected_server_is_acquitted(name: str) -> None:
    result = judged(_guarded(), name, auth=_USER, second_auth=_OTHER)
    assert (result.verdict, result.actual) == (Verdict.PASS, "")


@pytest.mark.parametrize("name", ["AUTH-001", "AUTH-002", "AUTH-003"])
def test_without_credentials_there_is_nothing_to_look_at(name: str) -> None:
    result = judged(Recorded("a1111-1.10.1"), name)
    assert result.verdict is Verdict.SKIPPED
    assert "--auth user:password" in result.reason


def test_a_conviction_names_the_route_that_is_open() -> None:
    result = judged(_open_route("sd-models"), "AUTH-001", auth=_USER)
    assert result.expected == "401 for GET /sdapi/v1/sd-models with these credentials"


def test_no_password_stands_in_a_result() -> None:
    result = judged(mock(), "AUTH-002", auth=Basic("user", "planted-password"))
    shown = f"{result.expected} {result.actual} {result.exchanges!r}"
    assert "planted-password" not in shown
