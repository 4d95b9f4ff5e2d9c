"""Users' own mocks around, inside and beside ours."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import pytest
import requests
import requests_mock
import responses
import respx
from aioresponses import aioresponses
from clients import Got, with_aiohttp, with_async_httpx, with_httpx, with_requests

import mockserver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_httpx import HTTPXMock

ELSEWHERE = "http://elsewhere.example/"
OURS = "http://webui.test:7860"
PING = f"{OURS}/internal/ping"


@contextmanager
def with_responses(url: str) -> Iterator[None]:
    with responses.RequestsMock() as mock:
        mock.get(url, body="theirs")
        yield


@contextmanager
def with_requests_mock(url: str) -> Iterator[None]:
    with requests_mock.Mocker() as mock:
        mock.get(url, text="theirs")
        yield


@contextmanager
def with_respx(url: str) -> Iterator[None]:
    with respx.mock() as mock:
        mock.get(url).respond(text="theirs")
        yield


@contextmanager
def with_aioresponses(url: str) -> Iterator[None]:
    """Its release of 2026 makes no answers for aiohttp 3.14, only errors."""
    with aioresponses() as mock:
        mock.get(url, exception=aiohttp.ClientError("theirs"))
        yield


def with_aiohttp_or_their_error(method: str, url: str) -> Got:
    try:
        return with_aiohttp(method, url)
    except aiohttp.ClientError as error:
        if str(error) != "theirs":
            raise
        return Got(200, b"theirs")


MOCKS: dict[str, tuple[Callable[[str], Any], Callable[..., Any]]] = {
    "responses": (with_responses, with_requests),
    "requests-mock": (with_requests_mock, with_requests),
    "respx": (with_respx, with_httpx),
    "respx-async": (with_respx, with_async_httpx),
    "aioresponses": (with_aioresponses, with_aiohttp_or_their_error),
}


@pytest.mark.parametrize("name", MOCKS)
def test_theirs_inside_ours(name: str) -> None:
    theirs, ask = MOCKS[name]
    with mockserver.activate(OURS):
        with theirs(ELSEWHERE):
            assert ask("GET", ELSEWHERE).body == b"theirs"
            assert ask("GET", PING).body == b"{}"
        assert ask("GET", PING).body == b"{}"


@pytest.mark.parametrize("name", MOCKS)
def test_theirs_around_ours(name: str) -> None:
    theirs, ask = MOCKS[name]
    with theirs(ELSEWHERE):
        with mockserver.activate(OURS):
            assert ask("GET", PING).body == b"{}"
            assert ask("GET", ELSEWHERE).body == b"theirs"
        with pytest.raises(Exception, match=r"webui\.test|refused|mock"):
            ask("GET", PING)


@pytest.mark.parametrize("name", MOCKS)
def test_what_they_know_of_our_address_is_theirs(name: str) -> None:
    theirs, ask = MOCKS[name]
    with mockserver.activate(OURS) as webui:
        with theirs(PING):
            assert ask("GET", PING).body == b"theirs"
            assert ask("GET", f"{OURS}/sdapi/v1/samplers").status == 200
        assert webui.journal.count(method="GET") == 1


@pytest.mark.parametrize("name", MOCKS)
def test_ends_may_cross(name: str) -> None:
    theirs, ask = MOCKS[name]
    ours = mockserver.activate(OURS)
    other = theirs(ELSEWHERE)
    ours.__enter__()
    other.__enter__()
    ask("GET", ELSEWHERE)
    ours.__exit__(None, None, None)
    other.__exit__(None, None, None)

    with mockserver.activate(OURS):
        assert ask("GET", PING).body == b"{}"


def test_pytest_httpx_inside_ours(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=ELSEWHERE, text="theirs")
    with mockserver.activate(OURS):
        assert with_httpx("GET", PING).body == b"{}"
        assert with_async_httpx("GET", PING).body == b"{}"
        assert with_httpx("GET", ELSEWHERE).body == b"theirs"


@responses.activate
def test_the_decorator_of_responses() -> None:
    responses.get(ELSEWHERE, body="theirs")
    with mockserver.activate(OURS):
        assert requests.get(PING, timeout=5).ok
        assert requests.get(ELSEWHERE, timeout=5).text == "theirs"
        with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
            requests.get("http://third.example/", timeout=5)
    assert len(responses.calls) == 2


def test_their_own_transports_are_left_alone() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text="theirs"))
    with mockserver.activate(OURS), httpx.Client(transport=transport) as client:
        assert client.get(PING).text == "theirs"


def test_an_open_session_of_aiohttp_goes_on() -> None:
    async def ask() -> list[int]:
        async with aiohttp.ClientSession() as session:
            found = []
            for _ in range(3):
                async with session.get(PING) as answer:
                    found.append(answer.status)
            return found

    with mockserver.activate(OURS):
        assert asyncio.run(ask()) == [200, 200, 200]
