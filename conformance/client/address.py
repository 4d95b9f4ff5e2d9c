"""The base address of a server: scheme, host, port, path prefix."""

from __future__ import annotations

import re
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
        credentials: ``user:password`` that stood in the URL, or None.
    """

    base: str
    host: str
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read a base URL as a user types it.

        ``host:7860`` is taken as http; a path prefix is kept; an end of ``/sdapi/v1`` or a
        slash is dropped; credentials are taken out.

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
        """The URL of ``path`` (which starts with a slash) below the prefix."""
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
            f"{_shown(text)} is not an address ({error}); an IPv6 host stands in brackets, "
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
