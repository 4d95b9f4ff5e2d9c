"""A request as a curl command that a person can run."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from conformance.client.picture_digest import shorten_text
from conformance.client.redaction import redact_headers, redact_text

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange

# What curl sends by itself, or works out from the body.
_CURLS_OWN = {"user-agent", "accept", "accept-encoding", "connection", "content-length", "host"}


def curl_command(exchange: Exchange, *, body_file: str | None = None) -> str:
    """Write a request as one curl command, without its secrets.

    Args:
        exchange: the request.
        body_file: name of a file that holds the request's body; without it the body stands in
            the command, with a digest in place of each picture (which then cannot be run).

    Secrets show as ``***``, for the reader to fill in.
    """
    url = redact_text(exchange.url, exchange.secrets)
    parts = ["curl", "-sS", *_method(exchange), quote(url)]
    for header in _headers(exchange):
        parts += ["-H", quote(header)]
    return " ".join([*parts, *_body(exchange, body_file)])


def _method(exchange: Exchange) -> list[str]:
    if exchange.method == "HEAD":
        return ["--head"]
    usual = "GET" if exchange.request_body is None else "POST"
    return [] if exchange.method == usual else ["-X", quote(exchange.method)]


def _headers(exchange: Exchange) -> list[str]:
    shown = redact_headers(exchange.request_headers, exchange.secrets)
    kept = {name: value for name, value in shown.items() if name.lower() not in _CURLS_OWN}
    # In curl's notation an empty value is written with a semicolon.
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in kept.items()]
    if exchange.request_body is not None and "content-type" not in map(str.lower, kept):
        # Without this curl would call every body a form, and the webui would refuse it.
        lines.append("Content-Type:")
    return lines


def _body(exchange: Exchange, body_file: str | None) -> list[str]:
    if exchange.request_body is None:
        return []
    if body_file is not None:
        return ["--data-binary", quote(f"@{body_file}")]
    text = exchange.request_body.decode("utf-8", errors="replace")
    return ["--data-raw", quote(redact_text(shorten_text(text), exchange.secrets))]
