"""The client libraries that are answered, each behind one function."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import requests
import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Got:
    """An answer as a client library gives it."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def with_requests(method: str, url: str, body: Any = None, timeout: float | None = 10) -> Got:
    answer = requests.request(method, url, json=body, timeout=timeout)
    return Got(answer.status_code, answer.content)


def with_urllib3(method: str, url: str, body: Any = None, timeout: float | None = 10) -> Got:
    data = None if body is None else json.dumps(body).encode()
    with urllib3.PoolManager(retries=False) as pool:
        answer = pool.request(method, url, body=data, headers=JSON, timeout=timeout)
        return Got(answer.status, answer.data)


def with_httpx(method: str, url: str, body: Any = None, timeout: float | None = 10) -> Got:
    answer = httpx.request(method, url, json=body, timeout=timeout)
    return Got(answer.status_code, answer.content)


def with_async_httpx(method: str, url: str, body: Any = None, timeout: float | None = 10) -> Got:
    async def ask() -> Got:
        async with httpx.AsyncClient(timeout=timeout) as client:
            answer = await client.request(method, url, json=body)
            return Got(answer.status_code, answer.content)

    return asyncio.run(ask())


def with_aiohttp(method: str, url: str, body: Any = None, timeout: float | None = 10) -> Got:
    async def ask() -> Got:
        limits = aiohttp.ClientTimeout(total=None, sock_read=timeout)
        async with (
            aiohttp.ClientSession(timeout=limits) as session,
            session.request(method, url, json=body) as answer,
        ):
            return Got(answer.status, await answer.read())

    return asyncio.run(ask())


CLIENTS: dict[str, Callable[..., Got]] = {
    "requests": with_requests,
    "urllib3": with_urllib3,
    "httpx": with_httpx,
    "httpx-async": with_async_httpx,
    "aiohttp": with_aiohttp,
}
