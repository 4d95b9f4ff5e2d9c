"""A mock behind a small proxy, reached as real deployments are reached."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
from gateway import AUTHORITY, Asked, Gateway, Page, asks_for, nginx, standing_before

from conformance.cli import session

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Before, Smoke

    from mockserver.activated import Activated

_BASIC = "Basic " + b64encode(b"user:planted").decode()
_BEARER = "Bearer planted"


@pytest.fixture(autouse=True)
def _no_pause_between_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a gateway hides is asked for again at once, not after a second or two."""
    monkeypatch.setattr("conformance.runner.retries._FIRST", 0.0)


def test_a_prefix_is_kept(before_the_mock: Before, smoke: Smoke) -> None:
    url, gateway = before_the_mock(prefix="/sd")
    code, out, _ = smoke(f"{url}/")
    assert (code, out.partition(": ")[0]) == (0, url)
    assert {asked.path[:12] for asked in gateway.seen} == {"/sd/sdapi/v1", "/sd/openapi."}


def test_without_the_prefix_the_address_is_reported_as_wrong(
    before_the_mock: Before, smoke: Smoke
) -> None:
    url, _ = before_the_mock(prefix="/sd")
    code, _, error = smoke(url.removesuffix("/sd"))
    assert code == 3
    assert "or correct the address" in error


def test_https_with_a_private_authority(before_the_mock: Before, smoke: Smoke) -> None:
    url, _ = before_the_mock(tls=True)
    code, out, _ = smoke(url, "--ca-file", str(AUTHORITY))
    assert (code, "--insecure" in out) == (0, False)


def test_https_of_nobody_s_authority_is_refused_at_once_with_what_to_do(
    before_the_mock: Before, smoke: Smoke
) -> None:
    url, _ = before_the_mock(tls=True)
    code, _, error = smoke(url, "--wait", "300")
    assert code == 3
    assert "a certificate that is not trusted; name its authority's file" in error


def test_insecure_works_and_is_said_in_the_report(before_the_mock: Before, smoke: Smoke) -> None:
    url, _ = before_the_mock(tls=True)
    code, out, _ = smoke(url, "--insecure")
    assert code == 0
    assert "certificates were not checked (--insecure)" in out


@pytest.fixture
def _hiding_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOGIN", "user:planted")
    monkeypatch.setenv("SECRET", "planted")
    (tmp_path / "login").write_text("user:planted\n", encoding="utf-8")
    (tmp_path / "secret").write_text("planted\n", encoding="utf-8")


@pytest.mark.usefixtures("_hiding_places")
@pytest.mark.parametrize(
    ("header", "value", "args"),
    [
        pytest.param("Authorization", _BASIC, ["--auth", "user:planted"], id="basic"),
        pytest.param("Authorization", _BASIC, ["--auth", "env:LOGIN"], id="basic from a variable"),
        pytest.param("Authorization", _BASIC, ["--auth", "file:login"], id="basic from a file"),
        pytest.param("Authorization", _BEARER, ["--token", "planted"], id="token"),
        pytest.param("Authorization", _BEARER, ["--token", "env:SECRET"], id="from a variable"),
        pytest.param("Authorization", _BEARER, ["--token", "file:secret"], id="from a file"),
        pytest.param("X-Api-Key", "planted", ["--header", "X-Api-Key: planted"], id="header"),
        pytest.param(
            "X-Api-Key", "planted", ["--header", "X-Api-Key: env:SECRET"], id="h variable"
        ),
        pytest.param("X-Door", "planted", ["--header", "X-Door: file:secret"], id="h from a file"),
    ],
)
def test_whoever_shows_credentials_is_let_in_and_they_are_not_repeated(
    before_the_mock: Before, smoke: Smoke, header: str, value: str, args: list[str]
) -> None:
    url, _ = before_the_mock(rule=asks_for(header, value))
    assert smoke(url)[0] == 3
    code, out, error = smoke(url, "-v", *args)
    assert (code, error) == (0, "")
    assert "planted" not in out


@pytest.mark.parametrize("variable", ["SDAPI_AUTH", "SDAPI_TOKEN"])
def test_credentials_come_from_variables_of_their_own(
    before_the_mock: Before, smoke: Smoke, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    value, shown = {"SDAPI_AUTH": ("user:planted", _BASIC), "SDAPI_TOKEN": ("planted", _BEARER)}[
        variable
    ]
    monkeypatch.setenv(variable, value)
    url, _ = before_the_mock(rule=asks_for("Authorization", shown))
    assert smoke(url)[0] == 0


def test_what_is_typed_outdoes_a_variable_that_lingers(
    before_the_mock: Before, smoke: Smoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDAPI_AUTH", "old:password")
    url, _ = before_the_mock(rule=asks_for("Authorization", _BEARER))
    assert smoke(url, "--token", "planted")[0] == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["--auth", "a:b", "--token", "c"], "give one", id="both kinds"),
        pytest.param(["--auth", "env:NOT_THERE"], "NOT_THERE is not set", id="no variable"),
        pytest.param(["--token", "file:/nowhere/at-all"], "it cannot be read", id="no file"),
        pytest.param(["--header", "X: env:NOT_THERE"], "NOT_THERE is not set", id="no header"),
        pytest.param(["--proxy", "localhost:3128"], "http://host:port", id="no proxy"),
    ],
)
def test_credentials_and_ways_that_cannot_be_used_are_one_line(
    smoke: Smoke, args: list[str], words: str
) -> None:
    code, out, error = smoke("http://127.0.0.1:9", *args)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert words in error


