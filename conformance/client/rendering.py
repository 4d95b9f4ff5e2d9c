"""Requests and answers as text for people, pictures as digests and secrets redacted."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

from conformance.client.image import read_base64
from conformance.client.redaction import redact_headers, redact_json, redact_text
from conformance.errors import ImageError
from conformance.exchange import parse_json

if TYPE_CHECKING:
    from conformance.exchange import Exchange


# A picture of one pixel has about 90 characters of base64; shorter runs are names and hashes.
_SHORTEST_PICTURE = 90
# Longer than any word: shortened even if it is no picture.
_LONGEST_WORD = 1000
_RUN = re.compile(
    rf"(?:data:[\w/.+-]*(?:;[\w=.+-]*)*;base64,)?[A-Za-z0-9+/_-]{{{_SHORTEST_PICTURE},}}={{0,2}}",
)


def picture_digest(data: bytes) -> str:
    """Show a file in one line: ``<PNG 512x512, 338983 bytes, sha256 1a2b3c4d...>``.

    Bytes that are no picture become ``<338983 bytes, sha256 1a2b3c4d...>``.

    Args:
        data: bytes of a file.
    """
    digest = f"{len(data)} bytes, sha256 {sha256(data).hexdigest()[:8]}..."
    kind = _kind(data)
    return f"<{kind}, {digest}>" if kind else f"<{digest}>"


def shorten_text(text: str) -> str:
    """Put a digest in place of every picture, and any other long run of base64, in a text.

    Args:
        text: any.
    """
    return _RUN.sub(lambda match: _shorten_run(match[0]), text)


def shorten_json(value: Any) -> Any:
    """Put a digest in place of every picture in the texts of a JSON value.

    Args:
        value: any JSON.

    Returns:
        A copy.
    """
    if isinstance(value, str):
        return shorten_text(value)
    if isinstance(value, list):
        return [shorten_json(item) for item in value]
    if isinstance(value, dict):
        return {name: shorten_json(item) for name, item in value.items()}
    return value


def _shorten_run(run: str) -> str:
    try:
        data = read_base64(run).data
    except ImageError:
        return run
    return picture_digest(data) if _kind(data) or len(run) >= _LONGEST_WORD else run


def _kind(data: bytes) -> str:
    try:
        with Image.open(BytesIO(data)) as image:
            return f"{image.format} {image.width}x{image.height}"
    # Pillow raises a dozen kinds of error for what is not a picture.
    except Exception:  # noqa: BLE001 - any failure to read it has the same meaning here
        return ""


EXCERPT = 2000


def render_request(exchange: Exchange, limit: int = EXCERPT) -> str:
    """The request: method and URL, headers, body, at most ``limit`` characters of the body.

    Args:
        exchange: to be shown.
        limit: characters of the body at most.
    """
    lines = [f"{exchange.method} {redact_text(exchange.url, exchange.secrets)}"]
    headers = redact_headers(exchange.request_headers, exchange.secrets)
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if exchange.request_body is not None:
        lines += ["", render_body(exchange.request_body, exchange.secrets, limit)]
    return "\n".join(lines)


def render_answer(exchange: Exchange, limit: int = EXCERPT) -> str:
    """The answer: status and time, headers, body, at most ``limit`` characters of the body.

    Args:
        exchange: to be shown.
        limit: characters of the body at most.
    """
    if exchange.status is None:
        return redact_text(exchange.error or "no answer", exchange.secrets)
    lines = [f"{exchange.status} in {exchange.elapsed:.2f} s"]
    headers = redact_headers(exchange.response_headers, exchange.secrets)
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if exchange.body:
        lines += ["", render_body(exchange.body, exchange.secrets, limit)]
    return "\n".join(lines)


def render_body(body: bytes, secrets: tuple[str, ...], limit: int = EXCERPT) -> str:
    """A body as text: redacted, pictures shortened, at most ``limit`` characters and a note.

    Args:
        body: as sent or received; None for none.
        secrets: known ones.
        limit: characters at most.
    """
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
