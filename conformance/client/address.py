"""The base URL of a server, and the credentials for it."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from conformance.errors import AddressError

API_ROOT = "/sdapi/v1"


@dataclass(frozen=True)
class Address:
    """Where a server is.

    Args:
        base: scheme, host, port and path prefix, without a slash at the end.
        host: host name or IP address, an IPv6 one without brackets.
        credentials: ``user:password`` of the URL, or None.
    """

    base: str
    host: str
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read a base URL as a user types it.

        ``host:7860`` is taken as http; a path prefix is kept; an end of ``/sdapi/v1`` or a
        slash is dropped; credentials are taken out.

        Args:
            text: such as ``http://127.0.0.1:7860`` or ``https://user:pass@host/prefix``.

        Raises:
            AddressError: no address, another scheme, a query, or a port that is none.
        """
        text = text.strip()
        if not text:
            raise AddressError("the address is empty; give one such as http://127.0.0.1:7860")
        parts = _split(text if "://" in text else f"http://{text}", text)
        _refuse_strange(parts, text)
        base = f"{parts.scheme}://{_host_and_port(parts)}{_prefix(parts.path)}"
        return cls(base=base, host=parts.hostname or "", credentials=_credentials(parts))

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost" or self.host.endswith(".localhost")

    def url(self, path: str) -> str:
        """The URL of ``path`` (which starts with a slash) below the prefix.

        Args:
            path: with a slash in front.
        """
        return self.base + path


def _shown(text: str) -> str:
    # The password of a mistyped address must not end up in a log.
    return repr(re.sub(r"(^|//)[^/]*@", r"\1***@", text))


def _split(url: str, text: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise AddressError(
            f"{_shown(text)} is not an address ({error}); an IPv6 host needs brackets, "
            "as in http://[::1]:7860",
        ) from error
    return parts


def _refuse_strange(parts: SplitResult, text: str) -> None:
    if parts.scheme not in {"http", "https"}:
        raise AddressError(f"{_shown(text)} starts with {parts.scheme}://; use http:// or https://")
    if not parts.hostname or any(c.isspace() for c in parts.netloc):
        raise AddressError(f"{_shown(text)} names no host; give one such as http://127.0.0.1:7860")
    if parts.query or parts.fragment:
        raise AddressError(
            "the address has a query or fragment after its path; "
            "leave it out, and pass a token as a header",
        )


def _host_and_port(parts: SplitResult) -> str:
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return shown if parts.port is None else f"{shown}:{parts.port}"


def _prefix(path: str) -> str:
    path = path.rstrip("/")
    return path.removesuffix(API_ROOT).rstrip("/")


def _credentials(parts: SplitResult) -> tuple[str, str] | None:
    if parts.username is None:
        return None
    return unquote(parts.username), unquote(parts.password or "")


@dataclass(frozen=True)
class Basic:
    """HTTP Basic credentials, as ``--api-auth`` of the webui asks for.

    Args:
        user: user name; may not contain a colon.
        password: may be empty.
    """

    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if ":" in self.user:
            raise AddressError("a user name for basic auth cannot contain a colon")

    @classmethod
    def parse(cls, text: str) -> Basic:
        """Read ``user:password``; the password may contain colons.

        Args:
            text: ``user:password``.

        Raises:
            AddressError: no colon.
        """
        user, colon, password = text.partition(":")
        if not colon:
            raise AddressError("credentials have the form user:password")
        return cls(user, password)

    @property
    def header(self) -> str:
        """Value of the Authorization header."""
        return f"Basic {self._token}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown: the password and its encoded form."""
        return (self.password, self._token)

    @property
    def _token(self) -> str:
        return b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")


@dataclass(frozen=True)
class Bearer:
    """A bearer token.

    Args:
        token: the token alone, without ``Bearer``.
    """

    token: str = field(repr=False)

    @property
    def header(self) -> str:
        """Value of the Authorization header."""
        return f"Bearer {self.token}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown."""
        return (self.token,)


Credentials = Basic | Bearer


def read_credentials(auth: Credentials | tuple[str, str] | str | None) -> Credentials | None:
    """Take credentials in any of their forms: object, pair, or ``user:password``.

    Args:
        auth: an object of this module, a pair of texts, ``user:password``, or None.

    Raises:
        AddressError: a text without a colon.
    """
    if isinstance(auth, str):
        return Basic.parse(auth)
    if isinstance(auth, tuple):
        return Basic(*auth)
    return auth
