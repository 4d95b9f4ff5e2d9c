"""Which addresses are activated in this process, and what answers each."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication


_PORTS = {"http": 80, "https": 443}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class NotIntercepted(ConnectionRefusedError):  # noqa: N818 - what happened, not a fault of the mock
    """Something opens a connection of its own to an activated address; it is refused."""


@dataclass(frozen=True)
class Activation:
    """One address that is answered in this process.

    Attributes:
        url: without a slash at the end; it may carry a path prefix.
        app: the WSGI app that answers.
        refuses: whether a new connection is refused now.
        is_killed: whether the simulated server's process is gone.
    """

    url: str
    app: WSGIApplication
    refuses: Callable[[], bool]
    is_killed: Callable[[], bool]

    @property
    def scheme(self) -> str:
        """``http`` or ``https``."""
        return urlsplit(self.url).scheme

    @property
    def origin(self) -> tuple[str, int]:
        """Host and port, as connections are made to."""
        parts = urlsplit(self.url)
        return plain_host(parts.hostname or ""), parts.port or _PORTS[self.scheme]

    @property
    def prefix(self) -> str:
        """The path before the routes; "" mostly."""
        return urlsplit(self.url).path.rstrip("/")


def plain_host(host: str | bytes) -> str:
    """A host as it is compared: this machine's names are one.

    Args:
        host: a name or an address, maybe in brackets.
    """
    text = host.decode("latin-1") if isinstance(host, bytes) else host
    plain = text.strip("[]").rstrip(".").lower()
    return "localhost" if plain in _THIS_MACHINE else plain


class Addresses:
    """The activated addresses of this process; those that share a host and port differ in path."""

    def __init__(self) -> None:
        self._all: list[Activation] = []
        self._lock = threading.Lock()

    def add(self, activation: Activation) -> None:
        """Answer an address; of two with the same path the one that came last answers.

        Args:
            activation: what answers.
        """
        with self._lock:
            self._all.append(activation)

    def remove(self, activation: Activation) -> None:
        """Answer an address no longer, and close what is connected to it.

        Args:
            activation: as it was added.
        """
        with self._lock:
            self._all = [other for other in self._all if other is not activation]

    def at(self, host: Any, port: Any) -> list[Activation]:
        """The activations of a host and port, the last one first.

        Args:
            host: a name or an address.
            port: a number, or a text of one.
        """
        if not self._all or not isinstance(host, str | bytes):
            return []
        try:
            origin = plain_host(host), int(port or 0)
        except (TypeError, ValueError):
            return []
        return [found for found in reversed(self._all) if found.origin == origin]

    def covers(self, url: object) -> bool:
        """Whether requests to `url` are answered in this process.

        Args:
            url: the whole address, as a text or whatever turns into one.
        """
        if not self._all:
            return False
        try:
            parts = urlsplit(str(url))
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            return False
        path = parts.path or "/"
        found = self.at(parts.hostname or "", port)
        return any(path_in(path, activation.prefix) for activation in found)

    def names(self, host: Any) -> bool:
        """Whether `host` is the name of an activated address that no machine is to look up.

        Args:
            host: a name.
        """
        if not self._all or not isinstance(host, str | bytes):
            return False
        plain = plain_host(host)
        if plain == "localhost" or plain.replace(".", "").isdigit() or ":" in plain:
            return False
        return any(activation.origin[0] == plain for activation in self._all)

    @property
    def urls(self) -> list[str]:
        """The activated addresses."""
        return [activation.url for activation in self._all]

    def __bool__(self) -> bool:
        return bool(self._all)


def path_in(path: str, prefix: str) -> bool:
    """Whether a path is below a prefix.

    Args:
        path: of a request.
        prefix: of an activation, without a slash at its end.
    """
    return path == prefix or path.startswith((f"{prefix}/", f"{prefix}?"))


def refusal(host: object, port: object) -> NotIntercepted:
    """The error of a connection that somebody else opens.

    Args:
        host: where to.
        port: likewise.
    """
    return NotIntercepted(
        f"{host}:{port} is answered inside this process, for requests, urllib3, httpx and aiohttp; "
        "what opens a connection of its own needs a mock on a real port: use the fixture "
        "webui_server, or sdapi-mock --port 0"
    )


#: All activated addresses.
ADDRESSES = Addresses()
