"""What is said of protected servers; those that are open somewhere are in the family."""

from __future__ import annotations

import pytest
from doubles import Server, mock
from judging import judged
from recorded import Recorded

from conformance.client.address import Basic
from conformance.requirements.catalogue import load_catalogue
from conformance.verdict import Verdict

_USER, _OTHER = Basic("user", "pass"), Basic("other", "word")


def _guarded() -> Server:
    return mock(auth=(("user", "pass"), ("other", "word")))


def _open_route(route: str) -> Server:
    """One route that forgets to ask."""
    sound, anybody = _guarded(), mock()
    return lambda ask: (anybody if ask.route.endswith(route) else sound)(ask)


@pytest.mark.parametrize("name", [r.id for r in load_catalogue() if r.area == "AUTH"])
def test_a_protected_server_is_acquitted(name: str) -> None:
    result = judged(_guarded(), name, auth=_USER, second_auth=_OTHER)
    assert (result.verdict, result.actual) == (Verdict.PASS, "")


@pytest.mark.parametrize("name", ["AUTH-001", "AUTH-002", "AUTH-003"])
def test_without_credentials_there_is_nothing_to_look_at(name: str) -> None:
    result = judged(Recorded("a1111-1.10.1"), name)
    assert result.verdict is Verdict.NOT_APPLICABLE
    assert "--auth user:password" in result.reason


def test_a_conviction_names_the_route_that_is_open() -> None:
    result = judged(_open_route("sd-models"), "AUTH-001", auth=_USER)
    assert result.expected == "401 for GET /sdapi/v1/sd-models with these credentials"


def test_no_password_is_in_a_result() -> None:
    result = judged(mock(), "AUTH-002", auth=Basic("user", "planted-password"))
    shown = f"{result.expected} {result.actual} {result.exchanges!r}"
    assert "planted-password" not in shown
