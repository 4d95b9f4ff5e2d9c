"""The client libraries: where each makes its connections, and how it gets ours instead.

urllib3 serves requests, boto and others; httpcore serves httpx, sync and async; aiohttp is on its
own. Each is patched where it opens a socket, below what users' own mocks of it patch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mockserver.intercept.addresses import ADDRESSES
from mockserver.intercept.connection import PairedSocket, connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.intercept.patching import Patches


def _urllib3(patches: Patches) -> None:
    sockets = import_module("urllib3.util.connection")
    connections = import_module("urllib3.connection")
    plain = connections.HTTPConnection

    def create(original: Callable[..., Any]) -> Callable[..., Any]:
        def create_connection(address: Any, timeout: Any = None, *args: Any, **kwargs: Any) -> Any:
            found = ADDRESSES.at(*address)
            if not found:
                return original(address, timeout, *args, **kwargs)
            seconds = timeout if isinstance(timeout, int | float) else None
            return connect(found, seconds)

        return create_connection

    def secure(original: Callable[..., Any]) -> Callable[..., Any]:
        def connect_without_tls(self: Any) -> None:
            if not ADDRESSES.at(self.host, self.port):
                original(self)
                return
            plain.connect(self)
            self.is_verified = True

        return connect_without_tls

    def anew(original: Callable[..., Any]) -> Callable[..., Any]:
        def request(self: Any, *args: Any, **kwargs: Any) -> Any:
            opened_before = self.sock is not None and not isinstance(self.sock, PairedSocket)
            if opened_before and ADDRESSES.at(self.host, self.port):
                self.close()
            return original(self, *args, **kwargs)

        return request

    patches.replace(sockets, "create_connection", create)
    patches.replace(plain, "request", anew)
    patches.replace(connections.HTTPSConnection, "connect", secure)


def _requests(patches: Patches) -> None:
    """Proxies of the environment are not asked for an activated address."""
    sessions = import_module("requests.sessions")

    def merge(original: Callable[..., Any]) -> Callable[..., Any]:
        def merged(self: Any, url: Any, *args: Any, **kwargs: Any) -> Any:
            found = original(self, url, *args, **kwargs)
            return {**found, "proxies": {}} if ADDRESSES.covers(url) else found

        return merged

    patches.replace(sessions.Session, "merge_environment_settings", merge)


def _httpcore(patches: Patches) -> None:
    core = import_module("httpcore")
    sync = import_module("httpcore._backends.sync")
    auto = import_module("httpcore._backends.auto")

    class Stream(sync.SyncStream):  # type: ignore[misc, name-defined]  # chosen at run time
        """A connection of ours, which needs no TLS."""

        def start_tls(self, *_: Any, **__: Any) -> Any:
            return self

    def plainly(original: Callable[..., Any]) -> Callable[..., Any]:
        def connect_tcp(self: Any, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
            found = ADDRESSES.at(host, port)
            if not found:
                return original(self, host, port, *args, **kwargs)
            try:
                return Stream(connect(found))
            except OSError as error:
                raise core.ConnectError(str(error)) from error

        return connect_tcp

    def awaited(original: Callable[..., Any]) -> Callable[..., Any]:
        async def connect_tcp(self: Any, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
            found = ADDRESSES.at(host, port)
            if not found:
                return await original(self, host, port, *args, **kwargs)
            try:
                sock = connect(found)
            except OSError as error:
                raise core.ConnectError(str(error)) from error
            module = import_module("mockserver.intercept.async_stream")
            return module.AsyncStream(sock)

        return connect_tcp

    patches.replace(sync.SyncBackend, "connect_tcp", plainly)
    patches.replace(auto.AutoBackend, "connect_tcp", awaited)


def _httpx(patches: Patches) -> None:
    """Proxies of the environment are not asked for an activated address."""
    httpx = import_module("httpx")
    usual = (httpx.HTTPTransport, httpx.AsyncHTTPTransport)

    def choose(original: Callable[..., Any]) -> Callable[..., Any]:
        def transport_for_url(self: Any, url: Any) -> Any:
            own = self._transport
            if isinstance(own, usual) and ADDRESSES.covers(url):
                return own
            return original(self, url)

        return transport_for_url

    for client in (httpx.Client, httpx.AsyncClient):
        patches.replace(client, "_transport_for_url", choose)


def _aiohttp(patches: Patches) -> None:
    aiohttp = import_module("aiohttp")

    def create(original: Callable[..., Any]) -> Callable[..., Any]:
        async def create_connection(self: Any, req: Any, traces: Any, limits: Any) -> Any:
            found = ADDRESSES.at(req.url.host, req.url.port)
            if not found or req.proxy:
                return await original(self, req, traces, limits)
            try:
                sock: PairedSocket = connect(found)
            except OSError as error:
                raise aiohttp.ClientConnectorError(req.connection_key, error) from error
            sock.setblocking(False)
            _, protocol = await self._loop.create_connection(self._factory, sock=sock)
            return protocol

        return create_connection

    patches.replace(aiohttp.TCPConnector, "_create_connection", create)


#: By the name that is looked for; in this order.
LIBRARIES: dict[str, Callable[[Patches], None]] = {
    "urllib3": _urllib3,
    "requests": _requests,
    "httpcore": _httpcore,
    "httpx": _httpx,
    "aiohttp": _aiohttp,
}
