"""What opens a connection of its own to an activated address is refused, and never gets out."""

from __future__ import annotations

import asyncio
import http.client
import socket
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

import mockserver
from mockserver.intercept import NotIntercepted

ADDRESSES = ["http://127.0.0.1:7860", "http://webui.test:7860"]


def raw_socket(host: str, port: int) -> None:
    socket.create_connection((host, port), timeout=1)


def connect_ex(host: str, port: int) -> None:
    with socket.socket() as sock:
        sock.connect_ex((host, port))


def http_client(host: str, port: int) -> None:
    http.client.HTTPConnection(host, port, timeout=1).request("GET", "/")


def streams(host: str, port: int) -> None:
    asyncio.run(asyncio.wait_for(asyncio.open_connection(host, port), 1))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("way", [raw_socket, http_client, streams])
def test_other_connections_are_refused_in_a_sentence(way: object, address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    with (
        mockserver.activate(address) as webui,
        pytest.raises(NotIntercepted, match="use the fixture webui_server"),
    ):
        way(host, int(port))  # type: ignore[operator]
    assert webui.journal.count() == 0


def test_connect_ex_is_refused_too() -> None:
    with mockserver.activate(), pytest.raises(NotIntercepted):
        connect_ex("127.0.0.1", 7860)


@pytest.mark.parametrize("address", ADDRESSES)
def test_urllib_says_the_sentence(address: str) -> None:
    with (
        mockserver.activate(address) as webui,
        pytest.raises(urllib.error.URLError, match="use the fixture webui_server"),
    ):
        urllib.request.urlopen(f"{webui.url}/sdapi/v1/samplers", timeout=1)  # noqa: S310 - our own address


def test_other_names_of_this_machine_are_the_same_address() -> None:
    with mockserver.activate("http://127.0.0.1:7860"):
        assert requests.get("http://localhost:7860/internal/ping", timeout=5).json() == {}
        with pytest.raises(NotIntercepted):
            raw_socket("localhost", 7860)


def test_other_ports_of_this_machine_are_open() -> None:
    with mockserver.activate("http://127.0.0.1:7860"), socket.create_server(("", 0)) as server:
        socket.create_connection(server.getsockname()[:2], timeout=1).close()


def test_a_pool_of_threads_is_answered() -> None:
    def ping(_: int) -> bool:
        return requests.get("http://webui.test:7860/internal/ping", timeout=5).ok

    with mockserver.activate("http://webui.test:7860"), ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ping, range(40)))


def test_everything_is_as_before_when_it_is_over() -> None:
    before = (socket.getaddrinfo, vars(socket.socket).get("connect"), requests.Session.send)
    with mockserver.activate():
        pass

    assert before == (socket.getaddrinfo, vars(socket.socket).get("connect"), requests.Session.send)


def test_a_connection_that_was_kept_is_closed_when_it_is_over() -> None:
    with requests.Session() as session:
        with mockserver.activate("http://webui.test:7860") as first:
            session.get(f"{first.url}/internal/ping", timeout=5)
        with mockserver.activate("http://webui.test:7860") as second:
            session.get(f"{second.url}/internal/ping", timeout=5)

            assert second.journal.count() == 1


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with mockserver.activate("http://webui.test:7860") as webui:
        assert requests.get(f"{webui.url}/internal/ping", timeout=5).ok
