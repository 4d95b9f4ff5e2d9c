"""Our connection as httpcore's async half wants it, under asyncio and trio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import httpcore

if TYPE_CHECKING:
    from mockserver.intercept.connection import PairedSocket


class AsyncStream(httpcore.AsyncNetworkStream):
    """One connection.

    Args:
        sock: the client's end.
    """

    def __init__(self, sock: PairedSocket) -> None:
        self._socket = sock
        sock.setblocking(False)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's own signature
        """What has come, at most `max_bytes`; "" at the end."""
        try:
            with anyio.fail_after(timeout):
                await anyio.wait_readable(self._socket)
                return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's own signature
        """Send all of `buffer`."""
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
        """What httpcore asks: whether the connection was closed by the other end."""
        if info == "is_readable":
            from httpcore._utils import is_socket_readable  # noqa: PLC0415 - of httpcore

            return is_socket_readable(self._socket)
        return self._socket if info == "socket" else None
