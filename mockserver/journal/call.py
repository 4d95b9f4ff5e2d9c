"""One request that a mock got, and its answer, with bodies made small enough to keep."""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mockserver.core.json_values import json_or_none
from mockserver.redaction.names import SECRET, is_secret_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mockserver.lint.finding import Finding


#: Bodies up to this size are kept as they are.
SMALL = 16_384
#: Of what is left of a body, this much is kept.
LARGEST = 65_536
#: Base64, with the backslashes that some clients put before slashes, behind what opens a text,
#: a data URI or a form's value: a pattern that begins with few characters is found faster.
_BASE64 = re.compile(rb"([\",=])([A-Za-z0-9+/\\]{256,}={0,2})")
_GZIP = 31


def shrunk(body: bytes, encoding: str = "") -> tuple[bytes, bool]:
    """What is kept of a body, and whether its end is missing.

    Args:
        body: as it went over the wire.
        encoding: ``gzip`` where it is packed.
    """
    if encoding == "gzip":
        body = unpacked(body)
    if len(body) > SMALL:
        body = _BASE64.sub(_digest, body)
    return body[:LARGEST], len(body) > LARGEST


def unpacked(body: bytes) -> bytes:
    """A gzip body unpacked; as it is where that fails.

    Args:
        body: as it went over the wire.
    """
    try:
        return zlib.decompress(body, _GZIP)
    except zlib.error:
        return body


def _digest(found: re.Match[bytes]) -> bytes:
    """``sha256:<16 hex digits> (<n> characters of base64)`` of the base64 without backslashes."""
    plain = found[2].replace(b"\\", b"")
    digest = hashlib.sha256(plain).hexdigest()[:16]
    return found[1] + f"sha256:{digest} ({len(plain)} characters of base64)".encode()


#: Roughly what a call costs beside its bodies and headers.
_FRAME = 500


@dataclass(frozen=True)
class Message:
    """Headers and body of a request or an answer.

    Attributes:
        headers: in the order in which they came; what names a secret is redacted.
        body: with digests instead of pictures.
        cut: whether the end of the body is missing.
        length: of the body as it went over the wire.
    """

    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: bool = False
    length: int = 0

    @classmethod
    def kept(
        cls,
        headers: list[tuple[str, str]],
        body: bytes,
        users: Iterable[tuple[str, str]] = (),
        short: bytes | None = None,
    ) -> Message:
        """What is kept of a message.

        Args:
            headers: as they went over the wire.
            body: likewise.
            users: names and passwords that a body may contain, as that of cmd-flags does.
            short: what `shrunk` would make of the body, where that is known already.
        """
        left, cut = short or b"", False
        if short is None:
            packed = next((v for k, v in headers if k.lower() == "content-encoding"), "")
            left, cut = shrunk(body, packed)
        for user, password in users:
            left = left.replace(f"{user}:{password}".encode(), SECRET.encode())
        return cls(safe_headers(headers), left, cut, len(body))

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")

    @property
    def json(self) -> Any:
        """The body as a JSON value; None where it is none."""
        return json_or_none(self.body)

    def header(self, name: str) -> str:
        """The value of a header, whatever its case; "" for none.

        Args:
            name: in any case.
        """
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def as_json(self) -> dict[str, Any]:
        """Headers, and ``json`` or ``text``."""
        found: dict[str, Any] = {"headers": dict(self.headers)}
        value = self.json
        if value is not None:
            found["json"] = value
        elif self.body:
            found["text"] = self.text
        return {**found, "cut": True} if self.cut else found


@dataclass(frozen=True)
class Call:
    """One request and its answer.

    Attributes:
        number: from 1, in the order in which answers were ready.
        method: HTTP method.
        path: without its query.
        query: as it came.
        request: headers and body.
        status: of the answer; None where the connection was closed without one.
        response: headers and body.
        started: seconds since the epoch.
        seconds: how long it took.
        linted: gives what lint says of the request.
        faults: names of the faults that happened to it, the outermost first.
        arrived: when the request came, in seconds of a clock that runs evenly whatever the mock's
            own time does.
    """

    number: int
    method: str
    path: str
    query: str
    request: Message
    status: int | None
    response: Message
    started: float
    seconds: float
    linted: Callable[[], tuple[Finding, ...]] = field(default=tuple, repr=False, compare=False)
    faults: tuple[str, ...] = field(default=())
    arrived: float = 0.0

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What lint says of the request, from when it is first read."""
        return self.linted()

    @property
    def lint(self) -> tuple[str, ...]:
        """The same as sentences."""
        return tuple(str(finding) for finding in self.findings)

    @property
    def json(self) -> Any:
        """The request's body as a JSON value; None where it is none."""
        return self.request.json

    @property
    def parameters(self) -> dict[str, str]:
        """The query's parameters; of several with one name the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def size(self) -> int:
        """Roughly how many bytes it takes to keep it."""
        size = _FRAME + len(self.request.body) + len(self.response.body)
        for headers in (self.request.headers, self.response.headers):
            for name, value in headers:
                size += len(name) + len(value)
        return size

    def as_json(self) -> dict[str, Any]:
        """For ``/_mock/journal``."""
        return {
            "number": self.number,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "status": self.status,
            "started": self.started,
            "seconds": round(self.seconds, 6),
            "arrived": round(self.arrived, 6),
            "lint": list(self.lint),
            "findings": [
                {"rule": f.rule, "kind": f.kind, "place": f.place, "text": str(f)}
                for f in self.findings
            ],
            "faults": list(self.faults),
            "request": self.request.as_json(),
            "response": self.response.as_json(),
        }


def safe_headers(headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers, without the values of those that name a secret.

    Args:
        headers: as they went over the wire.
    """
    if not any([_is_secret(name) for name, _ in headers]):  # noqa: C419 - a generator takes longer
        return tuple(headers)
    return tuple((name, _redacted(value) if _is_secret(name) else value) for name, value in headers)


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    """Whether a header of that name carries a credential or a cookie."""
    plain = name.lower().removeprefix("set-")
    return is_secret_name(plain) or plain.endswith("key")


def _redacted(value: str) -> str:
    """The value of such a header; the scheme of an authorization stays."""
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {SECRET}" if space and scheme.isalpha() else SECRET
