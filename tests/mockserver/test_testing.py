"""The mock inside the process."""

from __future__ import annotations

import http.server
import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests

import mockserver
from mockserver.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A real server of somebody else on this machine."""
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    thread.join(5)
    server.server_close()


def test_requests_are_answered_without_a_socket() -> None:
    with mockserver.activate(ADDRESS) as mock:
        answer = requests.get(f"{mock.url}/sdapi/v1/samplers", timeout=5)

    assert answer.json()[0]["name"] == "DPM++ 2M"
    assert answer.headers["Content-Encoding"] == "gzip"


def test_what_one_request_changes_the_next_one_sees() -> None:
    with mockserver.activate(ADDRESS) as mock:
        requests.post(f"{mock.url}/sdapi/v1/options", json={"jpeg_quality": 7}, timeout=5)
        answer = requests.get(f"{mock.url}/sdapi/v1/options", timeout=5).json()

        assert answer["jpeg_quality"] == 7.0
        assert mock.webui.options["jpeg_quality"] == 7


def test_each_activation_is_a_server_of_its_own() -> None:
    with mockserver.activate(ADDRESS) as mock:
        mock.webui.options.set("jpeg_quality", 7)
    with mockserver.activate(ADDRESS) as mock:
        assert mock.webui.options["jpeg_quality"] == 80


def test_a_redirect_is_followed() -> None:
    with mockserver.activate(ADDRESS) as mock:
        answer = requests.get(f"{mock.url}/sdapi/v1/samplers/", timeout=5)

    assert answer.url == f"{ADDRESS}/sdapi/v1/samplers"
    assert answer.ok


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://sd.example:8080", id="any host"),
        pytest.param("https://sd.example/webui/", id="a path before the routes"),
    ],
)
def test_any_address_can_be_answered(address: str) -> None:
    with mockserver.activate(address) as mock:
        answer = requests.get(f"{address.rstrip('/')}/internal/ping?x=1", timeout=5)

    assert answer.json() == {}
    assert mock.url == address.rstrip("/")


def test_other_addresses_are_left_alone(elsewhere: str) -> None:
    with mockserver.activate(ADDRESS):
        answer = requests.get(elsewhere, timeout=5)

    assert "Directory listing" in answer.text


def test_a_port_that_only_begins_alike_is_another_address(elsewhere: str) -> None:
    with mockserver.activate(elsewhere[:-1]):
        assert "Directory listing" in requests.get(elsewhere, timeout=5).text


def test_fields_of_the_configuration_are_taken() -> None:
    with mockserver.activate(ADDRESS, fresh=True, auth=(("u", "p"),)) as mock:
        refused = requests.get(f"{mock.url}/sdapi/v1/options", timeout=5)
        answer = requests.get(f"{mock.url}/sdapi/v1/options", auth=("u", "p"), timeout=5)

    assert refused.status_code == 401
    assert repr(answer.json()["jpeg_quality"]) == "80"


def test_a_stopped_server_answers_once_more_and_is_gone() -> None:
    with mockserver.activate(ADDRESS) as mock:
        assert requests.post(f"{mock.url}/sdapi/v1/server-stop", timeout=5).text == "Stopping."
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{mock.url}/internal/ping", timeout=5)


def test_a_killed_server_gives_no_answer() -> None:
    with mockserver.activate(ADDRESS) as mock, pytest.raises(requests.ConnectionError):
        requests.post(f"{mock.url}/sdapi/v1/server-kill", timeout=5)


def test_a_server_not_started_by_its_launcher_cannot_restart() -> None:
    with mockserver.activate(ADDRESS) as mock:
        answer = requests.post(f"{mock.url}/sdapi/v1/server-restart", timeout=5)

        assert (answer.status_code, answer.content) == (501, b"")
        assert requests.get(f"{mock.url}/internal/ping", timeout=5).ok


def test_a_fault_of_the_mock_is_raised_where_the_request_was_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> object:
        raise ZeroDivisionError("mine")

    with mockserver.activate(ADDRESS) as mock:
        monkeypatch.setattr(mock.webui.options, "answer", broken)
        with pytest.raises(ZeroDivisionError):
            requests.get(f"{mock.url}/sdapi/v1/options", timeout=5)


@pytest.mark.parametrize("url", ["127.0.0.1:7860", "nonsense", "http://", ""])
def test_an_address_to_which_no_request_would_go_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="is no address; write it as"), mockserver.activate(url):
        pass


@pytest.mark.parametrize("auth", ["user:pass", ("user", "pass"), (("user",),)])
def test_users_that_are_no_pairs_are_refused(auth: Any) -> None:
    with (
        pytest.raises(BadInput, match="pairs of user and password"),
        mockserver.activate(auth=auth),
    ):
        pass
