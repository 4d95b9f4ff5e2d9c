"""Addresses: claiming a port, and saying where the mock answers."""

from __future__ import annotations

import errno
import socket
import sys

from mockserver.errors import ServeError

_TAKEN = {errno.EADDRINUSE, errno.EACCES} if sys.platform == "win32" else {errno.EADDRINUSE}


def claim(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes any free one.

    Raises:
        ServeError: the port is taken, may not be used, or the host is none of this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError, OverflowError) as error:
        raise ServeError(f"cannot listen on {host!r}: no such host; try 127.0.0.1") from error
    claimed = socket.socket(family, kind, protocol)
    if sys.platform != "win32":
        claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind(address)
    except (OSError, OverflowError) as error:
        claimed.close()
        raise ServeError(_problem(host, port, error)) from error
    return claimed


def _problem(host: str, port: int, error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code in _TAKEN:
        return f"port {port} on {host} is taken; name another with --port, or 0 for any free one"
    if code == errno.EACCES:
        return f"port {port} may not be used by this user; name one above 1023"
    words = getattr(error, "strerror", None) or error
    return f"cannot listen on {host} port {port}: {words}; name another --host or --port"


def url_of(claimed: socket.socket) -> str:
    """The address of a bound socket, as a client writes it."""
    host, port = claimed.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104 - as above
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
