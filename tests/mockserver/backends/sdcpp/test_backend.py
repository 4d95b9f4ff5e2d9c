"""How the server of stable-diffusion.cpp answers: its paths, methods and headers."""

from __future__ import annotations

import pytest
from asking import Asker

from mockserver.backends.registry import simulate


@pytest.fixture
def ask() -> Asker:
    return Asker(simulate("sdcpp-master-827"))


def test_lists_are_those_of_the_fixture_set(ask: Asker) -> None:
    assert ask.get("options").json["sd_model_checkpoint"] == "sd15-small-random"
    assert ask("GET", "/sdapi/v1/samplers?x=1").json[0]["name"] == "default"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/sdapi/v1/samplers/", id="slash at the end"),
        pytest.param("GET", "/sdapi/v1/txt2img", id="GET of a POST route"),
        pytest.param("POST", "/sdapi/v1/options", id="POST of a GET route"),
        pytest.param("DELETE", "/sdapi/v1/options", id="another method"),
        pytest.param("HEAD", "/sdapi/v1/txt2img", id="HEAD of a POST route"),
        pytest.param("POST", "/sdapi/v1/png-info", id="a route of the webui"),
    ],
)
def test_what_is_not_found_has_an_empty_body(ask: Asker, method: str, path: str) -> None:
    heard = ask(method, path)
    assert (heard.status, heard.body) == (404, b"")
    assert "content-type" not in heard.headers


def test_head_is_get_without_a_body(ask: Asker) -> None:
    heard = ask("HEAD", "/sdapi/v1/samplers")
    assert (heard.status, heard.body) == (200, b"")
    assert heard.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("headers", "origin"), [({}, "*"), ({"Origin": "http://a.test"}, "http://a.test")]
)
def test_every_page_is_let_in(ask: Asker, headers: dict[str, str], origin: str) -> None:
    for method, status in (("OPTIONS", 204), ("GET", 404)):
        heard = ask(method, "/anywhere", **headers)
        assert (heard.status, heard.headers["access-control-allow-origin"]) == (status, origin)
        assert heard.headers["access-control-allow-credentials"] == "true"


@pytest.mark.parametrize("name", ["txt2img", "img2img"])
def test_a_request_needs_a_body(ask: Asker, name: str) -> None:
    heard = ask("POST", f"/sdapi/v1/{name}", b"")
    assert (heard.status, heard.json) == (400, {"error": "empty body"})


def test_a_body_that_is_no_json_is_an_error_of_the_server(ask: Asker) -> None:
    heard = ask("POST", "/sdapi/v1/txt2img", b"prompt=x")
    assert (heard.status, heard.json["error"]) == (500, "server_error")
    assert heard.json["message"].startswith("[json.exception.parse_error.101]")


def test_a_body_needs_no_content_type(ask: Asker) -> None:
    body = b'{"prompt": "fox", "width": 64, "height": 64, "steps": 1}'
    assert ask("POST", "/sdapi/v1/txt2img", body, Content_Type="text/plain").status == 200
