"""How a deployment is reached: address, credentials and their secrets."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.client.address import Address, Basic
from conformance.client.connection import Timeouts
from conformance.errors import AddressError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.client.address import Credentials
    from conformance.client.client import Client, ExchangeLog


# What an operator writes to go without the environment's proxy.
NO_PROXY = "none"
_PROXY_SCHEMES = {"http", "https"}


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How to reach a server.

    Args:
        url: its address, with any path prefix.
        auth: what is shown to be let in; None for what the address holds, or nothing.
        second_auth: another user's, for servers with several.
        headers: sent with every request.
        secrets: further texts that no report may show.
        verify: check certificates: True, False, or the file of a private authority.
        proxy: its URL; None for the environment's, ``none`` for none.
        timeout: seconds to wait for an answer.
        wait: seconds to wait for a server that is not up yet.
    """

    url: str
    auth: Credentials | None = None
    second_auth: Credentials | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    verify: bool | str = True
    proxy: str | None = None
    timeout: float = 300.0
    wait: float = 0.0

    @property
    def base(self) -> str:
        """The address without credentials.

        Raises:
            AddressError: it cannot be used.
        """
        return Address.parse(self.url).base

    @property
    def credentials(self) -> Credentials | None:
        """What is shown to be let in, wherever it was given."""
        pair = Address.parse(self.url).credentials
        return self.auth or (Basic(*pair) if pair else None)

    @property
    def timeouts(self) -> Timeouts:
        """How long to wait for an answer."""
        return Timeouts(read=self.timeout)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of the report has to know of the connection, in sentences."""
        if self.verify is False and self.url.lower().startswith("https:"):
            return ("certificates were not checked (--insecure): anybody could have answered",)
        return ()

    def insist(self) -> None:
        """Make sure that the address and the proxy can be used, before anything goes out.

        Raises:
            AddressError: one of them cannot.
        """
        _ = self.base
        self._proxies()

    def client(self, log: ExchangeLog | None = None) -> Client:
        """A client of this connection.

        Args:
            log: where exchanges are kept; by default a new one.

        Raises:
            AddressError: the address, a header, the proxy or a certificate cannot be used.
        """
        # A command that only reads its options sends nothing.
        from conformance.client.client import Client  # noqa: PLC0415

        return Client(
            self.url,
            auth=self.credentials,
            headers=self.headers,
            verify=self.verify,
            timeout=self.timeouts,
            proxies=self._proxies(),
            secrets=self.secrets,
            log=log,
        )

    def _proxies(self) -> dict[str, str] | None:
        if self.proxy is None:
            return None
        if self.proxy == NO_PROXY:
            return {}
        if not _is_proxy(self.proxy):
            raise AddressError("the proxy has the form http://host:port, or is 'none'")
        return {"http": self.proxy, "https": self.proxy}


def _is_proxy(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in _PROXY_SCHEMES and bool(parts.hostname)


_VARIABLE = "env:"
_FILE = "file:"


@dataclass(frozen=True)
class Secret:
    """A value as it is used, and whether it came from a hidden place.

    Args:
        value: the text itself.
        hidden: whether it was read from the environment or a file.
    """

    value: str = field(repr=False)
    hidden: bool


def read_secret(text: str, folder: Path | None = None) -> Secret:
    """Read ``env:NAME`` from the environment, ``file:PATH`` from a file, else take the text.

    White space at both ends of a file or variable is dropped, as most end with a line break.

    Args:
        text: what the operator wrote.
        folder: from which relative paths start; the current one by default.

    Raises:
        ConfigurationError: the variable is not set, the file cannot be read, or it is empty.
    """
    if text.startswith(_VARIABLE):
        return Secret(_from_environment(text.removeprefix(_VARIABLE)), hidden=True)
    if text.startswith(_FILE):
        return Secret(_from_file((folder or Path()) / text.removeprefix(_FILE)), hidden=True)
    return Secret(text, hidden=False)


def _from_environment(name: str) -> str:
    if not name:
        raise ConfigurationError("env: names no environment variable; write env:NAME")
    value = os.environ.get(name, "").strip()
    if not value:
        raise ConfigurationError(f"the environment variable {name} is not set, or empty")
    return value


def _from_file(path: Path) -> str:
    try:
        value = path.expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"{path}: it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: it is no text in UTF-8") from error
    if not value or "\n" in value:
        raise ConfigurationError(f"{path}: one line is expected there")
    return value
