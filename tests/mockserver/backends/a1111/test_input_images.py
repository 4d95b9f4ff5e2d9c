"""Pictures that requests name by address."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import responses

from mockserver.backends.a1111.input_images import download, is_global, read_picture
from mockserver.core.errors import HTTPError, ServerError

URL = "http://pictures.test/fox.png"
OPTIONS = {
    "api_enable_requests": True,
    "api_forbid_local_requests": True,
    "api_useragent": "",
}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Addresses by host; others cannot be found."""
    known: dict[str, list[str]] = {}

    def look_up(host: str) -> tuple[str, list[str], list[str]]:
        if host not in known:
            raise socket.gaierror
        return host, [], known[host]

    monkeypatch.setattr(socket, "gethostbyname_ex", look_up)
    return known


@pytest.mark.parametrize(
    ("url", "addresses", "public"),
    [
        pytest.param("http://a.test/x", ["93.184.216.34"], True, id="public"),
        pytest.param("http://a.test/x", ["93.184.216.34", "10.0.0.1"], False, id="one is not"),
        pytest.param("http://a.test/x", ["127.0.0.1"], False, id="loopback"),
        pytest.param("http://a.test:80/x", ["93.184.216.34"], False, id="with a port"),
        pytest.param("http://b.test/x", ["93.184.216.34"], False, id="not found"),
        pytest.param("http://[::1/x", [], False, id="no address at all"),
    ],
)
def test_hosts_are_public_when_all_their_addresses_are(
    names: dict[str, list[str]], url: str, addresses: list[str], public: bool
) -> None:
    names["a.test"] = addresses

    assert is_global(url) is public


@pytest.mark.parametrize(
    ("options", "detail"),
    [
        pytest.param({"api_enable_requests": False}, "Requests not allowed", id="not at all"),
        pytest.param({}, "Request to local resource not allowed", id="not to this machine"),
    ],
)
@pytest.mark.usefixtures("names")
def test_the_options_refuse(options: dict[str, Any], detail: str) -> None:
    with pytest.raises(HTTPError) as caught:
        read_picture("http://127.0.0.1:9/x.png", {**OPTIONS, **options})

    assert (caught.value.status, caught.value.detail) == (500, detail)


@responses.activate
def test_a_public_picture_is_fetched_with_the_user_agent_of_the_options(
    names: dict[str, list[str]],
) -> None:
    names["pictures.test"] = ["93.184.216.34"]
    responses.get(URL, b"bytes")

    assert download(URL, {**OPTIONS, "api_useragent": "fox/1"}) == b"bytes"
    assert responses.calls[0].request.headers["user-agent"] == "fox/1"


@responses.activate
def test_a_local_one_is_fetched_where_the_options_allow_it() -> None:
    responses.get("http://127.0.0.1:9/x.png", b"bytes")

    assert download("http://127.0.0.1:9/x.png", {**OPTIONS, "api_forbid_local_requests": False})


@responses.activate
def test_an_address_that_does_not_answer_is_the_library_s_own_error(
    names: dict[str, list[str]],
) -> None:
    names["pictures.test"] = ["93.184.216.34"]

    with pytest.raises(ServerError) as caught:
        download(URL, OPTIONS)

    assert caught.value.name == "ConnectionError"
