"""Requests as curl commands that run as they are, without their secrets."""

from __future__ import annotations

import re
from base64 import b64encode
from shlex import quote
from typing import TYPE_CHECKING

from conformance.client.redaction import REDACTED, is_secret_header, redact_headers, redact_text
from conformance.client.rendering import shorten_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange


# What curl sends by itself, or works out from the body.
_CURLS_OWN = {"user-agent", "accept", "accept-encoding", "connection", "content-length", "host"}
# A body of more characters is no part of a line.
_LINE = 2000
#: A body of more characters is no part of a command.
LONGEST_BODY = 60_000
# What ends a body; no JSON and no base64 has a line like it.
_END = "END_OF_BODY"
# Letters that curl reads as patterns in an address.
_PATTERNS = re.compile(r"[\[\]{}]")


def curl_command(
    exchange: Exchange,
    *,
    body_file: str | None = None,
    longest: int = LONGEST_BODY,
) -> str:
    """Write a request as a curl command for sh, without its secrets.

    A short body without pictures is in the line; any other comes behind it, as a here-document.
    Credentials are variables of the shell, for the reader to set: ``SDAPI_AUTH`` (user:password),
    ``SDAPI_TOKEN``, and for another header its name in capitals.

    Args:
        exchange: the request.
        body_file: name of a file that holds the request's body.
        longest: characters of a body; in place of a longer one is a comment.

    Returns:
        A line, with the body behind it where it needs lines of its own.
    """
    head = " ".join(_head(exchange))
    body = exchange.request_body
    if body is None:
        return head
    if body_file is not None:
        return f"{head} --data-binary {quote(f'@{body_file}')}"
    if len(body) > longest:
        return f"# {exchange.method} {_url(exchange)}: its body of {len(body)} bytes is left out"
    text = shown_body(exchange).decode("utf-8", errors="replace")
    if not _is_plain(exchange, text):
        return _encoded(exchange, head)
    if fits_a_line(exchange):
        return f"{head} --data-raw {quote(text)}"
    # --data leaves out the line break in front of the end, and would leave out the body's own.
    option = "--data-binary" if "\n" in text or "\r" in text else "--data"
    return f"{head} {option} @- <<'{_END}'\n{text}\n{_END}"


def shown_body(exchange: Exchange) -> bytes:
    """The body of a request, without secrets.

    Args:
        exchange: the request.
    """
    body = exchange.request_body or b""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body
    return redact_text(text, exchange.secrets).encode("utf-8", errors="surrogatepass")


def fits_a_line(exchange: Exchange) -> bool:
    """Whether the body is a part of the line: a short text without pictures.

    Args:
        exchange: the request.
    """
    text = (exchange.request_body or b"").decode("utf-8", errors="replace")
    return len(text) <= _LINE and shorten_text(text) == text and _is_plain(exchange, text)


def _is_plain(exchange: Exchange, text: str) -> bool:
    """Whether a terminal shows the body as it is."""
    try:
        (exchange.request_body or b"").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\n\t" for c in text) and _END not in text


def _encoded(exchange: Exchange, head: str) -> str:
    body = b64encode(shown_body(exchange)).decode("ascii")
    return f"base64 -d <<'{_END}' | {head} --data-binary @-\n{body}\n{_END}"


def _head(exchange: Exchange) -> Iterator[str]:
    yield from ("curl", "-sS", *_method(exchange))
    if _PATTERNS.search(exchange.url):
        yield "-g"
    yield _url(exchange)
    yield from _headers(exchange)


def _url(exchange: Exchange) -> str:
    """The address, with a variable in place of each secret in it."""
    parts = redact_text(exchange.url, exchange.secrets).split(REDACTED)
    return '"$SDAPI_SECRET"'.join(quote(part) if part else "" for part in parts)


def _method(exchange: Exchange) -> list[str]:
    if exchange.method == "HEAD":
        return ["--head"]
    usual = "GET" if exchange.request_body is None else "POST"
    return [] if exchange.method == usual else ["-X", quote(exchange.method)]


def _headers(exchange: Exchange) -> Iterator[str]:
    shown = redact_headers(exchange.request_headers, exchange.secrets)
    kept = {name: value for name, value in shown.items() if name.lower() not in _CURLS_OWN}
    for name, value in kept.items():
        if is_secret_header(name) or value != exchange.request_headers[name]:
            yield from _secret_header(exchange, name)
        else:
            # In curl's notation an empty value is written with a semicolon.
            yield from ("-H", quote(f"{name}:{value}" if value else f"{name};"))
    if exchange.request_body is not None and "content-type" not in map(str.lower, kept):
        # Without this curl would call every body a form, and the webui would refuse it.
        yield from ("-H", "Content-Type:")


def _secret_header(exchange: Exchange, name: str) -> tuple[str, str]:
    value = exchange.request_headers[name]
    scheme, _, token = value.partition(" ")
    if name.lower() != "authorization":
        variable = re.sub(r"\W", "_", name).upper()
    elif token not in exchange.secrets:
        # Those of a check, which a server has to refuse.
        variable = "OTHER_AUTHORIZATION"
    elif scheme == "Basic":
        return ("-u", '"$SDAPI_AUTH"')
    else:
        return ("-H", f'"{name}: {scheme} $SDAPI_TOKEN"')
    return ("-H", f'"{name}: ${variable}"')
