"""Secrets that flags and options must not show."""

from __future__ import annotations

from typing import Any

import pytest
from demanding import expected
from doubles import Reply, Server, broken, edited, instead, mock, reply

from conformance.client.address import Basic
from conformance.report.failure_text import failure_lines
from conformance.verdict import Result, Verdict


def _of(server: Server, **more: Any) -> Result:
    return expected(server, "secrets = 'hidden'", "EXPECT-SECRETS", **more)


def _flags(**flags: Any) -> Server:
    return broken(mock(), edited(lambda known: known | flags), route="cmd-flags")


def test_a_server_without_secrets_hides_them() -> None:
    assert _of(mock()).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("flags", "name"),
    [
        pytest.param({"api_auth": "user:planted"}, "api_auth", id="api_auth"),
        pytest.param({"gradio_auth": "user:planted"}, "gradio_auth", id="gradio_auth"),
        pytest.param({"ngrok": "planted"}, "ngrok", id="a tunnel's token"),
        pytest.param(
            {"ngrok_options": {"basic_auth": "user:planted"}},
            "ngrok_options.basic_auth",
            id="within another flag",
        ),
    ],
)
def test_a_flag_that_reveals_is_named_and_its_value_is_not(
    flags: dict[str, Any], name: str
) -> None:
    result = _of(_flags(**flags))
    assert result.verdict is Verdict.FAIL
    assert result.actual == f"cmd-flags shows {name}"
    assert "planted" not in "\n".join(failure_lines(result, "replay"))


@pytest.mark.parametrize("value", [None, "", "None", "********", "***"])
def test_a_flag_without_a_value_says_nothing(value: Any) -> None:
    assert _of(_flags(api_auth=value)).verdict is Verdict.PASS


def test_an_option_that_holds_a_token_shows_it() -> None:
    change = edited(lambda options: options | {"civitai_token": "planted"})
    result = _of(broken(mock(), change, route="options"))
    assert result.actual == "options shows civitai_token"


def test_the_credentials_of_the_run_are_found_under_any_name() -> None:
    server = broken(
        mock(auth=(("user", "planted"),)),
        edited(lambda flags: flags | {"api_auth": None, "command": "--x planted"}),
        route="cmd-flags",
    )
    result = _of(server, auth=Basic("user", "planted"))
    assert result.actual == "cmd-flags shows the credentials of this run"


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        pytest.param({"error": "E", "body": {"port": 1}}, Verdict.PASS, id="without a secret"),
        pytest.param({"error": "E", "body": {"api_auth": "a:b"}}, Verdict.FAIL, id="with one"),
        pytest.param("Internal Server Error", Verdict.PASS, id="no JSON"),
    ],
)
def test_a_route_that_fails_says_what_its_error_does(body: Any, verdict: Verdict) -> None:
    answer = reply(body, 500) if isinstance(body, dict) else Reply(500, {}, body.encode())
    server = broken(mock(), instead(answer), route="cmd-flags")
    assert _of(server).verdict is verdict


@pytest.mark.parametrize("status", [403, 404])
def test_a_route_that_is_closed_says_nothing(status: int) -> None:
    server = broken(mock(), instead(reply({"detail": "no"}, status)), route="cmd-flags")
    assert _of(server).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("password", "verdict"),
    [
        pytest.param("key9", Verdict.FAIL, id="four letters"),
        pytest.param("key", Verdict.PASS, id="three, as words have them by chance"),
    ],
)
def test_credentials_of_four_letters_are_found_and_shorter_ones_are_not(
    password: str, verdict: Verdict
) -> None:
    server = broken(
        mock(auth=(("u", password),)),
        edited(lambda flags: flags | {"api_auth": None, "command": f"--x {password}"}),
        route="cmd-flags",
    )
    assert _of(server, auth=Basic("u", password)).verdict is verdict
