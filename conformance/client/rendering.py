"""An exchange as text for a report: redacted, with pictures shortened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.client.jsontext import parse_json
from conformance.client.picture_digest import picture_digest, shorten_json, shorten_text
from conformance.client.redaction import redact_headers, redact_json, redact_text

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange

EXCERPT = 2000


def render_request(exchange: Exchange, limit: int = EXCERPT) -> str:
    """The request: method and URL, headers, body, at most ``limit`` characters of the body."""
    lines = [f"{exchange.method} {redact_text(exchange.url, exchange.secrets)}"]
    headers = redact_headers(exchange.request_headers, exchange.secrets)
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if exchange.request_body is not None:
        lines += ["", render_body(exchange.request_body, exchange.secrets, limit)]
    return "\n".join(lines)


def render_answer(exchange: Exchange, limit: int = EXCERPT) -> str:
    """The answer: status and time, headers, body, at most ``limit`` characters of the body."""
    if exchange.status is None:
        return redact_text(exchange.error or "no answer", exchange.secrets)
    lines = [f"{exchange.status} in {exchange.elapsed:.2f} s"]
    headers = redact_headers(exchange.response_headers, exchange.secrets)
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if exchange.body:
        lines += ["", render_body(exchange.body, exchange.secrets, limit)]
    return "\n".join(lines)


def render_body(body: bytes, secrets: tuple[str, ...], limit: int = EXCERPT) -> str:
    """A body as text: redacted, pictures shortened, at most ``limit`` characters and a note."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return picture_digest(body)
    return _cut(_shown(text, secrets), limit)


def _shown(text: str, secrets: tuple[str, ...]) -> str:
    try:
        value = redact_json(shorten_json(parse_json(text)), secrets)
        return json.dumps(value, ensure_ascii=False)
    # What is nested too deeply to be walked through is shown as text.
    except (ValueError, RecursionError):
        return redact_text(shorten_text(text), secrets)


def _cut(text: str, limit: int) -> str:
    # Lone surrogates are legal in JSON escapes and cannot be written to a terminal or file.
    text = text.encode("utf-8", errors="backslashreplace").decode("utf-8")
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"
