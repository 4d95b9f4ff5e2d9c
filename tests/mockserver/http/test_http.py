"""What lies around every answer: redirects, 404, 405, CORS, compression, headers."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import Config, Webui, create_app

if TYPE_CHECKING:
    from werkzeug.test import Client, TestResponse

ORIGIN = {"Origin": "http://example.com"}


def client(**config: Any) -> Client:
    return create_app(Webui(config=Config(**config))).test_client()


@pytest.fixture
def mock() -> Client:
    return client()


def body(response: TestResponse) -> Any:
    return json.loads(response.get_data())


@pytest.mark.parametrize(
    ("path", "target"),
    [
        pytest.param("/sdapi/v1/samplers/", "/sdapi/v1/samplers", id="slash too many"),
        pytest.param("/sdapi/v1/progress/?a=%20b", "/sdapi/v1/progress?a=%20b", id="with a query"),
        pytest.param("/internal/ping/", "/internal/ping", id="beside the API"),
    ],
)
def test_a_slash_at_the_end_is_redirected(mock: Client, path: str, target: str) -> None:
    response = mock.get(path, base_url="http://somewhere:81")

    assert response.status_code == 307
    assert response.headers["Location"] == f"http://somewhere:81{target}"
    assert response.get_data() == b""
    assert "Content-Type" not in response.headers


def test_a_redirect_does_not_ask_for_the_method(mock: Client) -> None:
    assert mock.delete("/sdapi/v1/options/").status_code == 307


@pytest.mark.parametrize("path", ["/sdapi/v1/nope", "/sdapi/v2/samplers", "//sdapi/v1/samplers"])
def test_an_unknown_path_is_not_found(mock: Client, path: str) -> None:
    response = mock.get(path)

    assert (response.status_code, body(response)) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        pytest.param("GET", "/sdapi/v1/interrogate", "POST", id="a POST route"),
        pytest.param("POST", "/sdapi/v1/samplers", "GET", id="a GET route"),
        pytest.param("DELETE", "/sdapi/v1/options", "GET", id="two routes: the first is named"),
        pytest.param("HEAD", "/sdapi/v1/samplers", "GET", id="HEAD does not follow GET"),
        pytest.param("OPTIONS", "/sdapi/v1/samplers", "GET", id="OPTIONS without an origin"),
        pytest.param("POST", "/", "GET", id="the page"),
        pytest.param("POST", "/docs", "GET, HEAD", id="the documents take HEAD themselves"),
    ],
)
def test_another_method_is_not_allowed(mock: Client, method: str, path: str, allowed: str) -> None:
    response = mock.open(path, method=method)

    assert (response.status_code, response.headers["Allow"]) == (405, allowed)
    if method != "HEAD":
        assert body(response) == {"detail": "Method Not Allowed"}


@pytest.mark.parametrize(
    ("method", "words"),
    [
        pytest.param("POST", "Disallowed CORS origin", id="a known method"),
        pytest.param("TRACE", "Disallowed CORS origin, method", id="an unknown method"),
    ],
)
def test_a_preflight_is_refused(mock: Client, method: str, words: str) -> None:
    headers = {**ORIGIN, "Access-Control-Request-Method": method}
    response = mock.options("/sdapi/v1/txt2img", headers=headers)

    assert (response.status_code, response.text) == (400, words)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Access-Control-Allow-Headers" not in response.headers


def test_an_origin_learns_that_credentials_are_taken(mock: Client) -> None:
    response = mock.get("/sdapi/v1/samplers", headers=ORIGIN)

    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Access-Control-Allow-Origin" not in response.headers


def test_large_answers_are_compressed_for_those_who_take_it(mock: Client) -> None:
    plain = mock.get("/sdapi/v1/script-info")
    packed = mock.get("/sdapi/v1/script-info", headers={"Accept-Encoding": "deflate, gzip"})

    assert "Content-Encoding" not in plain.headers
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == (
        "gzip",
        "Accept-Encoding",
    )
    assert gzip.decompress(packed.get_data()) == plain.get_data()


def test_small_answers_are_not_compressed(mock: Client) -> None:
    response = mock.get("/internal/ping", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in response.headers
    assert response.get_data() == b"{}"


def test_json_has_no_charset(mock: Client) -> None:
    assert mock.get("/sdapi/v1/samplers").headers["Content-Type"] == "application/json"


def test_the_processing_time_is_reported_except_for_uncaught_exceptions(mock: Client) -> None:
    headers = {**ORIGIN, "Accept-Encoding": "gzip"}
    long_name = "n" * 2000
    uncaught = mock.post("/sdapi/v1/options", json={long_name: 1}, headers=headers)

    assert float(mock.get("/sdapi/v1/nope").headers["X-Process-Time"]) >= 0
    assert uncaught.status_code == 500
    assert body(uncaught)["errors"] == f"'{long_name}'"
    assert not {"X-Process-Time", "Content-Encoding", "Access-Control-Allow-Credentials"} & set(
        uncaught.headers.keys()
    )


@pytest.mark.parametrize(
    ("config", "status"),
    [pytest.param({}, 200, id="web UI"), pytest.param({"nowebui": True}, 404, id="nowebui")],
)
@pytest.mark.parametrize("path", ["/", "/internal/ping", "/config", "/app_id", "/queue/status"])
def test_what_is_not_the_api_needs_the_web_ui(
    config: dict[str, Any], status: int, path: str
) -> None:
    assert client(**config).get(path).status_code == status


def test_the_servers_end_can_be_left_out() -> None:
    mock = client(api_server_stop=False)

    assert mock.post("/sdapi/v1/server-stop").status_code == 404
    assert "/sdapi/v1/server-stop" not in body(mock.get("/openapi.json"))["paths"]
    assert body(mock.get("/sdapi/v1/cmd-flags"))["api_server_stop"] is False


def test_a_fault_of_the_mock_is_not_taken_for_the_webuis(
    mock: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> object:
        raise ZeroDivisionError("mine")

    webui = mock.application.webui  # type: ignore[attr-defined]
    monkeypatch.setattr(type(webui.options), "answer", broken)
    response = mock.get("/sdapi/v1/options")

    assert response.status_code == 500
    assert response.text.startswith(
        "The mock failed, not the webui it simulates: ZeroDivisionError"
    )
    assert "Traceback" in caplog.text
