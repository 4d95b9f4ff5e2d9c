"""How KoboldCpp answers: its paths, methods and headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asking import Asker, picture

from mockserver import Config
from mockserver.backends.registry import simulate
from mockserver.core.clock import FifoLock
from mockserver.core.errors import ProfileError
from mockserver.fixtures.fixture_set import FixtureSet

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ask() -> Asker:
    return Asker(simulate("koboldcpp-1.111"))


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/sdapi/v1/samplers", id="plain"),
        pytest.param("/sdapi/v1/samplers/", id="slash at the end"),
        pytest.param("/sdapi/v1/samplers?x=1", id="query"),
        pytest.param("/proxied/sdapi/v1/samplers", id="something before it"),
    ],
)
def test_a_list_has_many_paths(ask: Asker, path: str) -> None:
    assert [item["name"] for item in ask("GET", path).json][:2] == ["Euler", "Euler a"]


def test_every_answer_lets_every_page_in(ask: Asker) -> None:
    for heard in (ask.get("samplers"), ask.get("nope"), ask.draw(), ask("OPTIONS", "/")):
        assert heard.headers["access-control-allow-origin"] == "*"
        assert "genkey" in heard.headers["access-control-allow-headers"]


def test_a_path_that_is_none_is_reported_for_get_alone(ask: Asker) -> None:
    told = ask("GET", "/sdapi/v1/nope?a=<b>")
    assert told.status == ask.post("nope", {}).status == 404
    assert told.body.endswith(b"Current path: /sdapi/v1/nope?a=&lt;b&gt;")
    assert ask("GET", "/a%20b/").body.endswith(b"Current path: /a%20b")
    assert ask.post("nope", {}).body == b""


@pytest.mark.parametrize("name", ["options", "png-info", "interrupt", "samplers"])
def test_routes_of_the_webui_that_it_lacks(ask: Asker, name: str) -> None:
    assert ask.post(name, {}).status == 404


def test_get_of_a_post_route_is_not_found(ask: Asker) -> None:
    assert ask.get("txt2img").status == 404


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_answer_for_any_path(ask: Asker, method: str) -> None:
    heard = ask(method, "/anywhere")
    assert (heard.status, heard.body, heard.headers["content-type"]) == (200, b"", "text/html")


def test_other_methods_are_those_that_pythons_server_lacks(ask: Asker) -> None:
    heard = ask("DELETE", "/sdapi/v1/options")
    assert heard.status == 501
    assert b"Unsupported method ('DELETE')." in heard.body


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"prompt=x", id="a form"),
        pytest.param(b'{"prompt": "x",', id="cut short"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe\xff", id="no text"),
        pytest.param(b"[" * 100_000, id="too deep"),
    ],
)
def test_a_body_that_is_no_json(ask: Asker, body: bytes) -> None:
    heard = ask("POST", "/sdapi/v1/txt2img", body)
    told = {"detail": {"msg": "Error parsing input.", "type": "bad_input"}}
    assert (heard.status, heard.json) == (500, told)


def test_interrogate_lacks_its_model(ask: Asker) -> None:
    heard = ask.post("interrogate", {"image": picture()})
    assert (heard.status, heard.json["detail"]["type"]) == (503, "service_unavailable")


@pytest.mark.parametrize(("waiting", "status"), [(5, 200), (6, 503)])
def test_six_may_wait_and_the_next_is_refused(
    ask: Asker, monkeypatch: pytest.MonkeyPatch, waiting: int, status: int
) -> None:
    monkeypatch.setattr(FifoLock, "waiting", waiting)
    assert ask.draw().status == status
    assert ask.get("samplers").status == 200


def test_it_is_not_started_with_what_it_does_not_know() -> None:
    with pytest.raises(ProfileError, match="such a server is not started with 'auth'"):
        simulate("koboldcpp-1.111", Config(auth=(("user", "pass"),)))


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/", "/api"])
def test_its_documentation_is_a_page(ask: Asker, path: str) -> None:
    heard = ask("GET", path)
    assert (heard.status, heard.headers["content-type"]) == (200, "text/html")
    assert b"<title>KoboldCpp API Documentation</title>" in heard.body


def test_a_recorded_documentation_counts(tmp_path: Path) -> None:
    server = simulate("koboldcpp-1.111")
    (tmp_path / "docs.html").write_text("<p>mine", encoding="utf-8")
    server.fixtures = FixtureSet(tmp_path)
    assert Asker(server)("GET", "/docs").body == b"<p>mine"
