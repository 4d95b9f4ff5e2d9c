"""A request with its answer, and the JSON in them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse_json(text: str, *, strict: bool = False) -> Any:
    """Read JSON text.

    Args:
        text: the text.
        strict: refuse NaN and Infinity, which Python's reader lets through.

    Raises:
        ValueError: it is not JSON, or nested too deeply to be read.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant if strict else None)
    except RecursionError as error:
        raise ValueError("it is nested too deeply to be read") from error


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


@dataclass(frozen=True, kw_only=True, eq=False)
class Exchange:
    """One request and what came back, whole and unjudged.

    Its ``repr`` is one line without a secret; ``rendering`` shows it in full, redacted. Two
    exchanges are equal only if they are the same one.

    Args:
        method: HTTP method.
        path: path and query below the base address.
        url: the whole URL.
        request_headers: as sent.
        request_body: as sent, None for none.
        status: HTTP status code; None if no answer came.
        response_headers: names in lower case.
        body: the answer's body after content decoding; if it broke off, its first chunks.
        elapsed: seconds from sending to the last byte.
        error: what went wrong with the connection, None if nothing did.
        secrets: texts that no rendering may show.
    """

    method: str
    path: str
    url: str
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: bytes | None = None
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    elapsed: float = 0.0
    error: str | None = None
    secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        outcome = self.error or f"{self.status}, {len(self.body)} bytes"
        return f"<Exchange {self.method} {self.path} -> {outcome}, {self.elapsed:.2f} s>"

    @property
    def ok(self) -> bool:
        """Whether a whole answer came, with a status of 200 to 299."""
        return self.error is None and (self.status or 0) // 100 == 2  # noqa: PLR2004 - HTTP's own

    @property
    def media_type(self) -> str:
        """Media type of the answer in lower case, without parameters; empty if it has none."""
        return self.response_headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def size(self) -> int:
        """Bytes of the two bodies."""
        return len(self.body) + len(self.request_body or b"")

    @property
    def text(self) -> str:
        """The body as UTF-8, with replacement characters where it is not."""
        return self.body.decode("utf-8", errors="replace")

    def header(self, name: str) -> str | None:
        """A header of the answer, whatever the case of ``name``; None if it is not there.

        Args:
            name: in any case.
        """
        return self.response_headers.get(name.lower())

    @cached_property
    def json(self) -> Any:
        """The body as JSON, read leniently: a BOM, NaN and Infinity are let through.

        Raises:
            ValueError: it is not JSON.
        """
        return parse_json(self.body.decode("utf-8-sig"))

    def strict_json(self) -> Any:
        """The body as JSON of RFC 8259: UTF-8 without a BOM, no NaN, no Infinity.

        Raises:
            ValueError: it is not.
        """
        return parse_json(self.body.decode("utf-8"), strict=True)

    @property
    def request_json(self) -> Any:
        """The request's body as JSON; None without a body or where it is not JSON."""
        try:
            return parse_json((self.request_body or b"null").decode("utf-8"))
        except ValueError:
            return None
