"""Every client library is answered alike, in the process and on a port."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import pytest
import requests
import urllib3
from clients import CLIENTS
from listening import running

import mockserver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.activated import Activated

SMALL = {"prompt": "cat", "steps": 2, "width": 64, "height": 64, "seed": 1}
WAYS = ["process", "port"]


@contextmanager
def mock(way: str, **config: Any) -> Iterator[Activated]:
    """A mock in the process or on a port."""
    if way == "process":
        with mockserver.activate("http://webui.test:7860", **config) as active:
            yield active
    else:
        with running(**config) as active:
            yield active


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("client", CLIENTS)
def test_all_libraries_see_one_state(client: str, way: str) -> None:
    ask = CLIENTS[client]
    with mock(way) as webui:
        made = ask("POST", f"{webui.url}/sdapi/v1/txt2img", SMALL)
        ask("POST", f"{webui.url}/sdapi/v1/options", {"jpeg_quality": 7})

        assert made.status == 200
        assert len(made.json["images"]) == 1
        assert webui.webui.options.get("jpeg_quality") == 7
        assert ask("GET", f"{webui.url}/sdapi/v1/nowhere").status == 404
        assert webui.journal.count("/sdapi/v1/txt2img") == 1


@pytest.mark.parametrize("client", CLIENTS)
def test_an_https_address_needs_no_certificate(client: str) -> None:
    with mockserver.activate("https://webui.example/sd") as webui:
        assert CLIENTS[client]("GET", f"{webui.url}/sdapi/v1/samplers").status == 200


@pytest.mark.parametrize("client", CLIENTS)
def test_two_addresses_are_two_servers(client: str) -> None:
    ask = CLIENTS[client]
    with (
        mockserver.activate("http://one.test:7860") as one,
        mockserver.activate("http://two.test:7860", profile="forge") as two,
    ):
        ask("POST", f"{one.url}/sdapi/v1/options", {"jpeg_quality": 7})

        assert one.webui.options.get("jpeg_quality") == 7
        assert two.webui.options.get("jpeg_quality") == 80
        assert ask("GET", f"{two.url}/sdapi/v1/sd-modules").status == 200


@pytest.mark.parametrize("client", CLIENTS)
def test_two_paths_of_one_host_are_two_servers(client: str) -> None:
    ask = CLIENTS[client]
    with (
        mockserver.activate("http://gpu.test/one") as one,
        mockserver.activate("http://gpu.test/two", auth=(("u", "p"),)) as two,
    ):
        assert ask("GET", f"{one.url}/sdapi/v1/options").status == 200
        assert ask("GET", f"{two.url}/sdapi/v1/options").status == 401
        assert b"no mock is activated here" in ask("GET", "http://gpu.test/three").body


#: What each library raises, by fault. The same on a port as in the process.
RAISED: dict[str, dict[str, type[Exception] | tuple[type[Exception], ...]]] = {
    "refused": {
        "requests": requests.ConnectionError,
        "urllib3": urllib3.exceptions.NewConnectionError,
        "httpx": httpx.ConnectError,
        "httpx-async": httpx.ConnectError,
        "aiohttp": aiohttp.ClientConnectorError,
    },
    "reset": {
        "requests": requests.ConnectionError,
        "urllib3": urllib3.exceptions.ProtocolError,
        "httpx": httpx.ReadError,
        "httpx-async": httpx.ReadError,
        "aiohttp": aiohttp.ClientOSError,
    },
    "closed": {
        "requests": requests.ConnectionError,
        "urllib3": urllib3.exceptions.ProtocolError,
        "httpx": httpx.RemoteProtocolError,
        "httpx-async": httpx.RemoteProtocolError,
        "aiohttp": aiohttp.ServerDisconnectedError,
    },
    "dropped": {
        "requests": requests.exceptions.ChunkedEncodingError,
        "urllib3": urllib3.exceptions.ProtocolError,
        "httpx": httpx.RemoteProtocolError,
        "httpx-async": httpx.RemoteProtocolError,
        "aiohttp": aiohttp.ClientPayloadError,
    },
    "never": {
        "requests": requests.ReadTimeout,
        "urllib3": urllib3.exceptions.ReadTimeoutError,
        "httpx": httpx.ReadTimeout,
        "httpx-async": httpx.ReadTimeout,
        "aiohttp": aiohttp.SocketTimeoutError,
    },
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault", RAISED)
def test_a_broken_connection_raises_the_librarys_own_error(
    fault: str, client: str, way: str
) -> None:
    expected = RAISED[fault][client]
    with mock(way) as webui, webui.fault(fault), pytest.raises(expected) as raised:
        CLIENTS[client](
            "POST", f"{webui.url}/sdapi/v1/txt2img", SMALL, 0.3 if fault == "never" else 10
        )

    assert type(raised.value) is expected


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("client", CLIENTS)
def test_it_works_again_when_the_fault_is_over(client: str, way: str) -> None:
    with mock(way) as webui:
        with webui.fault("refused"), pytest.raises(RAISED["refused"][client]):
            CLIENTS[client]("GET", f"{webui.url}/sdapi/v1/samplers")

        assert CLIENTS[client]("GET", f"{webui.url}/sdapi/v1/samplers").status == 200


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("client", CLIENTS)
def test_a_body_that_drips_is_whole_in_the_end(client: str, way: str) -> None:
    with mock(way) as webui, webui.fault("drip", pause=0.001):
        assert CLIENTS[client]("POST", f"{webui.url}/sdapi/v1/txt2img", SMALL).json["images"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("client", CLIENTS)
def test_timeouts_hold(client: str, way: str) -> None:
    with mock(way, step_time=4.0) as webui, pytest.raises(RAISED["never"][client]):
        CLIENTS[client](
            "POST", f"{webui.url}/sdapi/v1/txt2img", {**SMALL, "width": 512, "height": 512}, 0.2
        )


@pytest.mark.parametrize("client", CLIENTS)
def test_a_fault_of_the_mock_is_raised_where_the_request_was_made(
    client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> object:
        raise ZeroDivisionError("mine")

    with mockserver.activate("http://webui.test:7860") as webui:
        monkeypatch.setattr(webui.webui.options, "answer", broken)
        with pytest.raises(Exception, match="mine"):
            CLIENTS[client]("GET", f"{webui.url}/sdapi/v1/options")