def test_a_proxy_is_gone_through(webui_server: Activated, smoke: Smoke) -> None:
    proxy = Gateway(None)
    with standing_before(proxy) as address:
        assert smoke(webui_server.url, "--proxy", address)[0] == 0
    assert all(asked.path.startswith(f"{webui_server.url}/") for asked in proxy.seen)


def test_a_proxy_that_does_not_answer_is_reported(webui_server: Activated, smoke: Smoke) -> None:
    code, _, error = smoke(webui_server.url, "--proxy", "http://127.0.0.1:9")
    assert code == 3
    assert "cannot be reached through the proxy" in error


def test_ipv6(before_the_mock: Before, smoke: Smoke) -> None:
    url, _ = before_the_mock(ipv6=True)
    assert url.startswith("http://[::1]:")
    assert smoke(url)[0] == 0


@pytest.fixture
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "INTERVAL", 0.01)


@pytest.mark.usefixtures("_hurried")
@pytest.mark.parametrize(
    ("sleepy", "words"),
    [
        pytest.param(nginx(502, "Bad Gateway"), "conformant", id="nobody behind the gateway"),
        pytest.param(
            Page(503, '{"status": "starting"}'), "asks to come later", id="a page of the hoster"
        ),
        pytest.param(
            Page(404, '{"detail": "Not Found"}'), "waiting for the server", id="API not mounted yet"
        ),
    ],
)
def test_a_server_that_wakes_is_waited_for(
    before_the_mock: Before, smoke: Smoke, sleepy: Page, words: str
) -> None:
    attempts = []

    def wakes_at_the_third_attempt(asked: Asked) -> Page | None:
        attempts.extend([asked] if asked.route.endswith("options") else [])
        return sleepy if len(attempts) < 3 else None

    url, _ = before_the_mock(rule=wakes_at_the_third_attempt)
    code, out, _ = smoke(url, "--wait", "60")
    assert code == 0
    assert words in out


def test_a_server_that_sleeps_is_reported_at_once_where_nobody_waits(
    before_the_mock: Before, smoke: Smoke
) -> None:
    url, _ = before_the_mock(rule=lambda _: nginx(502, "Bad Gateway"))
    code, _, error = smoke(url)
    assert code == 3
    assert "a gateway in front of it answered 502" in error


@pytest.mark.parametrize(
    ("tired", "status"),
    [
        pytest.param(nginx(504, "Gateway Time-out"), 504, id="nginx"),
        pytest.param(
            Page(524, "<html>cloudflare: a timeout occurred</html>"), 524, id="cloudflare"
        ),
    ],
)
def test_a_gateway_that_gives_up_is_not_taken_for_the_webui(
    before_the_mock: Before, smoke: Smoke, tired: Page, status: int
) -> None:
    def slow(asked: Asked) -> Page | None:
        return tired if asked.route.endswith("txt2img") else None

    url, _ = before_the_mock(rule=slow)
    code, out, _ = smoke(url)
    assert code == 5
    assert f"a gateway in front of the webui answered {status}" in out
    assert "raise its read timeout, the webui itself did not answer" in out


def test_a_gateway_that_waits_a_moment_cuts_a_picture_that_takes_longer(
    before_the_mock: Before, smoke: Smoke
) -> None:
    slow, _ = before_the_mock(swallowed=lambda asked: asked.route.endswith("txt2img"))
    with standing_before(Gateway(slow, patience=0.2)) as url:
        code, out, _ = smoke(url)
    assert code == 5
    assert "a gateway in front of the webui answered 504 after 0." in out


def test_an_error_of_the_webui_itself_is_not_blamed_on_a_gateway(
    before_the_mock: Before, smoke: Smoke
) -> None:
    own = Page(500, '{"error": "OutOfMemoryError", "detail": "", "body": "", "errors": "CUDA"}')

    def out_of_memory(asked: Asked) -> Page | None:
        return own if asked.route.endswith("txt2img") else None

    url, _ = before_the_mock(rule=out_of_memory)
    code, out, _ = smoke(url)
    assert code == 1
    assert "OutOfMemoryError" in out
    assert "gateway" not in out


def test_a_server_that_hangs_is_waited_for_as_long_as_the_operator_says(
    before_the_mock: Before, smoke: Smoke
) -> None:
    url, _ = before_the_mock(swallowed=lambda asked: asked.route.endswith("txt2img"))
    code, out, _ = smoke(url, "--timeout", "0.3")
    assert code == 1
    assert "sent nothing for 0.3 s; allow more time, or ask for less" in out
