"""Origins that CORS must let in, and those that it must not."""

from __future__ import annotations

from demanding import expected
from doubles import Ask, Reply, Server, mock, reply

from conformance.client.address import Basic
from conformance.verdict import Result, Verdict

_GOOD, _EVIL = "https://app.example.org", "https://evil.example"
_BOTH = f"cors = {{allow = ['{_GOOD}'], refuse = ['{_EVIL}']}}"


def _letting_in(*origins: str, headers: str = "content-type", methods: str = "POST") -> Server:
    """The mock behind the CORS layer of a webui started with --cors-allow-origins."""
    inner = mock()

    def server(ask: Ask) -> Reply:
        given = {name.lower(): value for name, value in ask.headers.items()}
        origin = given.get("origin", "")
        good = origin in origins or "*" in origins
        allowed = "*" if "*" in origins else origin
        if ask.method == "OPTIONS":
            answer = reply("OK", 200 if good else 400)
            answer = answer.with_headers(
                access_control_allow_methods=methods,
                access_control_allow_headers=headers,
            )
        else:
            answer = inner(ask)
        return answer.with_headers(access_control_allow_origin=allowed if good else None)

    return server


def _of(server: Server, text: str = _BOTH, **more: object) -> Result:
    return expected(server, text, "EXPECT-CORS", **more)


def test_an_origin_is_let_in_and_another_is_not() -> None:
    assert _of(_letting_in(_GOOD)).verdict is Verdict.PASS


def test_an_origin_that_is_not_let_in_fails() -> None:
    result = _of(mock())
    assert result.verdict is Verdict.FAIL
    assert result.expected == (f"Access-Control-Allow-Origin for {_GOOD} on GET /sdapi/v1/samplers")


def test_a_star_lets_in_those_to_be_refused() -> None:
    result = _of(_letting_in("*"))
    assert result.verdict is Verdict.FAIL
    assert result.expected == f"no Access-Control-Allow-Origin for {_EVIL}"
    assert result.actual == "GET answers '*'"


def test_a_server_that_repeats_every_origin_lets_in_those_to_be_refused() -> None:
    assert _of(_letting_in(_GOOD, _EVIL)).actual == f"GET answers '{_EVIL}'"


def test_the_mock_refuses_everybody() -> None:
    assert _of(mock(), f"cors = {{refuse = ['{_EVIL}', 'null']}}").verdict is Verdict.PASS


def test_a_preflight_that_is_refused_fails() -> None:
    inner = _letting_in(_GOOD)

    def server(ask: Ask) -> Reply:
        return reply("no", 400) if ask.method == "OPTIONS" else inner(ask)

    result = _of(server)
    assert result.verdict is Verdict.FAIL
    assert result.expected == f"a page of {_GOOD} to be allowed to POST JSON"


def test_a_preflight_without_post_or_its_headers_fails() -> None:
    assert "its methods are get" in _of(_letting_in(_GOOD, methods="GET")).actual
    assert _of(_letting_in(_GOOD, headers="x-other")).actual == "not with content-type"


def test_a_star_of_headers_does_not_mean_authorization() -> None:
    auth = Basic("user", "pass")
    server = _letting_in(_GOOD, headers="*")
    assert _of(server).verdict is Verdict.PASS
    assert _of(server, auth=auth).actual == "not with authorization"
    good = _letting_in(_GOOD, headers="authorization, content-type")
    assert _of(good, auth=auth).verdict is Verdict.PASS


def test_a_preflight_goes_out_without_credentials_as_browsers_send_it() -> None:
    seen: list[Ask] = []
    inner = _letting_in(_GOOD, headers="authorization,content-type")

    def watched(ask: Ask) -> Reply:
        seen.append(ask)
        return inner(ask)

    _of(watched, auth=Basic("user", "pass"))
    shown = {"Authorization" in ask.headers for ask in seen if ask.method == "OPTIONS"}
    assert shown == {False}
