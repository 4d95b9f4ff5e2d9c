"""Libraries whose requests are answered in the process, httpx and aiohttp among them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import anyio
import httpcore

from mockserver.intercept.addresses import ADDRESSES
from mockserver.intercept.connection import PairedSocket, connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.intercept.patches import Patches


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
        """Connects to our addresses in the process, and to others as before."""

        async def connect_tcp(self: Any, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
            found = ADDRESSES.at(host, port)
            if not found:
                return await original(self, host, port, *args, **kwargs)
            try:
                sock = connect(found)
            except OSError as error:
                raise core.ConnectError(str(error)) from error
            module = import_module("mockserver.intercept.libraries")
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
        """Connects to our addresses in the process, and to others as before."""

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


class AsyncStream(httpcore.AsyncNetworkStream):
    """One connection.

    Args:
        sock: the client's end.
    """

    def __init__(self, sock: PairedSocket) -> None:
        self._socket = sock
        sock.setblocking(False)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's own signature
        """What has come, at most `max_bytes`; "" at the end.

        Args:
            max_bytes: at most.
            timeout: seconds; None for none.
        """
        try:
            with anyio.fail_after(timeout):
                await anyio.wait_readable(self._socket)
                return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's own signature
        """Send all of `buffer`.

        Args:
            buffer: bytes to send.
            timeout: seconds; None for none.
        """
        left = memoryview(buffer)
        try:
            with anyio.fail_after(timeout):
                while left:
                    await anyio.wait_writable(self._socket)
                    left = left[self._socket.send(left) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close the connection."""
        self._socket.close()

    async def start_tls(self, *_: Any, **__: Any) -> AsyncStream:
        """The same: nobody else is on this connection."""
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks: whether the connection was closed by the other end.

        Args:
            info: what is asked for.
        """
        if info == "is_readable":
            from httpcore._utils import is_socket_readable  # noqa: PLC0415 - of httpcore

            return is_socket_readable(self._socket)
        return self._socket if info == "socket" else None
