"""The guard: connections to an activated address that no library of ours makes are refused."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from mockserver.intercept.addresses import ADDRESSES, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.intercept.patching import Patches


def install(patches: Patches) -> None:
    """Guard the sockets of this process, and its look-ups of names.

    Args:
        patches: where they are put back from.
    """
    for name in ("connect", "connect_ex"):
        patches.replace(socket.socket, name, _guarded)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        patches.replace(socket, name, _guarded_lookup)


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any, /) -> Any:
        if isinstance(address, tuple) and len(address) > 1 and ADDRESSES.at(*address[:2]):
            raise refusal(*address[:2])
        return connect(self, address)

    return guarded


def _guarded_lookup(lookup: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        if ADDRESSES.names(host):
            port = args[0] if args else kwargs.get("port", "")
            raise refusal(host, port)
        return lookup(host, *args, **kwargs)

    return guarded
