"""Auth that must be asked for on every route, tried without doing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from demanding import expected
from doubles import Ask, Reply, Server, broken, edited, instead, mock, reply

from conformance.client.address import Basic, Bearer
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from conformance.client.address import Credentials

_USER = Basic("user", "planted")
_GUARDED = {"auth": (("user", "planted"),)}
_LEAKS = "open = ['/sdapi/v1/loras']"


def _of(server: Server, text: str, auth: Credentials | None = _USER, **more: Any) -> Result:
    return expected(server, text, "EXPECT-AUTH", auth=auth, **more)


def _closed(server: Server) -> Server:
    """The server behind a proxy that lets nobody through without a key."""

    def guard(ask: Ask) -> Reply:
        key = {k.lower(): v for k, v in ask.headers.items()}.get("x-api-key")
        return server(ask) if key == "planted" else reply({"message": "no key"}, 401)

    return guard


def test_the_api_of_a_guarded_webui_asks_but_for_the_route_of_an_extension() -> None:
    result = _of(mock(**_GUARDED), "auth = 'api'")
    assert result.verdict is Verdict.FAIL
    assert "GET /sdapi/v1/loras (200)" in result.actual
    assert result.actual.startswith("1 of ")
    assert "planted" not in result.actual


def test_routes_said_to_be_open_need_not_ask() -> None:
    assert _of(mock(**_GUARDED), f"auth = 'api'\n{_LEAKS}").verdict is Verdict.PASS
    assert _of(mock(**_GUARDED), "auth = 'api'\nopen = ['/sdapi/v1/lo*']").verdict is Verdict.PASS


def test_the_page_is_among_every_route() -> None:
    result = _of(mock(**_GUARDED), f"auth = true\n{_LEAKS}")
    assert result.verdict is Verdict.FAIL
    assert "GET /internal/ping (200)" in result.actual


def test_an_open_server_fails_and_names_its_routes() -> None:
    result = _of(mock(), "auth = 'api'", auth=None)
    assert result.verdict is Verdict.FAIL
    assert "POST /sdapi/v1/txt2img (422)" in result.actual


def test_every_header_that_lets_in_is_left_away() -> None:
    server = _closed(mock())
    given = {"auth": None, "headers": ("X-Api-Key",)}
    text = "auth = true"
    seen: list[Ask] = []

    def watched(ask: Ask) -> Reply:
        seen.append(ask)
        return server(ask)

    result = _of(watched, text, **given)
    # Nobody let this run in either, so that the list of routes is that of the catalogue.
    assert result.verdict is Verdict.PASS
    assert not any("x-api-key" in {k.lower() for k in ask.headers} for ask in seen)


def test_nothing_that_does_something_is_asked() -> None:
    seen: list[Ask] = []
    inner = mock()

    def watched(ask: Ask) -> Reply:
        seen.append(ask)
        return inner(ask)

    _of(watched, "auth = true", auth=None)
    assert {ask.method for ask in seen} == {"GET", "POST"}
    posts = [ask for ask in seen if ask.method == "POST"]
    assert all(ask.json == [1] for ask in posts)
    assert {inner(ask).status for ask in posts} == {422}
    doing = ("kill", "stop", "restart", "interrupt", "skip", "load-", "refresh", "startup")
    assert not [ask.path for ask in seen if any(word in ask.route for word in doing)]


def test_a_route_that_takes_an_array_is_not_posted_to() -> None:
    def more(document: dict[str, Any]) -> dict[str, Any]:
        body = {"required": True, "content": {"application/json": {"schema": {"type": "array"}}}}
        paths = {"/run-all": {"post": {"requestBody": body}}, "/extra/stop": {"get": {}}}
        return document | {"paths": document["paths"] | paths}

    seen: list[str] = []
    inner = broken(mock(), edited(more), route="openapi.json")

    def watched(ask: Ask) -> Reply:
        seen.append(ask.route)
        return inner(ask)

    _of(watched, "auth = true", auth=None)
    assert "/sdapi/v1/txt2img" in seen
    assert not {"/run-all", "/extra/stop"} & set(seen)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply({"detail": "no"}, 403), id="forbidden"),
        pytest.param(Reply(302, {"location": "https://login"}, b""), id="sent to a login page"),
        pytest.param(reply({"detail": "Not Found"}, 404), id="not there"),
    ],
)
def test_other_refusals_count_as_asking(answer: Reply, monkeypatch: pytest.MonkeyPatch) -> None:
    # A login page may be gone in a second or two: it is asked for again, here at once.
    monkeypatch.setattr("conformance.runner.retries._FIRST", 0.0)
    server = broken(mock(**_GUARDED), instead(answer), route="loras")
    assert _of(server, "auth = 'api'").verdict is Verdict.PASS


def test_a_server_that_asks_nowhere_is_not_taken_for_a_guarded_one() -> None:
    def gone(_: Ask) -> Reply:
        return reply({"detail": "Not Found"}, 404)

    result = _of(gone, "auth = true", auth=Bearer("planted"))
    assert result.verdict is Verdict.FAIL
    assert result.actual.endswith("routes asks for any, and none answers")


def test_a_path_with_a_placeholder_has_no_address_to_ask() -> None:
    asked = []

    def noted(ask: Ask) -> Reply:
        asked.append(ask.route)
        return sound(ask)

    def with_a_placeholder(document: dict[str, Any]) -> dict[str, Any]:
        return document | {"paths": document["paths"] | {"/sdapi/v1/jobs/{job_id}": {"get": {}}}}

    sound = broken(mock(**_GUARDED), edited(with_a_placeholder), route="/openapi.json", status=200)
    _of(noted, "auth = 'api'")
    assert "/sdapi/v1/samplers" in asked
    assert not any("{" in route or "%7B" in route for route in asked)
